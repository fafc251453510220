// Promise: what a server kept while we were away keeps its time and its place, is marked, and shows once, whatever the server made of it.
import { afterEach, expect, it } from 'vitest';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { cpimText, messagesOf, sendRaw, sendUntil } from '../support/message-flow.ts';

let world: FlowWorld;
afterEach(() => world.end());

const stored = (time: string, text: string): { body: string; headers: { name: string; value: string }[] } => ({
  body: `[Offline message - Mon Nov 23 ${time} 2026] ${text}`,
  headers: [{ name: 'Date', value: `Mon, 23 Nov 2026 ${time} GMT` }],
});

async function bobIsThere(): Promise<Person> {
  world = await createFlowWorld();
  const bob = await world.person('bob');
  await bob.signIn('udp');
  return bob;
}

it('in the order they were sent, whatever the order they come in; with their time, and marked', async () => {
  const bob = await bobIsThere();
  await sendRaw(world, bob, { body: 'long ago', headers: [{ name: 'Date', value: 'Mon, 23 Nov 2026 11:59:00 GMT' }] });
  for (const [time, text] of [
    ['11:30:00', 'three'],
    ['11:10:00', 'one'],
    ['11:20:00', 'two'],
  ] as const)
    await sendRaw(world, bob, stored(time, text));
  expect(
    (await messagesOf(bob)).map(({ text, wasStored, sentAtMs }) => [
      text,
      wasStored ?? false,
      new Date(sentAtMs).toISOString().slice(11, 19),
    ]),
  ).toEqual([
    ['one', true, '11:10:00'],
    ['two', true, '11:20:00'],
    ['three', true, '11:30:00'],
    ['long ago', false, '11:59:00'],
  ]);
});

it('a wrong clock of a sender changes what is shown, not the order', async () => {
  const bob = await bobIsThere();
  for (const [year, text] of [
    ['2026', 'one'],
    ['1999', 'two'],
    ['2026', 'three'],
  ] as const) {
    await sendRaw(world, bob, { body: text, headers: [{ name: 'Date', value: `Tue, 03 Nov ${year} 08:00:00 GMT` }] });
    await world.clock.advance(1_000);
  }
  expect((await messagesOf(bob)).map(({ text, sentAtMs }) => [text, new Date(sentAtMs).getUTCFullYear()])).toEqual([
    ['one', 2026],
    ['two', 1999],
    ['three', 2026],
  ]);
});

it('a sender whose clock is years off is shown with its time, and stands where the server kept it', async () => {
  const bob = await bobIsThere();
  const lost = cpimText('from the past', 'id-9').replace('2026-11-23T11:59:00Z', '1999-01-01T00:00:00Z');
  expect(lost).toContain('1999-01-01');
  await sendRaw(world, bob, stored('11:50:00', 'two'));
  await sendRaw(world, bob, stored('11:45:00', lost));
  await sendRaw(world, bob, stored('11:40:00', 'one'));
  expect((await messagesOf(bob)).map(({ text, sentAtMs }) => [text, new Date(sentAtMs).getUTCFullYear()])).toEqual([
    ['one', 2026],
    ['from the past', 1999],
    ['two', 2026],
  ]);
});

it('a server whose clock is ahead: in order among themselves, and before what comes directly afterwards', async () => {
  const bob = await bobIsThere();
  for (const [time, text] of [
    ['15:30:00', 'two'],
    ['15:40:00', 'three'],
    ['15:20:00', 'one'],
  ] as const)
    await sendRaw(world, bob, stored(time, text));
  await sendRaw(world, bob, { body: 'and now' });
  expect((await messagesOf(bob)).map(({ text }) => text)).toEqual(['one', 'two', 'three', 'and now']);
});

it('one that came directly before comes again from the store: known by its Message-ID', async () => {
  const bob = await bobIsThere();
  const text = cpimText('only once', 'id-1');
  await sendRaw(world, bob, { contentType: 'message/cpim', body: text });
  await sendRaw(world, bob, stored('12:00:00', text));
  const [message, ...others] = await messagesOf(bob);
  const { details } = await bob.call('getMessageDetails', { messageId: message?.messageId ?? '' });
  expect({ text: message?.text, others, sentAt: message?.sentAtMs, isCpim: details.isCpim, envelope: details.envelope }).toEqual({
    text: 'only once',
    others: [],
    sentAt: Date.UTC(2026, 10, 23, 11, 59),
    isCpim: true,
    envelope: [
      { name: 'From', namespace: '', value: 'Ada L. <sip:ada@example.test>' },
      { name: 'To', namespace: '', value: '<sip:bob@example.test>' },
      { name: 'DateTime', namespace: '', value: '2026-11-23T11:59:00.000Z' },
      { name: 'Message-ID', namespace: 'urn:ietf:params:imdn', value: 'id-1' },
      { name: 'Disposition-Notification', namespace: 'urn:ietf:params:imdn', value: 'positive-delivery, display' },
    ],
  });
});

