// Retry and refresh waits: their bounds hold for every input.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProtocolFailure } from '../../../main/simple/outcome.ts';
import { backOffMs, refreshDelayMs, retryDelayMs } from '../../../main/simple/retry.ts';

const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('back-off', () => {
  it('grows, with half of it random, and stays where everything is back within 30 s', () => {
    expect([1, 2, 3, 4, 5, 6, 100].map((count) => backOffMs(count, 0))).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
    expect([1, 5, 6, 7, 100].map((count) => backOffMs(count, 0, true))).toEqual([1_000, 15_000, 30_000, 60_000, 60_000]);
    expect([1, 5].map((count) => backOffMs(count, 0.5))).toEqual([750, 11_250]);
    fc.assert(
      fc.property(fc.integer(), fraction, (count, luck) => {
        const wait = backOffMs(count, luck);
        expect(wait).toBeGreaterThanOrEqual(500);
        expect(wait).toBeLessThanOrEqual(15_000);
      }),
    );
  });
});

describe('retry after a failure', () => {
  const status = (code: number, retryAfterSeconds?: number): ProtocolFailure => ({
    kind: 'status',
    status: code,
    reason: '',
    retryAfterSeconds,
  });

  it.each<[string, ProtocolFailure, number | undefined]>([
    ['silence', { kind: 'timeout' }, 1_000],
    ['refused', { kind: 'transport', cause: 'refused', reason: '' }, 1_000],
    ['no such name', { kind: 'transport', cause: 'name-not-found', reason: '' }, 4_000],
    ['certificate', { kind: 'transport', cause: 'tls', reason: '' }, 8_000],
    ['wrong password', { kind: 'unauthenticated', status: 401, realm: '' }, undefined],
    ['forbidden', status(403), undefined],
    ['not there', status(404), 900_000],
    ['server error', status(500), 1_000],
    ['unknown status', status(699), 1_000],
    ['told when', status(503, 60), 60_000],
    ['told at once', status(503, 0), 1_000],
    ['told in a year', status(503, 31_536_000), 3_600_000],
  ])('%s', (_name, failure, delayMs) => {
    expect(retryDelayMs(failure, 1, 0)).toBe(delayMs);
  });

  it('of everything that waiting can cure comes in time', () => {
    const causes = ['name-not-found', 'refused', 'unreachable', 'tls', 'closed', 'too-large'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...causes), fc.nat(1_000), fraction, (cause, count, luck) => {
        expect(retryDelayMs({ kind: 'transport', cause, reason: '' }, count, luck)).toBeLessThanOrEqual(15_000);
      }),
    );
  });
});

describe('refresh', () => {
  it('comes before the end, with room for more tries, and never in a storm', () => {
    expect([5, 60, 600, 3600].map((seconds) => refreshDelayMs(seconds, 0))).toEqual([3_750, 45_000, 450_000, 2_700_000]);
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fraction, (seconds, luck) => {
        const delay = refreshDelayMs(seconds, luck);
        expect(delay).toBeGreaterThanOrEqual(1_000);
        expect(delay).toBeLessThanOrEqual(Math.max(1_000, Math.min(seconds * 850 + 1, 86_400_000)));
      }),
    );
  });
});
