// Kept messages stand in the order in which the server kept them, whatever clocks say.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeptOrder } from '../../../main/accounts/kept-order.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const kept = (keptAfterMs: number, sentAfterMs?: number): { keptAtMs: number; sentAtMs: number | undefined; receivedAtMs: number } => ({
  keptAtMs: NOW + keptAfterMs,
  sentAtMs: sentAfterMs === undefined ? undefined : NOW + sentAfterMs,
  receivedAtMs: NOW,
});

it('takes the finer time of the sender where the two agree, else the time of the server', () => {
  const order = createKeptOrder();
  expect([
    order.placeOf('a', kept(-60_000, -60_500)),
    order.placeOf('a', kept(-60_000, -3_600_000)),
    order.placeOf('a', kept(-60_000, 5_000)),
    order.placeOf('a', kept(-60_000)),
    order.placeOf('a', { ...kept(0), keptAtMs: undefined }),
  ]).toEqual([NOW - 60_500, NOW - 60_000, NOW - 60_000, NOW - 60_000, undefined]);
});

it('learns that the clock of a server is ahead, for each sender alone', () => {
  const order = createKeptOrder();
  expect([order.placeOf('a', kept(50_000)), order.placeOf('a', kept(10_000)), order.placeOf('b', kept(-10_000))]).toEqual([
    NOW,
    NOW - 40_000,
    NOW - 10_000,
  ]);
});

it('never puts one into the future, and keeps the order where the first told how far ahead the clock is', () => {
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), fc.array(fc.integer({ min: 1, max: 100_000 })), (last, earlier) => {
      const order = createKeptOrder();
      const given = [last, ...earlier.map((by) => last - by)];
      const places = given.map((at) => order.placeOf('a', kept(at)) ?? Infinity);
      expect(places.every((place) => place <= NOW)).toBe(true);
      const sorted = given.toSorted((one, other) => one - other);
      expect(sorted.map((at) => places[given.indexOf(at)])).toEqual(places.toSorted((one, other) => one - other));
    }),
  );
});
