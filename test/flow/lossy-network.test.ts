// Promise: on a network that loses, delays, doubles and reorders, every message is shown once and in the order it was written.
//
//   Ada                  server                   Bob
//    |-- MESSAGE 1 --x     |                        |      lost: sent again (timer E)
//    |-- MESSAGE 1 ------->|-- MESSAGE 1 ---------->|
//    |                     |-- MESSAGE 1 ---------->|      doubled: one transaction, one row
//    |                     |    x-- 200 ------------|
//    |<-- 202 -------------|                        |
//    |-- MESSAGE 2 ------->|   only now: one MESSAGE outstanding per peer (RFC 3428 §8)
import { afterEach, expect, it } from 'vitest';
import type { FlowWorld } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

it.each([1, 2, 3])('ten messages each way arrive once and in order (seed %i)', async (seed) => {
  world = await createFlowWorld({ delayMs: 20, jitterMs: 300, loss: 0.15, duplication: 0.2 }, seed);
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const adaAccount = await ada.signIn();
  const bobAccount = await bob.signIn();
  const texts = Array.from({ length: 10 }, (_, index) => `message ${index}`);
  for (const text of texts) {
    await ada.call('sendMessage', { accountId: adaAccount, address: bob.address, text });
    await bob.call('sendMessage', { accountId: bobAccount, address: ada.address, text: `answer to ${text}` });
  }
  const received = (person: typeof ada): string[] =>
    person.changes.flatMap((change) => (change.type === 'message-added' && change.message.direction === 'in' ? [change.message.text] : []));
  await world.until(() => received(ada).length >= 10 && received(bob).length >= 10);
  await world.clock.advance(120_000);
  expect({ atBob: received(bob), atAda: received(ada) }).toEqual({ atBob: texts, atAda: texts.map((text) => `answer to ${text}`) });
});
