// What is done for each peer at once, and then only every so often.
import { expect, test } from 'vitest';
import { createPaced } from '../../../../main/accounts/nearby/paced.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

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
