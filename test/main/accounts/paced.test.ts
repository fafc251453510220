// What is done for each at once, and then only every so often; the newest is always done.
import { expect, test } from 'vitest';
import { createPaced } from '../../../main/accounts/paced.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

test('the first is done at once, many within the pause once after it, others are not held up', async () => {
  const clock = createFakeClock();
  const done: string[] = [];
  const paced = createPaced(clock, 2_000, (address) => done.push(`${address} ${clock.monotonicMs()}`));
  for (const address of ['a', 'a', 'a', 'b']) paced.ask(address);
  await clock.advance(1_000);
  paced.ask('a');
  await clock.advance(10_000);
  paced.ask('a');
  paced.ask('a');
  paced.stop();
  await clock.advance(10_000);
  expect([done, clock.pendingTimers()]).toEqual([['a 0', 'b 0', 'a 2000', 'a 11000'], 0]);
});

test('what waits is done at the end, and not for what is no more', async () => {
  const clock = createFakeClock();
  const told: string[] = [];
  const changes = createPaced(clock, 80, (contactId) => told.push(`${contactId} ${clock.monotonicMs()}`));
  const startMs = clock.monotonicMs();
  const at = (afterMs: number): string => `a ${startMs + afterMs}`;
  for (let burst = 0; burst < 50; burst++) changes.ask('a');
  expect(told).toEqual([at(0)]);
  await clock.advance(200);
  expect(told).toEqual([at(0), at(80)]);
  changes.ask('a');
  expect(told).toEqual([at(0), at(80), at(200)]);
  changes.ask('a');
  changes.flush();
  expect(told).toHaveLength(4);
  changes.ask('b');
  changes.ask('b');
  changes.forget('b');
  await clock.advance(500);
  expect([told.length, clock.pendingTimers()]).toEqual([5, 0]);
});
