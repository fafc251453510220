// Whether somebody is at this computer.
import { expect, it } from 'vitest';
import { createIdleState } from '../../../main/accounts/idle-state.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

it('one absence is told once, and its end', async () => {
  const clock = createFakeClock();
  const idle = createIdleState(clock);
  const nowMs = clock.nowMs();
  expect([undefined, nowMs - 600_000, nowMs - 600_900, undefined, nowMs + 5].map((since) => idle.set(since))).toEqual([
    ...[false, true, false, true, true],
  ]);
  expect(idle.sinceMs()).toBe(nowMs);
  expect([idle.set(nowMs, 600), idle.set(nowMs, 600), idle.afterSeconds(), idle.set(nowMs)]).toEqual([true, false, 600, true]);
});
