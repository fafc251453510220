// Promise: who asks is told that a message arrived and was seen, unless the person keeps that to themself; and what others report is shown.
//
//   Ada                                server                Bob
//    |-- MESSAGE CPIM, asks for reports -->|-------------------->|  stored, 200
//    |<------------------------------------|<-- IMDN delivered --|
//    |                                     |        markRead     |
//    |<------------------------------------|<-- IMDN displayed --|
//
// Never about a report, a group, or what a blocked address sent; a peer that refuses reports gets no more.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseImdn } from '../../main/simple/document/imdn.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { conversationsOf, cpimText, messagesOf, sendRaw, sendUntil, statesOf } from '../support/message-flow.ts';

let world: FlowWorld;
let ada: Person;
let bob: Person;
let adaAccount: string;
let bobAccount: string;
beforeEach(async () => {
  world = await createFlowWorld();
  ada = await world.person('ada');
  bob = await world.person('bob');
  adaAccount = await ada.signIn();
  bobAccount = await bob.signIn();
});
afterEach(() => world.end());

/** Both wrote once, so each knows what the other takes. */
async function getToKnow(): Promise<void> {
  await sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'hello' }, 'accepted');
  await sendUntil(world, bob, { accountId: bobAccount, address: ada.address, text: 'hello yourself' }, 'accepted');
  await sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'how are you' }, 'accepted');
  await world.clock.advance(5_000);
}

async function markRead(person: Person): Promise<void> {
  for (const { conversationId } of await conversationsOf(person)) await person.call('markRead', { conversationId });
  await world.clock.advance(5_000);
}

/** The MESSAGEs of Bob's that reach the server from now on. */
function fromBob(refuseWith?: number): string[] {
  const bodies: string[] = [];
  world.server.registrar.refuse = (request) => {
    if (request.method !== 'MESSAGE' || request.from.uri.kind !== 'sip' || request.from.uri.user !== 'bob') return undefined;
    bodies.push(new TextDecoder().decode(request.body));
    return refuseWith === undefined ? undefined : { status: refuseWith };
  };
  return bodies;
}
const statuses = (bodies: readonly string[]): string[] => bodies.flatMap((body) => /<(delivered|displayed)\/>/.exec(body)?.[1] ?? []);

describe('between two of us', () => {
  it('delivered, then displayed when it is read', async () => {
    await getToKnow();
    await bob.call('acceptConversation', { conversationId: (await conversationsOf(bob))[0]?.conversationId ?? '' });
    const messageId = await sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'seen?' }, 'delivered');
    await markRead(bob);
    expect(statesOf(ada.changes, messageId)).toEqual(['queued', 'sending', 'accepted', 'delivered', 'displayed']);
    const { details } = await ada.call('getMessageDetails', { messageId });
    expect(details.states.map(({ state }) => state)).toEqual(['queued', 'sending', 'accepted', 'delivered', 'displayed']);
  });

  it('read at once: the display report says both', async () => {
    await getToKnow();
    const bodies = fromBob();
    const { messageId } = await ada.call('sendMessage', { accountId: adaAccount, address: bob.address, text: 'seen?' });
    await world.until(() => bob.changes.some((change) => change.type === 'message-added' && change.message.text === 'seen?'));
    await markRead(bob);
    expect({ statuses: statuses(bodies), states: statesOf(ada.changes, messageId).at(-1) }).toEqual({
      statuses: ['displayed'],
      states: 'displayed',
    });
  });

  it('not when the person keeps it to themself: for all, or for one', async () => {
    await getToKnow();
    await bob.call('setReporting', { accountId: bobAccount, delivery: false, display: false });
    const bodies = fromBob();
    await sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'one' }, 'accepted');
    await markRead(bob);
    await bob.call('setReporting', { accountId: bobAccount, address: ada.address, delivery: true });
    await sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'two' }, 'delivered');
    await markRead(bob);
    expect(statuses(bodies)).toEqual(['delivered']);
    expect([
      await bob.call('getReporting', { accountId: bobAccount }),
      await bob.call('getReporting', { accountId: bobAccount, address: ada.address }),
    ]).toEqual([
      { delivery: false, display: false, typing: null },
      { delivery: true, display: null, typing: null },
    ]);
  });
});

it('never to who is blocked meanwhile: by an answer to their request, or as an address', async () => {
  await getToKnow();
  const [conversation] = await conversationsOf(bob);
  await bob.call('acceptConversation', { conversationId: conversation?.conversationId ?? '' });
  await sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'read later' }, 'delivered');
  const bodies = fromBob();
  const waiting = await sendUntil(world, ada, { accountId: adaAccount, address: bob.address, text: 'not reported yet' }, 'accepted');
  await bob.call('decideWatcher', { accountId: bobAccount, address: ada.address, decision: 'block' });
  await markRead(bob);
  await world.clock.advance(120_000);
  expect([statuses(bodies), statesOf(ada.changes, waiting).at(-1)]).toEqual([[], 'accepted']);
});

