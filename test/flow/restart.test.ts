// Promise: after a restart everything is there before the network is: contacts, conversations, drafts, requests, decisions, own presence.
//
//   Bob: quit, server cut off, start → all lists are answered from the database alone
//   Bob: killed when the 200 to a message had left, before anybody was told of the message → it is there, and unread
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { followOverview } from '../../main/shell/follow-overview.ts';
import { unreadCount } from '../../main/shell/overview.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

async function everything(person: Person, accountId: string): Promise<unknown> {
  const { contacts } = await person.call('listContacts', { accountId });
  const { conversations } = await person.call('listConversations', {});
  const { messages } = await person.call('listMessages', { conversationId: conversations[0]?.conversationId ?? '' });
  const { accounts } = await person.call('listAccounts', {});
  return {
    contacts: contacts.map(({ contactId, address, name }) => ({ contactId, address, name })),
    conversations,
    messages,
    // Seeing a request again changes when it was last seen, and nothing else.
    requests: (await person.call('listRequests', { accountId })).requests.map((request) => ({ ...request, lastSeenAtMs: 0 })),
    watchers: (await person.call('listWatchers', { accountId })).watchers,
    ownPresence: accounts[0]?.ownPresence,
    settings: accounts[0]?.settings,
  };
}

it('keeps all, and asks nobody twice', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const carol = await world.person('carol');
  const adaAccount = await ada.signIn();
  const bobAccount = await bob.signIn();
  const carolAccount = await carol.signIn();
  await bob.call('addContact', { accountId: bobAccount, address: 'pres:ada@EXAMPLE.test', name: 'Ada' });
  await ada.call('addContact', { accountId: adaAccount, address: bob.address });
  await carol.call('addContact', { accountId: carolAccount, address: bob.address });
  await bob.call('setOwnPresence', { accountId: bobAccount, availability: 'busy', note: 'writing', activity: 'meeting' });
  await world.until(() => bob.changes.filter((change) => change.type === 'request-added').length === 2);
  const { requests } = await bob.call('listRequests', { accountId: bobAccount });
  const fromAda = requests.find(({ address }) => address === ada.address);
  await bob.call('decideRequest', { requestId: fromAda?.requestId ?? '', decision: 'allow' });
  await bob.call('sendMessage', { accountId: bobAccount, address: ada.address, text: 'hello' });
  await ada.call('sendMessage', { accountId: adaAccount, address: bob.address, text: 'hello yourself' });
  const { conversation } = await bob.call('openConversation', { accountId: bobAccount, address: ada.address });
  await bob.call('saveDraft', { conversationId: conversation.conversationId, text: 'half a thought' });
  await world.clock.advance(60_000);
  const before = await everything(bob, bobAccount);

  await bob.quit();
  world.server.goSilent();
  bob.changes.length = 0;
  await bob.launch();
  expect(await everything(bob, bobAccount)).toEqual(before);
  world.server.comeBack();
  await world.clock.advance(120_000);
  expect(bob.changes.filter((change) => change.type === 'request-added' || change.type === 'message-added')).toEqual([]);
  expect(await everything(bob, bobAccount)).toEqual(before);
});

const PARTS = ['', '-wal'];
function copyDatabase(from: string, to: string): void {
  for (const part of PARTS) {
    rmSync(to + part, { force: true });
    if (existsSync(from + part)) copyFileSync(from + part, to + part);
  }
}

it('a message that was answered and not yet told of when the program was killed is there, and unread', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const adaAccount = await ada.signIn();
  const bobAccount = await bob.signIn();
  await bob.call('addContact', { accountId: bobAccount, address: ada.address });
  const killed = `${bob.databaseFile}.killed`;
  let answers = 0;
  // What stands on the disk when the answer leaves.
  world.internet.onDatagram = ({ from, bytes }) => {
    const isAnswer = from.address === bob.host && /^SIP\/2\.0 200 [^]*CSeq: \d+ MESSAGE/.test(Buffer.from(bytes).toString());
    if (isAnswer && (answers += 1) === 1) copyDatabase(bob.databaseFile, killed);
    return true;
  };
  await ada.call('sendMessage', { accountId: adaAccount, address: bob.address, text: 'are you there?' });
  await world.until(() => answers > 0);
  world.internet.onDatagram = undefined;
  await bob.quit();
  copyDatabase(killed, bob.databaseFile);
  bob.changes.length = 0;
  await bob.launch();
  const { conversations } = await bob.call('listConversations', { accountId: bobAccount });
  expect(conversations).toMatchObject([
    { address: ada.address, unreadCount: 1, lastMessage: { text: 'are you there?', state: 'received' } },
  ]);
  const { messages } = await bob.call('listMessages', { conversationId: conversations[0]?.conversationId ?? '' });
  expect(messages).toEqual([conversations[0]?.lastMessage]);
  // What the desktop counts on its badge and in the tray.
  const overview = followOverview(bob.core, (text) => {
    throw new Error(text);
  });
  await world.until(() => unreadCount(overview.current()) === 1);
});

it('a contact added or removed on another device appears here, one added offline goes there', async () => {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const adaAccount = await ada.signIn();
  await ada.call('addContact', { accountId: adaAccount, address: 'bob@example.test', name: 'Bob' });
  await world.clock.advance(5_000);
  const laptop = await world.person('ada');
  const laptopAccount = await laptop.signIn();
  await world.clock.advance(5_000);
  const names = async (person: Person, accountId: string): Promise<string[]> =>
    (await person.call('listContacts', { accountId })).contacts.map(({ address, name }) => `${name} ${address}`).sort();
  expect(await names(laptop, laptopAccount)).toEqual(['Bob sip:bob@example.test']);

  world.server.documents.isReachable = false;
  await laptop.call('addContact', { accountId: laptopAccount, address: 'carol@example.test', name: 'Carol' });
  const bobHere = (await laptop.call('listContacts', { accountId: laptopAccount })).contacts.find(({ name }) => name === 'Bob');
  await laptop.call('removeContact', { contactId: bobHere?.contactId ?? '' });
  world.server.documents.isReachable = true;
  await world.clock.advance(15 * 60_000);
  expect(await names(ada, adaAccount)).toEqual(['Carol sip:carol@example.test']);
  expect(await names(laptop, laptopAccount)).toEqual(['Carol sip:carol@example.test']);
});
