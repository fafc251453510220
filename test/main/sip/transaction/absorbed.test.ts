// Answered requests that absorb retransmissions: until Timer J, behind one timer, never more than their bound.
import { expect, it } from 'vitest';
import { AbsorbedRequests, MOST_ABSORBING } from '../../../../main/sip/transaction/absorbed.ts';
import type { TransportFlow } from '../../../../main/sip/transport/transport.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

function setUp() {
  const clock = createFakeClock();
  let failures = 0;
  let sent = 0;
  let isBroken = false;
  const flow = {
    send: (_: Uint8Array, onFailed: (error: Error) => void) => {
      sent += 1;
      if (isBroken) onFailed(new Error('no way'));
    },
  } as unknown as TransportFlow;
  const absorbed = new AbsorbedRequests(clock, () => (failures += 1));
  const add = (key: string, mergeKey?: string): void => absorbed.add(key, { flow, response: new Uint8Array(1), mergeKey });
  const breakFlow = (): void => void (isBroken = true);
  return { clock, absorbed, add, breakFlow, counts: () => ({ sent, failures, size: absorbed.size, timers: clock.pendingTimers() }) };
}

it('each answers again for 32 s, all behind one timer', async () => {
  const { clock, absorbed, add, counts } = setUp();
  add('a', 'merge-a');
  await clock.advance(10_000);
  add('b');
  expect([absorbed.resend('a'), absorbed.resend('b'), absorbed.resend('c'), absorbed.hasMergeKey('merge-a')]).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect(counts()).toEqual({ sent: 2, failures: 0, size: 2, timers: 1 });
  await clock.advance(22_000);
  expect([absorbed.resend('a'), absorbed.resend('b'), absorbed.hasMergeKey('merge-a')]).toEqual([false, true, false]);
  await clock.advance(10_000);
  expect(counts()).toEqual({ sent: 3, failures: 0, size: 0, timers: 0 });
});

it('one whose answer cannot be sent is forgotten', () => {
  const { absorbed, add, breakFlow, counts } = setUp();
  add('a', 'merge-a');
  breakFlow();
  expect([absorbed.resend('a'), absorbed.resend('a'), absorbed.hasMergeKey('merge-a')]).toEqual([true, false, false]);
  expect(counts()).toEqual({ sent: 1, failures: 1, size: 0, timers: 0 });
});

it('beyond the bound the oldest goes', () => {
  const { absorbed, add, counts } = setUp();
  for (let index = 0; index < MOST_ABSORBING + 10_000; index += 1) add(`key-${index}`);
  expect([absorbed.resend('key-9999'), absorbed.resend('key-10000'), counts().size]).toEqual([false, true, MOST_ABSORBING]);
  absorbed.stop();
  expect(counts()).toEqual({ sent: 1, failures: 0, size: 0, timers: 0 });
});
