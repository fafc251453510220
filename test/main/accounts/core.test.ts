// The core's calls without any server: what they refuse, in which words and for which field.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlowWorld, Person } from '../../support/flow-world.ts';
import { createFlowWorld } from '../../support/flow-world.ts';

let world: FlowWorld;
let ada: Person;
beforeEach(async () => {
  world = await createFlowWorld();
  ada = await world.person('ada');
});
afterEach(() => world.end());

async function failureOf(name: string, input: unknown): Promise<unknown> {
  const result = await world.clock.run(ada.core.call(name, input));
  return 'failure' in result ? [result.failure.kind, result.failure.field] : result;
}

describe('a call is refused', () => {
  it.each<[string, unknown, unknown[]]>([
    ['noSuchCall', {}, ['unknown-call', undefined]],
    ['constructor', {}, ['unknown-call', undefined]],
    ['addAccount', undefined, ['invalid-input', 'address']],
    ['addAccount', 'text', ['invalid-input', undefined]],
    ['addAccount', { address: 'ada', password: 'x' }, ['invalid-input', 'address']],
    ['addAccount', { address: 'tel:+4930123', password: 'x' }, ['invalid-input', 'address']],
    ['addAccount', { address: 'ada@example.test', password: '' }, ['invalid-input', 'password']],
    ['addAccount', { address: 'ada@example.test', password: 'x', outboundProxy: 'no uri' }, ['invalid-input', 'outboundProxy']],
    ['addAccount', { address: 'ada@example.test', password: 'x', xcapRoot: 'nowhere' }, ['invalid-input', 'xcapRoot']],
    ['addAccount', { address: 'ada@example.test', password: 'x', caFile: '/nowhere.pem' }, ['invalid-input', 'caFile']],
    ['addAccount', { address: 'ada@example.test', password: 'x', transport: 'pigeon' }, ['invalid-input', 'transport']],
    ['removeAccount', { accountId: '9' }, ['not-found', 'accountId']],
    ['sendMessage', { accountId: '9', address: 'bob@example.test', text: 'hello' }, ['not-found', 'accountId']],
    ['listMessages', { conversationId: '9' }, ['not-found', 'conversationId']],
    ['markRead', { conversationId: 'not a number' }, ['not-found', 'conversationId']],
    ['removeContact', { contactId: '9' }, ['not-found', 'contactId']],
    ['decideRequest', { requestId: '9', decision: 'allow' }, ['not-found', 'requestId']],
    ['resendMessage', { messageId: '9' }, ['not-found', 'messageId']],
  ])('%s %j', async (name, input, expected) => {
    expect(await failureOf(name, input)).toEqual(expected);
  });

  it('with an account there', async () => {
    const accountId = await ada.signIn();
    const bob = { accountId, address: 'bob@example.test' };
    await ada.call('addContact', bob);
    const { messageId } = await ada.call('sendMessage', { ...bob, text: 'hello' });
    expect([
      await failureOf('addAccount', { address: 'pres:ada@EXAMPLE.test', password: 'x' }),
      await failureOf('addContact', { ...bob, address: 'im:bob@example.test' }),
      await failureOf('addContact', { accountId, address: ada.address }),
      await failureOf('sendMessage', { ...bob, text: ' \u0000\n' }),
      await failureOf('sendMessage', { ...bob, text: 'x'.repeat(60_001) }),
      await failureOf('decideWatcher', { ...bob, decision: 'allow', untilMs: 1 }),
      await failureOf('decideWatcher', { ...bob, decision: 'maybe' }),
      await failureOf('resendMessage', { messageId }),
      await failureOf('setOwnPresence', { accountId, availability: 'available', note: 'x'.repeat(501) }),
      await failureOf('setOwnPresence', { accountId, availability: 'asleep' }),
    ]).toEqual([
      ['already-exists', 'address'],
      ['already-exists', 'address'],
      ['invalid-input', 'address'],
      ['invalid-input', 'text'],
      ['invalid-input', 'text'],
      ['invalid-input', 'untilMs'],
      ['invalid-input', 'decision'],
      ['refused', undefined],
      ['invalid-input', 'note'],
      ['invalid-input', 'availability'],
    ]);
  });
});

it.each([
  ['x', 60_000, undefined],
  ['x', 60_001, '“text” is too long. At most 60000 characters fit.'],
  ['語', 20_000, undefined],
  ['語', 20_001, '“text” is too long. At most 60000 bytes fit; some characters take up to four.'],
])('a text of %s × %i', async (letter, count, reason) => {
  const accountId = await ada.signIn();
  const input = { accountId, address: 'bob@example.test', text: letter.repeat(count) };
  const result = await world.clock.run(ada.core.call('sendMessage', input));
  expect('failure' in result ? result.failure.reason : undefined).toBe(reason);
});

it('a removed account takes everything along, here and on the server', async () => {
  const accountId = await ada.signIn();
  await ada.call('sendMessage', { accountId, address: 'bob@example.test', text: 'hello' });
  await world.clock.advance(1_000);
  await ada.call('removeAccount', { accountId });
  expect({
    accounts: (await ada.call('listAccounts', {})).accounts,
    conversations: (await ada.call('listConversations', {})).conversations,
    found: (await ada.call('searchMessages', { query: 'hello' })).messages,
    isRegistered: world.server.registrar.isRegistered(ada.address),
    last: ada.changes.findLast(({ type }) => type !== 'task-changed'),
  }).toEqual({ accounts: [], conversations: [], found: [], isRegistered: false, last: { type: 'account-removed', accountId } });
});

it('without a document server the account says so and works all the same', async () => {
  const { accountId } = await ada.call('addAccount', { address: ada.address, password: 'correct horse' });
  await world.clock.advance(30_000);
  const [account] = (await ada.call('listAccounts', {})).accounts;
  expect([
    account?.registration.state,
    account?.publication.state,
    account?.watcherInfo.state,
    account?.policy.state,
    account?.contactList.state,
  ]).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  world.server.documents.isReachable = false;
  await ada.call('retryAccount', { accountId });
  await ada.call('decideWatcher', { accountId, address: 'bob@example.test', decision: 'block' });
  await world.clock.advance(5_000);
  const [watcher] = (await ada.call('listWatchers', { accountId })).watchers;
  expect([watcher?.decision, watcher?.isConfirmed, watcher?.failure]).toEqual([
    'block',
    false,
    'The server refuses the connection; it may be stopped. It is tried again by itself.',
  ]);
});
