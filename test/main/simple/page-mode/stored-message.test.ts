// What a server kept for us is told from what comes directly, also when it was kept for a moment only or the clocks differ.
import { expect, it } from 'vitest';
import type { ViaHeader } from '../../../../main/sip/index.ts';
import { isFromStore } from '../../../../main/simple/page-mode/stored-message.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const via = (host: string, port: number): ViaHeader => ({ transport: 'TCP', host, port, parameters: [] });
const BY_SERVER = { vias: [via('192.0.2.1', 5060), via('192.0.2.1', 5060)] };
const RELAYED = { vias: [via('192.0.2.1', 5060), via('198.51.100.7', 41_000)] };
const present = (forMs: number): { nowMs: number; presentSinceMs: number } => ({ nowMs: NOW, presentSinceMs: NOW - forMs });
const HOUR = 3_600_000;

it.each([
  ['kept for a second before we signed in', BY_SERVER, -1_000, present(20), true],
  ['handed out before the answer to REGISTER was read', BY_SERVER, -1_000, { nowMs: NOW, presentSinceMs: Infinity }, true],
  ['by a server whose clock is ahead', BY_SERVER, 7_000, present(300), true],
  ['by a server whose clock is far ahead, later', BY_SERVER, 20_000, present(HOUR), true],
  ['long under way, later', BY_SERVER, -10_000, present(HOUR), true],
  ['what a server says of its own while we are here', BY_SERVER, -900, present(HOUR), false],
  ['without a time', BY_SERVER, undefined, present(20), false],
  ['what somebody wrote with a slow clock', RELAYED, -HOUR, present(20), false],
  ['with one hop only', { vias: [via('192.0.2.1', 5060)] }, -HOUR, present(20), false],
] as const)('%s', (_name, request, dateAfterMs, moment, isKept) => {
  const dateMs = dateAfterMs === undefined ? undefined : NOW + dateAfterMs;
  expect(isFromStore(request, dateMs, moment)).toBe(isKept);
});
