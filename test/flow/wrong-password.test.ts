// Promise: a wrong password is said once, in one sentence, and nothing is tried again until the person corrects it.
//
//   Ada                     server
//    |-- REGISTER ------------>|
//    |<-- 401 -----------------|
//    |-- REGISTER, digest ---->|
//    |<-- 401 -----------------|   registration: failed, no untilMs
//    |        (an hour of silence)
//    | updateAccount(password) |
//    |-- REGISTER ------------>|   everything in order
import { afterEach, expect, it } from 'vitest';
import { WRONG_PASSWORD } from '../../main/accounts/words.ts';
import type { FlowWorld } from '../support/flow-world.ts';
import { XCAP_ROOT, createFlowWorld, isInOrder } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

it('one sentence, silence, and well again after the correction', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const { accountId } = await ada.call('addAccount', { address: ada.address, password: 'wrong', xcapRoot: XCAP_ROOT });
  await world.clock.advance(10_000);
  const { accounts } = await ada.call('listAccounts', {});
  const stopped = 'Stopped, because signing in failed.';
  expect(accounts.map(({ registration, publication, watcherInfo, policy }) => [registration, publication, watcherInfo, policy])).toEqual([
    [
      { state: 'failed', reason: WRONG_PASSWORD, detail: '401 for realm example.test' },
      { state: 'failed', reason: stopped },
      { state: 'failed', reason: stopped },
      { state: 'failed', reason: stopped },
    ],
  ]);
  const datagrams: string[] = [];
  world.internet.onDatagram = ({ from }) => {
    if (from.address === ada.host) datagrams.push(from.address);
    return true;
  };
  const exchangesBefore = world.server.documents.exchanges.length;
  await ada.call('sendMessage', { accountId, address: 'bob@example.test', text: 'waits' });
  ada.core.networkChanged();
  await world.clock.advance(3_600_000);
  expect({ datagrams, exchanges: world.server.documents.exchanges.length - exchangesBefore }).toEqual({ datagrams: [], exchanges: 0 });

  await ada.call('updateAccount', { accountId, password: 'correct horse' });
  await world.until(() => isInOrder(ada, accountId), 30_000);
  await world.until(() => ada.changes.some((change) => change.type === 'message-changed' && change.message.state === 'accepted'));
  expect(world.server.registrar.isRegistered(ada.address)).toBe(true);
});