describe('to other programs', () => {
  const imdn = (id: string, what: string): string =>
    `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${id}</message-id><datetime>2026-11-23T12:00:00Z</datetime>${what}</imdn>`;
  const delivered = '<delivery-notification><status><delivered/></status></delivery-notification>';
  const failed = '<delivery-notification><status><failed/></status></delivery-notification>';

  it('an answer to what asked, never to a report or to what went to a group', async () => {
    const bodies = fromBob();
    await sendRaw(world, bob, { contentType: 'message/cpim', body: cpimText('alone', 'id-1') });
    await sendRaw(world, bob, { contentType: 'message/cpim', body: cpimText('to us all', 'id-2', 'sip:friends@example.test') });
    await sendRaw(world, bob, {
      contentType: 'message/cpim',
      body: cpimText('to two', 'id-3', undefined, ['cc: <sip:carol@example.test>']),
    });
    await sendRaw(world, bob, { contentType: 'message/imdn+xml', body: imdn('id-4', delivered) });
    await world.clock.advance(10_000);
    expect(bodies.map((body) => /<message-id>([^<]*)/.exec(body)?.[1])).toEqual(['id-1']);
    expect(bodies[0]).toContain('Content-Disposition: notification');
    expect(bodies[0]).not.toContain('Disposition-Notification');
  });

  it('refused once: no more are sent', async () => {
    const bodies = fromBob(405);
    await sendRaw(world, bob, { contentType: 'message/cpim', body: cpimText('one', 'id-1') });
    await world.clock.advance(10_000);
    await sendRaw(world, bob, { contentType: 'message/cpim', body: cpimText('two', 'id-2') });
    await world.clock.advance(600_000);
    expect(bodies).toHaveLength(1);
  });

  it('say whom the message was for before somebody on the way changed that, and repeat its time, even one that nobody believes', async () => {
    await bob.call('addContact', { accountId: bobAccount, address: ada.address });
    const bodies = fromBob();
    const redirected = cpimText('hello', 'id-1').replace(
      'imdn.Message-ID',
      'imdn.Original-To: "Team" <sip:team@example.test>\r\nimdn.IMDN-Record-Route: <sip:elsewhere.test>\r\nimdn.Message-ID',
    );
    await sendRaw(world, bob, { contentType: 'message/cpim', body: redirected.replace('2026-11-23T11:59:00Z', '2031-01-01T00:00:00Z') });
    await world.clock.advance(5_000);
    await markRead(bob);
    const parsed = bodies.map((body) => parseImdn(body.slice(body.indexOf('<?xml'))));
    const about = { messageId: 'id-1', dateTimeMs: Date.UTC(2031, 0, 1), recipientUri: bob.address, subject: undefined };
    expect(parsed).toEqual([
      { kind: 'ok', document: { ...about, kind: 'delivery', status: 'delivered', originalRecipientUri: 'sip:team@example.test' } },
      { kind: 'ok', document: { ...about, kind: 'display', status: 'displayed', originalRecipientUri: 'sip:team@example.test' } },
    ]);
    // Neither asked for reports on the report, nor sent anywhere but to who wrote.
    expect(bodies.filter((body) => /Disposition-Notification|IMDN-Route|elsewhere/u.test(body))).toEqual([]);
    expect(bodies.every((body) => body.includes('To: <sip:ada@example.test>') && body.includes('Content-Disposition: notification'))).toBe(
      true,
    );
  });

  it('while away: they go when the account is back', async () => {
    await sendRaw(world, bob, { contentType: 'message/cpim', body: cpimText('one', 'id-1') });
    const bodies = fromBob();
    world.server.goSilent();
    await world.clock.advance(20_000);
    await bob.restart();
    world.server.comeBack();
    await world.until(() => statuses(bodies).length > 0, 120_000);
    expect(statuses(bodies)).toEqual(['delivered']);
  });

  it('each message is told of once, however slow the way is and however many come meanwhile', async () => {
    const bodies = fromBob();
    world.internet.quality = { ...world.internet.quality, delayMs: 400 };
    const ids = ['id-1', 'id-2', 'id-3', 'id-4'];
    for (const id of ids) expect(await sendRaw(world, bob, { contentType: 'message/cpim', body: cpimText(`text ${id}`, id) })).toBe(200);
    await world.clock.advance(20_000);
    world.internet.quality = { ...world.internet.quality, delayMs: 1 };
    expect(bodies.flatMap((body) => [...body.matchAll(/<message-id>(.*?)</g)].map((match) => match[1]))).toEqual(ids);
  });

  it('what a server kept and we cannot show has failed, for who asked; it stands there, and is not asked for again', async () => {
    const bodies = fromBob();
    const kept = (text: string): Parameters<typeof sendRaw>[2] => ({
      body: `[Offline message - Mon Nov 23 11:30:00 2026] ${text}`,
      headers: [{ name: 'Date', value: 'Mon, 23 Nov 2026 11:30:00 GMT' }],
    });
    const picture = (id: string, asks: string, to?: string): string =>
      cpimText('iVBORw0KGgo=', id, to).replace('text/plain; charset=utf-8', 'image/png').replace('positive-delivery, display', asks);
    for (const text of [
      picture('id-1', 'positive-delivery, negative-delivery, display'),
      picture('id-2', 'positive-delivery, display'),
      picture('id-3', 'negative-delivery', 'sip:team@example.test'),
    ])
      expect(await sendRaw(world, bob, kept(text))).toBe(200);
    await world.clock.advance(5_000);
    await markRead(bob);
    expect(bodies.flatMap((body) => /<message-id>(.*?)<[^]*<status><(.*?)\/>/.exec(body)?.slice(1) ?? [])).toEqual(['id-1', 'failed']);
    expect((await messagesOf(bob)).map(({ text, contentType, wasStored }) => [text, contentType, wasStored])).toEqual(
      Array.from({ length: 3 }, () => ['', 'image/png', true]),
    );
    await bob.call('setReporting', { accountId: bobAccount, delivery: false });
    expect(await sendRaw(world, bob, kept(picture('id-4', 'negative-delivery')))).toBe(200);
    await world.clock.advance(5_000);
    expect(bodies).toHaveLength(1);
  });

  it('what comes directly and cannot be read is refused by the answer, and by that alone', async () => {
    const bodies = fromBob();
    const picture = cpimText('iVBORw0KGgo=', 'id-1')
      .replace('text/plain; charset=utf-8', 'image/png')
      .replace('display', 'negative-delivery');
    expect(await sendRaw(world, bob, { contentType: 'message/cpim', body: picture })).toBe(415);
    await world.clock.advance(5_000);
    expect([bodies, await messagesOf(bob)]).toEqual([[], []]);
  });

  it('theirs are believed from the one it went to alone', async () => {
    const { messageId } = await bob.call('sendMessage', { accountId: bobAccount, address: ada.address, text: 'mine' });
    await world.until(() => statesOf(bob.changes, messageId).at(-1) === 'accepted');
    const { details } = await bob.call('getMessageDetails', { messageId });
    const state = async (): Promise<string | undefined> =>
      (await messagesOf(bob)).find((message) => message.messageId === messageId)?.state;
    await sendRaw(world, bob, { from: 'carol', contentType: 'message/imdn+xml', body: imdn(details.imdnMessageId, failed) });
    const afterStranger = await state();
    // INTEROP(Linphone): reports on a plain text by its Call-ID.
    await sendRaw(world, bob, { contentType: 'message/imdn+xml', body: imdn(details.callId, delivered) });
    expect([afterStranger, await state()]).toEqual(['accepted', 'delivered']);
  });

  it('a failure report fails the message, and says who said it', async () => {
    const messageId = await sendUntil(world, bob, { accountId: bobAccount, address: ada.address, text: 'mine' }, 'accepted');
    const { details } = await bob.call('getMessageDetails', { messageId });
    await sendRaw(world, bob, { contentType: 'message/imdn+xml', body: imdn(details.imdnMessageId, failed) });
    const [message] = (await messagesOf(bob)).filter((one) => one.messageId === messageId);
    expect([message?.state, message?.failure?.by]).toEqual(['failed', 'peer']);
  });

  it.each(['forbidden', 'error'])('%s is no failure: the message may be there, and the details say what was reported', async (status) => {
    const messageId = await sendUntil(world, bob, { accountId: bobAccount, address: ada.address, text: 'mine' }, 'accepted');
    const { details } = await bob.call('getMessageDetails', { messageId });
    const what = `<delivery-notification><status><${status}/></status></delivery-notification>`;
    await sendRaw(world, bob, { contentType: 'message/imdn+xml', body: imdn(details.imdnMessageId, what) });
    const { details: after } = await bob.call('getMessageDetails', { messageId });
    const [message] = (await messagesOf(bob)).filter((one) => one.messageId === messageId);
    expect([message?.state, message?.failure, after.exchange.at(-1)?.line]).toEqual([
      'accepted',
      undefined,
      expect.stringContaining(`delivery ${status}`),
    ]);
    // A report that comes after it still counts.
    await sendRaw(world, bob, { contentType: 'message/imdn+xml', body: imdn(details.imdnMessageId, delivered) });
    expect((await messagesOf(bob)).find((one) => one.messageId === messageId)?.state).toBe('delivered');
  });
});
