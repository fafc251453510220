// Page mode between two real endpoints (RFC 3428): what leaves, what arrives, and what is answered.
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { HeaderField, Outcome } from '../../../../main/sip/index.ts';
import { newMessageIdentity } from '../../../../main/simple/page-mode/page-message.ts';
import type { IncomingPageMessage, IncomingSignal, MessageVerdict } from '../../../../main/simple/page-mode/page-message.ts';
import { receivePageMessages } from '../../../../main/simple/page-mode/receive-page-messages.ts';
import { sendPageMessage } from '../../../../main/simple/page-mode/send-page-message.ts';
import { address, createTestInternet, sipUri } from '../../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';

const ADA = sipUri('ada', '192.0.2.1');
const BOB = sipUri('bob', '192.0.2.2');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function setUp(verdict: () => MessageVerdict | Promise<MessageVerdict> = () => ({ kind: 'accepted' })) {
  const net = createTestInternet();
  const ada = await net.endpoint('192.0.2.1');
  const bob = await net.endpoint('192.0.2.2');
  const messages: IncomingPageMessage[] = [];
  const signals: IncomingSignal[] = [];
  receivePageMessages({
    endpoint: bob,
    clock: net.clock,
    onMessage: (message) => {
      messages.push(message);
      return verdict();
    },
    onSignal: (signal) => signals.push(signal),
  });
  const raw = async (headers: HeaderField[], body: Uint8Array): Promise<Outcome> =>
    net.clock.run(ada.send({ method: 'MESSAGE', uri: BOB, from: address(ADA), to: address(BOB), headers, body }).outcome);
  return { net, ada, bob, messages, signals, raw, clock: net.clock };
}

function statusOf(outcome: Outcome): number | string {
  return outcome.kind === 'final' ? outcome.response.status : outcome.kind;
}

const typed = (contentType: string): HeaderField[] => [{ name: 'Content-Type', value: contentType }];

