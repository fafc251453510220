// Promise: what others send is shown as text, once, bounded, and only when it comes through the account's own server.
//
//   server                    Bob                      stranger
//    |-- MESSAGE ------------->|                           |   stored, 200
//    |-- MESSAGE again ------->|                           |   known: 200, shown once
//    |-- MESSAGE, HTML ------->|                           |   shown as text, or 415 for what is no text
//    |                         |<-- MESSAGE "I am Ada" ----|   403: not from the account's server
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Endpoint, HeaderField, Outcome } from '../../main/sip/index.ts';
import { sipUri, textMessage } from '../support/endpoint-pair.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { openEndpoint } from '../support/open-endpoint.ts';

let world: FlowWorld;
let bob: Person;
let bobAccount: string;
beforeEach(async () => {
  world = await createFlowWorld();
  bob = await world.person('bob');
  bobAccount = await bob.signIn();
});
afterEach(() => world.end());

interface Sent {
  readonly text: string;
  readonly from?: string;
  readonly callId?: string;
  readonly tag?: string;
  readonly cseqNumber?: number;
  readonly headers?: readonly HeaderField[];
}

async function sendFrom(endpoint: Endpoint, { text, from = 'ada', callId, tag, cseqNumber, headers = [] }: Sent): Promise<number> {
  const [binding] = world.server.registrar.bindings(bob.address);
  if (binding === undefined) throw new Error('Bob is not registered');
  const ada = sipUri(from, 'example.test');
  const request = textMessage(ada, sipUri('bob', 'example.test'), text, {
    uri: binding.uri,
    from: { displayName: 'Ada\u202e "Lovelace"', uri: ada, parameters: tag === undefined ? [] : [{ name: 'tag', value: tag }] },
    route: [],
    headers: [{ name: 'Content-Type', value: 'text/plain' }, ...headers],
    ...(callId === undefined ? {} : { callId }),
    ...(cseqNumber === undefined ? {} : { cseqNumber }),
  });
  const outcome: Outcome = await world.clock.run(endpoint.send(request).outcome);
  return outcome.kind === 'final' ? outcome.response.status : 0;
}

const send = (sent: Sent): Promise<number> => sendFrom(world.server.endpoint, sent);

async function texts(): Promise<string[]> {
  const { conversations } = await bob.call('listConversations', {});
  const lists = await Promise.all(conversations.map(({ conversationId }) => bob.core.call('listMessages', { conversationId })));
  return lists.flatMap((list) =>
    'output' in list ? (list.output as { messages: { text: string }[] }).messages.map(({ text }) => text) : [],
  );
}

describe('nothing to show', () => {
  it('of control characters alone: acknowledged, so it stands there as something that cannot be shown', async () => {
    expect(await send({ text: '\u0007\u0000\u001b' })).toBe(200);
    const { conversations } = await bob.call('listConversations', {});
    expect(conversations.map(({ unreadCount, lastMessage }) => [unreadCount, lastMessage?.text, lastMessage?.contentType])).toEqual([
      [1, '', 'application/octet-stream'],
    ]);
  });

  it('of white space alone: like no text at all', async () => {
    expect(await send({ text: ' \r\n\t' })).toBe(200);
    expect((await bob.call('listConversations', {})).conversations).toEqual([]);
  });
});

describe('duplicates', () => {
  const same: Sent = { text: 'once', callId: 'call-1', tag: 'tag-1', cseqNumber: 7 };
  const date: HeaderField = { name: 'Date', value: 'Mon, 23 Nov 2026 11:00:00 GMT' };

  it('by sender, Call-ID, From tag, CSeq and body are answered 200 and shown once', async () => {
    const statuses = [await send(same)];
    await world.clock.advance(60_000);
    statuses.push(await send(same));
    expect({ statuses, texts: await texts() }).toEqual({ statuses: [200, 200], texts: ['once'] });
  });

  it('a try again with another CSeq but the same Date is the same message', async () => {
    await send({ ...same, headers: [date] });
    await send({ ...same, cseqNumber: 17, headers: [date] });
    expect(await texts()).toEqual(['once']);
  });

  it('the same words typed twice within a second are two, also of who repeats Call-IDs and tags and counts the CSeq; each once', async () => {
    for (const cseqNumber of [7, 8, 8, 7]) await send({ ...same, cseqNumber, headers: [date] });
    expect(await texts()).toEqual(['once', 'once']);
  });

  it('are not told by the Call-ID alone, nor for ever', async () => {
    await send(same);
    for (const other of [{ text: 'twice' }, { tag: 'tag-2' }, { cseqNumber: 8 }, { from: 'carol' }]) {
      await world.clock.advance(60_000);
      await send({ ...same, ...other });
    }
    expect((await texts()).sort()).toEqual(['once', 'once', 'once', 'once', 'twice']);
    await world.clock.advance(25 * 3_600_000);
    await send(same);
    expect(await texts()).toHaveLength(6);
  });
});

it('shows everything as text, bounded', async () => {
  const statuses = [
    await send({ text: '<img src=x onerror=alert(1)> \u202egnp.exe\u0000\u0007' }),
    await send({ text: ' \r\n' }),
    await send({ text: `${'x'.repeat(49_990)}${'ä'.repeat(5)}` }),
    await send({ text: '' }),
  ];
  const [html, long, ...rest] = await texts();
  expect({ statuses, html, length: long?.length, rest }).toEqual({
    statuses: [200, 200, 200, 200],
    html: '<img src=x onerror=alert(1)> \u202egnp.exe',
    length: 49_995,
    rest: [],
  });
  const [conversation] = (await bob.call('listConversations', {})).conversations;
  expect([conversation?.displayName, conversation?.unreadCount]).toEqual(['Ada "Lovelace"', 2]);
});

it('a blocked sender is refused and kept nowhere, until the block ends', async () => {
  const untilMs = world.clock.nowMs() + 3_600_000;
  await bob.call('decideWatcher', { accountId: bobAccount, address: 'ada@example.test', decision: 'block', untilMs });
  expect([await send({ text: 'let me in' }), await texts()]).toEqual([603, []]);
  await world.clock.advance(3_700_000);
  expect([await send({ text: 'again' }), await texts()]).toEqual([200, ['again']]);
});

it('a stranger who finds the port is refused, whoever they say they are', async () => {
  const stranger = await strangerEndpoint();
  expect([await sendFrom(stranger, { text: 'I am Ada, really' }), await texts()]).toEqual([403, []]);
  await stranger.stop();
});

it('the sender’s time is shown where it can be believed', async () => {
  await send({ text: 'past', headers: [{ name: 'Date', value: 'Mon, 23 Nov 2026 11:00:00 GMT' }] });
  await send({ text: 'future', headers: [{ name: 'Date', value: 'Tue, 24 Nov 2037 11:00:00 GMT' }] });
  const { conversations } = await bob.call('listConversations', {});
  const { messages } = await bob.call('listMessages', { conversationId: conversations[0]?.conversationId ?? '' });
  expect(
    messages.map(({ text, sentAtMs, storedAtMs }) => [
      text,
      sentAtMs === Date.UTC(2026, 10, 23, 11),
      Math.abs(storedAtMs - sentAtMs) < 1_000,
    ]),
  ).toEqual([
    ['past', true, false],
    ['future', false, true],
  ]);
});

async function strangerEndpoint(): Promise<Endpoint> {
  return openEndpoint({
    clock: world.clock,
    random: createFakeRandom(99),
    network: world.internet.host('203.0.113.66'),
    listen: [{ protocol: 'udp', local: { address: '203.0.113.66', port: 5060 } }],
  });
}