it('a text whose answer a crash swallowed comes again from the store, with nothing left of what it was: shown once', async () => {
  const bob = await bobIsThere();
  await sendRaw(world, bob, { body: 'only once' });
  await sendRaw(world, bob, { body: 'other' });
  await bob.restart();
  await world.until(() => bob.changes.filter((change) => change.type === 'account-changed').at(-1)?.account.registration.state === 'ok');
  const soon = new Date(world.clock.nowMs()).toISOString().slice(11, 19);
  for (const text of ['only once', 'only once', 'new']) await sendRaw(world, bob, stored(soon, text));
  // The second one explains nothing any more: it is another message with the same words.
  expect((await messagesOf(bob)).map(({ text }) => text).sort()).toEqual(['new', 'only once', 'only once', 'other']);
});

it('the same Message-ID of somebody else is another message', async () => {
  const bob = await bobIsThere();
  await sendRaw(world, bob, { contentType: 'message/cpim', body: cpimText('from Ada', 'id-1') });
  await sendRaw(world, bob, { from: 'carol', contentType: 'message/cpim', body: cpimText('from Carol', 'id-1') });
  expect((await messagesOf(bob)).map(({ text }) => text).sort()).toEqual(['from Ada', 'from Carol']);
});

it('between two of us, with CPIM that lost its type on the way', async () => {
  const bob = await bobIsThere();
  const ada = await world.person('ada');
  const accountId = await ada.signIn();
  const [bobAccount] = (await bob.call('listAccounts', {})).accounts;
  await sendUntil(world, ada, { accountId, address: bob.address, text: 'hello' }, 'accepted');
  await sendUntil(world, bob, { accountId: bobAccount?.accountId ?? '', address: ada.address, text: 'hi' }, 'accepted');
  await sendUntil(world, ada, { accountId, address: bob.address, text: 'now we know each other' }, 'accepted');
  await world.clock.advance(5_000);
  await bob.quit();
  const kept = await sendUntil(world, ada, { accountId, address: bob.address, text: 'for later' }, 'accepted');
  await world.clock.advance(600_000);
  await bob.launch();
  await world.until(() => bob.changes.some((change) => change.type === 'message-added' && change.message.text === 'for later'));
  const message = (await messagesOf(bob)).find(({ text }) => text === 'for later');
  const sent = (await messagesOf(ada)).find(({ messageId }) => messageId === kept);
  expect([message?.wasStored, message?.sentAtMs]).toEqual([true, sent?.sentAtMs]);
});

it.each([
  ['a Content-Encoding that nobody here knows', 'text/plain', 'hello', 'br'],
  ['a Content-Encoding that cannot be undone', 'text/plain', 'hello', 'gzip'],
  ['parts that cannot be told apart', 'multipart/mixed;boundary=b', 'no parts here', undefined],
  ['a wrapper that is none', 'message/cpim', 'no wrapper here', undefined],
])(
  '%s: directly it is refused; kept by a server it is taken, as something that cannot be shown',
  async (_what, contentType, body, encoding) => {
    const bob = await bobIsThere();
    const message = { contentType, body, headers: encoding === undefined ? [] : [{ name: 'Content-Encoding', value: encoding }] };
    const date = (time: string) => ({ name: 'Date', value: `Mon, 23 Nov 2026 ${time} GMT` });
    await world.clock.advance(60_000);
    const now = new Date(world.clock.nowMs()).toISOString().slice(11, 19);
    const live = await sendRaw(world, bob, { ...message, headers: [...message.headers, date(now)] });
    const answers = new Set<string>();
    world.internet.onDatagram = ({ bytes }) => {
      const [, status] = /^SIP\/2\.0 (\d+)[^]*CSeq: \d+ MESSAGE/u.exec(new TextDecoder().decode(bytes)) ?? [];
      if (status !== undefined) answers.add(status);
      return true;
    };
    const kept = { ...message, headers: [...message.headers, date('11:30:00')], isMadeByServer: true };
    await sendRaw(world, bob, kept);
    expect([live, [...answers]]).toEqual([encoding === 'br' ? 415 : 400, ['200']]);
    const [shown, ...others] = await messagesOf(bob);
    expect([shown, others]).toMatchObject([
      { text: '', contentType: 'application/octet-stream', wasStored: true, sentAtMs: Date.UTC(2026, 10, 23, 11, 30) },
      [],
    ]);
    const { details } = await bob.call('getMessageDetails', { messageId: shown?.messageId ?? '' });
    expect(details.exchange.map(({ line }) => line).filter((line) => line.startsWith('Content-'))).toEqual([
      `Content-Type: ${contentType}  (${body.length} bytes)`,
      ...(encoding === undefined ? [] : [`Content-Encoding: ${encoding}`]),
    ]);
  },
);