describe('page mode', () => {
  it('carries text with identity and date, and says that it was taken', async () => {
    const { ada, messages, clock } = await setUp();
    const identity = newMessageIdentity(createFakeRandom(4));
    const sentAtMs = Date.UTC(2026, 10, 23, 9, 8, 7);
    const outgoing = { from: ADA, fromDisplayName: 'Ada', to: BOB, identity, sentAtMs, body: bytes('grüße 👋') };
    expect(await clock.run(sendPageMessage(ada, outgoing).outcome)).toMatchObject({ kind: 'accepted', status: 200 });
    expect(messages).toMatchObject([
      {
        from: { displayName: 'Ada', uri: { user: 'ada' } },
        fromTag: identity.fromTag,
        callId: identity.callId,
        cseqNumber: 1,
        contentType: 'text/plain',
        text: 'grüße 👋',
        sentAtMs,
        subject: undefined,
        cpim: undefined,
        wasStored: false,
      },
    ]);
  });

  it.each<[string, () => MessageVerdict | Promise<MessageVerdict>, number]>([
    ['accepted', () => ({ kind: 'accepted' }), 200],
    ['refused', () => ({ kind: 'refused', status: 603 }), 603],
    ['not stored', () => ({ kind: 'storage-failed' }), 500],
    ['a mistake of ours', () => Promise.reject(new Error('broken')), 500],
  ])('answers by the verdict: %s', async (_name, verdict, status) => {
    const { raw } = await setUp(verdict);
    const outcome = await raw(typed('text/plain'), bytes('hi'));
    expect(statusOf(outcome)).toBe(status);
    expect(outcome.kind === 'final' ? outcome.response.body.length : -1).toBe(0);
  });

  it('answers only after the verdict', async () => {
    let decide: (verdict: MessageVerdict) => void = () => undefined;
    const { ada, clock } = await setUp(() => new Promise((resolve) => (decide = resolve)));
    const outcomes: unknown[] = [];
    const message = { from: ADA, to: BOB, identity: { callId: 'c', fromTag: 't' }, sentAtMs: 0, body: bytes('hi') };
    void sendPageMessage(ada, message).outcome.then((outcome) => outcomes.push(outcome));
    await clock.advance(2_000);
    expect(outcomes).toEqual([]);
    decide({ kind: 'accepted' });
    await clock.advance(5_000);
    expect(outcomes).toMatchObject([{ kind: 'accepted', status: 200 }]);
  });

  it.each<[string, HeaderField[], Uint8Array, number, string | undefined, string]>([
    ['no body', [], new Uint8Array(), 200, undefined, ''],
    ['an unknown type', typed('image/png'), bytes('x'), 415, 'Accept', ''],
    ['an unknown charset', typed('text/plain;charset=utf-7'), bytes('x'), 415, 'Accept', ''],
    ['an unknown coding', [...typed('text/plain'), { name: 'Content-Encoding', value: 'br' }], bytes('x'), 415, 'Accept-Encoding', ''],
    ['broken coding', [...typed('text/plain'), { name: 'Content-Encoding', value: 'gzip' }], bytes('x'), 400, undefined, ''],
    ['latin1', typed('text/plain;charset=ISO-8859-1'), Uint8Array.of(0xe9), 200, undefined, 'é'],
    ['quoted charset', typed('text/plain; charset="utf-8"'), bytes('é'), 200, undefined, 'é'],
  ])('answers %s', async (_name, headers, body, status, headerName, text) => {
    const { raw, messages } = await setUp();
    const outcome = await raw(headers, body);
    expect(statusOf(outcome)).toBe(status);
    const names = outcome.kind === 'final' ? outcome.response.headers.map((field) => field.name) : [];
    if (headerName !== undefined) expect(names).toContain(headerName);
    expect(messages.map((message) => message.text).join()).toBe(text);
  });

  it('splits typing notices and reports off, deflated ones too', async () => {
    const { raw, messages, signals } = await setUp();
    const deflated = [...typed('message/imdn+xml'), { name: 'Content-Encoding', value: 'deflate' }];
    const answers = [
      await raw(typed('application/im-iscomposing+xml'), bytes('<isComposing/>')),
      await raw(deflated, deflateSync('<imdn/>')),
    ];
    expect(answers.map(statusOf)).toEqual([200, 200]);
    expect(signals).toMatchObject([
      { kind: 'is-composing', document: '<isComposing/>' },
      { kind: 'imdn', document: '<imdn/>' },
    ]);
    expect(messages).toEqual([]);
  });

  it('tells what the peer takes instead after a 415', async () => {
    const { ada, clock } = await setUp();
    const message = {
      from: ADA,
      to: BOB,
      identity: { callId: 'c', fromTag: 't' },
      sentAtMs: 0,
      contentType: 'image/png',
      body: bytes('<b>'),
    };
    const outcome = await clock.run(sendPageMessage(ada, message).outcome);
    expect(outcome).toMatchObject({ kind: 'failed', failure: { kind: 'status', status: 415 } });
    expect(outcome.kind === 'failed' ? outcome.acceptedTypes : []).toContain('text/plain');
  });

  it('takes the prefix of a storing server off, and nobody else’s', async () => {
    const { raw, messages } = await setUp();
    const date = { name: 'Date', value: 'Mon, 23 Nov 2026 00:16:03 GMT' };
    await raw([date, ...typed('text/plain')], bytes('[Offline message - Mon Nov 23 01:16:03 2026] hi'));
    await raw([date, ...typed('text/plain')], bytes('[Offline message - Mon Nov 23 01:16:04 2026] hi'));
    const cpim = 'From: <im:ada@a>\r\nTo: <im:bob@b>\r\nDateTime: 2026-11-22T23:00:00Z\r\n\r\nContent-Type: text/plain\r\n\r\nwrapped';
    await raw([date, ...typed('text/plain')], bytes(`[Offline message - Mon Nov 23 01:16:03 2026] ${cpim}`));
    expect(messages.map(({ text, wasStored, sentAtMs }) => ({ text, wasStored, sentAtMs }))).toEqual([
      { text: 'hi', wasStored: true, sentAtMs: Date.UTC(2026, 10, 23, 0, 16, 3) },
      { text: '[Offline message - Mon Nov 23 01:16:04 2026] hi', wasStored: false, sentAtMs: Date.UTC(2026, 10, 23, 0, 16, 3) },
      { text: 'wrapped', wasStored: true, sentAtMs: Date.UTC(2026, 10, 22, 23) },
    ]);
  });
});
