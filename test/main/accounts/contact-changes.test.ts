// Bursts of changes of one contact are told at once, then no more often than a window follows; the newest is always told.
import { expect, it } from 'vitest';
import { createContactChanges } from '../../../main/accounts/contact-changes.ts';
import { createIdleState } from '../../../main/accounts/idle-state.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

it('the first at once, the rest together', async () => {
  const clock = createFakeClock();
  const told: string[] = [];
  const changes = createContactChanges(clock, (contactId) => told.push(`${contactId} ${clock.monotonicMs()}`));
  const startMs = clock.monotonicMs();
  const at = (afterMs: number): string => `a ${startMs + afterMs}`;
  for (let burst = 0; burst < 50; burst++) changes.changed('a');
  expect(told).toEqual([at(0)]);
  await clock.advance(200);
  expect(told).toEqual([at(0), at(80)]);
  changes.changed('a');
  expect(told).toEqual([at(0), at(80), at(200)]);
  changes.changed('a');
  changes.stop();
  expect(told).toHaveLength(4);
  changes.changed('b');
  changes.changed('b');
  changes.dropped('b');
  await clock.advance(500);
  expect([told.length, clock.pendingTimers()]).toEqual([5, 0]);
});

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
