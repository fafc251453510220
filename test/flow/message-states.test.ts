// Promise: a message goes queued → sending → accepted → delivered → displayed, or fails with the code, a reason in words, and who said it.
// What is wrong with the way waits and goes by itself, in order; what the other side refuses stops that message only.
//
//   Ada                      server                     Bob
//    |-- MESSAGE ------------->|                          |   STATUS
//    |<-- STATUS --------------|                          |   404 480 486 488 603: failed, the next one goes
//    |                         |                          |   408 477 500 502 503: waits for some tries; 480 too just after an outage
//    |                         |                          |   no answer: waits on
//    |-- MESSAGE message/cpim->|                          |   415: at once as text/plain
import { afterEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../main/sip/index.ts';
import { headerText } from '../../main/sip/index.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { messageOf, messagesOf, sendUntil, statesOf } from '../support/message-flow.ts';

let world: FlowWorld;
afterEach(() => world.end());

interface Pair {
  ada: Person;
  bob: Person;
  toBob: { accountId: string; address: string };
}

async function adaAndBob(): Promise<Pair> {
  world = await createFlowWorld();
  const ada = await world.person('ada');
  const bob = await world.person('bob');
  const accountId = await ada.signIn();
  await bob.signIn();
  return { ada, bob, toBob: { accountId, address: bob.address } };
}

const received = (person: Person): string[] =>
  person.changes.flatMap((change) => (change.type === 'message-added' && change.message.direction === 'in' ? [change.message.text] : []));

describe('the other side says no: that message fails, the next one goes', () => {
  it.each([
    [404, 'server', 'There is nobody with this address.'],
    [480, 'server', 'This person is not reachable now, and their server keeps no messages. Send it again later.'],
    [486, 'peer', 'This person is busy and takes no messages now.'],
    [488, 'peer', 'The other side cannot take this message.'],
    [415, 'peer', 'The other side cannot read this kind of message.'],
    [501, 'server', 'This person’s server does not pass on messages.'],
    [603, 'peer', 'This person does not take messages from you.'],
  ] as const)('%i', async (status, by, reason) => {
    const { ada, bob, toBob } = await adaAndBob();
    world.server.registrar.refuse = () => ({ status });
    const messageId = await sendUntil(world, ada, { ...toBob, text: 'one' }, 'failed');
    const failed = await messageOf(ada, 'one');
    world.server.registrar.refuse = undefined;
    await sendUntil(world, ada, { ...toBob, text: 'two' }, 'accepted');
    expect({ states: statesOf(ada.changes, messageId), failure: failed.failure, received: received(bob) }).toEqual({
      states: ['queued', 'sending', 'failed'],
      failure: { code: status, reason, by },
      received: ['two'],
    });
    ada.changes.length = 0;
    await ada.call('resendMessage', { messageId });
    await world.until(() => received(bob).length === 2);
    await world.until(() => statesOf(ada.changes, messageId).at(-1) === 'accepted');
    expect(received(bob)).toEqual(['two', 'one']);
  });
});

describe('something is wrong with the way: all wait, and go by themselves in order', () => {
  const busy: Reply = { status: 503, headers: [{ name: 'Retry-After', value: '20' }] };
  it.each<[string, Reply | 'silence']>([
    ['408', { status: 408 }],
    ['503', { status: 503 }],
    ['503 with Retry-After', busy],
    ['477', { status: 477 }],
    ['500', { status: 500 }],
    ['502', { status: 502 }],
    ['504', { status: 504 }],
    ['silence', 'silence'],
  ])('%s', async (_name, reply) => {
    const { ada, bob, toBob } = await adaAndBob();
    const times: number[] = [];
    world.server.registrar.refuse = () => (times.push(world.clock.nowMs()), reply === 'silence' ? undefined : reply);
    if (reply === 'silence') world.server.goSilent();
    const { messageId } = await ada.call('sendMessage', { ...toBob, text: 'one' });
    await ada.call('sendMessage', { ...toBob, text: 'two' });
    await world.until(() => statesOf(ada.changes, messageId).length >= 3, 60_000);
    expect(statesOf(ada.changes, messageId).slice(0, 3)).toEqual(['queued', 'sending', 'queued']);
    world.server.registrar.refuse = (request) => (times.push(world.clock.nowMs()), void request);
    if (reply === 'silence') world.server.comeBack();
    await world.until(() => received(bob).length === 2, 120_000);
    expect(received(bob)).toEqual(['one', 'two']);
    if (reply === busy) expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(20_000);
  });

  it.each([477, 480])('%i just after an outage: the server is back before the peer, who gets it when they are', async (status) => {
    const { ada, bob, toBob } = await adaAndBob();
    world.server.goSilent();
    await world.until(() => ada.log.some((line) => line.includes('registration failed')), 60_000);
    const { messageId } = await ada.call('sendMessage', { ...toBob, text: 'one' });
    let refusals = 0;
    world.server.registrar.refuse = ({ method }) => (method === 'MESSAGE' && ++refusals <= 3 ? { status } : undefined);
    world.server.comeBack();
    await world.until(() => received(bob).length === 1, 120_000);
    await world.until(() => statesOf(ada.changes, messageId).at(-1) === 'accepted');
    expect({ refusals, states: new Set(statesOf(ada.changes, messageId)), received: received(bob) }).toEqual({
      refusals: 4,
      states: new Set(['queued', 'sending', 'accepted']),
      received: ['one'],
    });
  });

  it('no answer for hours: it waits, and goes when there is one', async () => {
    const { ada, bob, toBob } = await adaAndBob();
    let tries = 0;
    world.internet.onDatagram = ({ bytes }) => !Buffer.from(bytes).toString('latin1').startsWith('MESSAGE ') || (tries++, false);
    const { messageId } = await ada.call('sendMessage', { ...toBob, text: 'one' });
    for (let minute = 0; minute < 120; minute += 1) await world.clock.advance(60_000);
    const states = new Set(statesOf(ada.changes, messageId));
    world.internet.onDatagram = undefined;
    await world.until(() => statesOf(ada.changes, messageId).at(-1) === 'accepted', 120_000);
    expect({ states, wasTried: tries > 100, received: received(bob) }).toEqual({
      states: new Set(['queued', 'sending']),
      wasTried: true,
      received: ['one'],
    });
  });

  it('477 for good is told in its own words', async () => {
    const { ada, toBob } = await adaAndBob();
    world.server.registrar.refuse = () => ({ status: 477 });
    await sendUntil(world, ada, { ...toBob, text: 'one' }, 'failed');
    expect((await messageOf(ada, 'one')).failure).toEqual({
      code: 477,
      reason: 'The server could not reach this person’s program. Send it again later.',
      by: 'server',
    });
  });

  it('not for ever: after several tries the person is told, and the next one is tried', async () => {
    const { ada, toBob } = await adaAndBob();
    world.server.registrar.refuse = () => ({ status: 408 });
    const messageId = await sendUntil(world, ada, { ...toBob, text: 'one' }, 'failed');
    expect((await messageOf(ada, 'one')).failure).toEqual({
      code: 408,
      reason: 'Nobody answered after several tries. Send it again later.',
      by: 'server',
    });
    world.server.registrar.refuse = undefined;
    await sendUntil(world, ada, { ...toBob, text: 'two' }, 'accepted');
    expect(statesOf(ada.changes, messageId).at(-1)).toBe('failed');
  });
});

it('in CPIM to those who take it; a 415 brings it at once as plain text, and is remembered', async () => {
  const { ada, bob, toBob } = await adaAndBob();
  await sendUntil(world, ada, { ...toBob, text: 'hello' }, 'accepted');
  const [account] = (await bob.call('listAccounts', {})).accounts;
  await sendUntil(world, bob, { accountId: account?.accountId ?? '', address: ada.address, text: 'hello back' }, 'accepted');
  await sendUntil(world, ada, { ...toBob, text: 'second' }, 'accepted');
  await world.clock.advance(5_000);
  const types: string[] = [];
  world.server.registrar.refuse = (request) => {
    if (request.method !== 'MESSAGE') return undefined;
    const type = headerText(request, 'Content-Type') ?? '';
    types.push(type);
    return type === 'message/cpim' ? { status: 415, headers: [{ name: 'Accept', value: 'text/plain' }] } : undefined;
  };
  await sendUntil(world, ada, { ...toBob, text: 'third' }, 'accepted');
  await sendUntil(world, ada, { ...toBob, text: 'fourth' }, 'accepted');
  expect({ types: types.filter((type) => !type.includes('imdn')), received: received(bob) }).toEqual({
    types: ['message/cpim', 'text/plain;charset=UTF-8', 'text/plain;charset=UTF-8'],
    received: ['hello', 'second', 'third', 'fourth'],
  });
});

it('the details tell the states with their times, and the exchange without the text', async () => {
  const { ada, toBob } = await adaAndBob();
  const messageId = await sendUntil(world, ada, { ...toBob, text: 'a secret' }, 'accepted');
  const { details } = await ada.call('getMessageDetails', { messageId });
  const lines = details.exchange.map(({ line }) => line);
  expect(details.states.map(({ state }) => state)).toEqual(['queued', 'sending', 'accepted']);
  expect(details.states.every(({ atMs }, index, all) => atMs >= (all[index - 1]?.atMs ?? 0))).toBe(true);
  expect(lines).toContain('MESSAGE sip:bob@example.test SIP/2.0');
  expect(lines).toContain('SIP/2.0 200 OK');
  expect(lines.join('\n')).not.toContain('secret');
  expect([details.isCpim, details.wasStored, details.callId === '', details.imdnMessageId === details.callId]).toEqual([
    false,
    false,
    false,
    true,
  ]);
});

it('a message whose fate is unknown goes again as the same message', async () => {
  const { ada, bob, toBob } = await adaAndBob();
  const seen: string[] = [];
  world.server.registrar.refuse = (request) => {
    if (request.method === 'MESSAGE') seen.push(`${request.callId} ${new TextDecoder().decode(request.body)}`);
    return undefined;
  };
  // The server hears it, and its answers are lost.
  world.internet.onDatagram = ({ to, bytes }) => to.address !== ada.host || !new TextDecoder().decode(bytes).startsWith('SIP/2.0 200');
  await ada.call('sendMessage', { ...toBob, text: 'once' });
  await world.until(() => received(bob).length === 1);
  await ada.restart();
  world.internet.onDatagram = undefined;
  await world.until(() => statesOf(ada.changes, '1').at(-1) === 'accepted', 120_000);
  expect({ identities: new Set(seen).size, atBob: (await messagesOf(bob)).map(({ text }) => text) }).toEqual({
    identities: 1,
    atBob: ['once'],
  });
  expect(seen.length).toBeGreaterThan(1);
});
