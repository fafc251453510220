// What a user agent client does with answers that are no success: redirects, refused extensions, servers that want rest (RFC 3261 §8.1.3, §21).
import { describe, expect, it } from 'vitest';
import { headerTexts } from '../../../main/sip/index.ts';
import type { OutgoingRequest, Reply, SipRequest } from '../../../main/sip/index.ts';
import { address, createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';

const ALICE = sipUri('alice', '192.0.2.1');
const BOB = sipUri('bob', '192.0.2.2');
const at = (host: string, more = ''): string => `<sip:bob@${host}>${more}`;

/** Servers at 192.0.2.2 and up, each with its answers in turn, the last one for ever; `log` tells who was asked for what. */
async function setUp(answers: Readonly<Record<string, Reply | readonly Reply[]>>) {
  const net = createTestInternet();
  const log: string[] = [];
  const requests: SipRequest[] = [];
  for (const [host, given] of Object.entries(answers)) {
    const server = await net.endpoint(host, { supported: ['path'] });
    const left = [...('status' in given ? [given as Reply] : (given as readonly Reply[]))];
    server.onRequest('MESSAGE', ({ message }) => {
      requests.push(message);
      log.push(`${host} ${message.uri.kind === 'sip' ? message.uri.host : ''}`);
      return (left.length > 1 ? left.shift() : left[0]) ?? { status: 500 };
    });
  }
  const alice = await net.endpoint('192.0.2.1');
  const send = (more: Partial<OutgoingRequest> = {}) => net.clock.run(alice.send(textMessage(ALICE, BOB, 'hello', more)).outcome);
  return { ...net, alice, log, requests, send };
}

const contact = (...values: string[]) => ({ headers: values.map((value) => ({ name: 'Contact', value })) });
const OK: Reply = { status: 200 };

describe('redirects', () => {
  it('are the outcome where the caller does not allow more', async () => {
    const { send, log } = await setUp({ '192.0.2.2': { status: 302, ...contact(at('192.0.2.3')) }, '192.0.2.3': OK });
    expect(await send()).toMatchObject({ kind: 'final', response: { status: 302 } });
    expect(log).toEqual(['192.0.2.2 192.0.2.2']);
  });

  it.each([300, 301, 302])('%i: goes on by q, until somebody takes it, with the same Call-ID and tag and a higher CSeq', async (status) => {
    const { send, log, requests } = await setUp({
      '192.0.2.2': { status, ...contact(`${at('192.0.2.3', ';q=0.2')}, ${at('192.0.2.4', ';q=0.9')}`, at('192.0.2.5', ';q=0.5')) },
      '192.0.2.3': { status: 500 },
      '192.0.2.4': { status: 486 },
      '192.0.2.5': OK,
    });
    expect(await send({ followsRedirects: true })).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(log).toEqual(['192.0.2.2 192.0.2.2', '192.0.2.4 192.0.2.4', '192.0.2.5 192.0.2.5']);
    expect(new Set(requests.map((request) => request.callId)).size).toBe(1);
    expect(new Set(requests.map((request) => JSON.stringify(request.from))).size).toBe(1);
    expect(requests.map((request) => request.cseq.number)).toEqual([1, 2, 3]);
  });

  it('305: goes through the proxy it names, to the same address', async () => {
    const { send, log, requests } = await setUp({ '192.0.2.2': { status: 305, ...contact('<sip:192.0.2.3>') }, '192.0.2.3': OK });
    expect(await send({ followsRedirects: true })).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(log).toEqual(['192.0.2.2 192.0.2.2', '192.0.2.3 192.0.2.2']);
    expect(requests[1] === undefined ? [] : headerTexts(requests[1], 'Route')).toEqual(['<sip:192.0.2.3;lr>']);
  });

  it('380 names another service, which is not ours to try', async () => {
    const { send, log } = await setUp({ '192.0.2.2': { status: 380, ...contact(at('192.0.2.3')) }, '192.0.2.3': OK });
    expect(await send({ followsRedirects: true })).toMatchObject({ kind: 'final', response: { status: 380 } });
    expect(log).toHaveLength(1);
  });

  it('end in a ring, and after eight addresses', async () => {
    const ring = await setUp({
      '192.0.2.2': { status: 302, ...contact(at('192.0.2.3')) },
      '192.0.2.3': { status: 302, ...contact(at('192.0.2.2')) },
    });
    expect(await ring.send({ followsRedirects: true })).toMatchObject({ kind: 'final', response: { status: 302 } });
    expect(ring.log).toHaveLength(2);
    const many = Array.from({ length: 30 }, (_, index) => at('192.0.2.3', `;q=0.5`).replace('bob', `bob${index}`));
    const flood = await setUp({ '192.0.2.2': { status: 300, ...contact(...many) }, '192.0.2.3': { status: 404 } });
    expect(await flood.send({ followsRedirects: true })).toMatchObject({ kind: 'final', response: { status: 404 } });
    expect(flood.log).toHaveLength(9);
  });

  it('stop at a decision for everywhere (6xx)', async () => {
    const { send, log } = await setUp({
      '192.0.2.2': { status: 300, ...contact(at('192.0.2.3', ';q=1.0'), at('192.0.2.4', ';q=0.1')) },
      '192.0.2.3': { status: 603 },
      '192.0.2.4': OK,
    });
    expect(await send({ followsRedirects: true })).toMatchObject({ kind: 'final', response: { status: 603 } });
    expect(log).toHaveLength(2);
  });

  it('never lead from a secure address to another', async () => {
    const net = createTestInternet();
    const server = await net.endpoint('192.0.2.2');
    const asked: string[] = [];
    server.onRequest('MESSAGE', () => {
      asked.push('asked');
      return { status: 302, ...contact(at('192.0.2.2')) };
    });
    const alice = await net.endpoint('192.0.2.1');
    const route = [
      {
        ...address(sipUri(undefined, '192.0.2.2')),
        uri: sipUri(undefined, '192.0.2.2', { parameters: [{ name: 'lr', value: undefined }] }),
      },
    ];
    const request = textMessage(ALICE, { ...BOB, scheme: 'sips' }, 'x', { followsRedirects: true, route });
    expect(await net.clock.run(alice.send(request).outcome)).toMatchObject({ kind: 'final', response: { status: 302 } });
    expect(asked).toEqual(['asked']);
  });

  it('end when the sender gives up', async () => {
    const { alice, clock, log } = await setUp({ '192.0.2.2': { status: 302, ...contact(at('192.0.2.99')) } });
    const sent = alice.send(textMessage(ALICE, BOB, 'x', { followsRedirects: true }));
    await clock.until(() => log.length === 1);
    await clock.advance(1_000);
    sent.cancel();
    expect(await clock.run(sent.outcome)).toEqual({ kind: 'cancelled' });
  });
});

describe('420', () => {
  const requiring = (value: string): Partial<OutgoingRequest> => ({ headers: [{ name: 'Require', value }] });

  it('is answered by leaving out what the caller can do without', async () => {
    const { send, requests } = await setUp({ '192.0.2.2': OK });
    const outcome = await send({ ...requiring('path, eventlist, join'), optionalExtensions: ['eventlist', 'join'] });
    expect(outcome).toMatchObject({ kind: 'final', response: { status: 200 }, request: { cseq: { number: 2 } } });
    expect(requests.map((request) => headerTexts(request, 'Require'))).toEqual([['path']]);
  });

  it.each([
    ['what the caller needs', { optionalExtensions: ['join'] }],
    ['anything, where the caller says nothing', {}],
  ])('does not make us leave out %s', async (_, more) => {
    const { send } = await setUp({ '192.0.2.2': OK });
    const outcome = await send({ ...requiring('eventlist'), ...more });
    expect(outcome).toMatchObject({ kind: 'final', response: { status: 420 }, request: { cseq: { number: 1 } } });
  });
});

describe('answers that are the outcome as they are, with what they say', () => {
  it.each([
    [413, 'Retry-After', '30'],
    [421, 'Require', 'sec-agree'],
    [423, 'Min-Expires', '60'],
    [480, 'Retry-After', '120'],
    [491, 'Reason', 'SIP;cause=491'],
    [494, 'Security-Server', 'ipsec-3gpp;q=0.1'],
    [503, 'Retry-After', '60'],
  ])('%i with %s', async (status, name, value) => {
    const { send, log } = await setUp({ '192.0.2.2': { status, headers: [{ name, value }] } });
    const outcome = await send({ followsRedirects: true, optionalExtensions: ['sec-agree'] });
    expect(outcome).toMatchObject({ kind: 'final', response: { status } });
    expect(outcome.kind === 'final' ? headerTexts(outcome.response, name) : []).toEqual([value]);
    expect(log).toHaveLength(1);
  });

  it('a security agreement we do not speak is refused by its name (RFC 3329 §2.3)', async () => {
    const { alice, clock } = await setUp({ '192.0.2.2': OK });
    const headers = [
      { name: 'Require', value: 'sec-agree' },
      { name: 'Security-Client', value: 'tls;q=0.2' },
    ];
    const outcome = await clock.run(alice.send(textMessage(ALICE, BOB, 'x', { headers })).outcome);
    expect(outcome).toMatchObject({ kind: 'final', response: { status: 420 } });
    expect(outcome.kind === 'final' ? headerTexts(outcome.response, 'Unsupported') : []).toEqual(['sec-agree']);
  });
});

describe('503 with Retry-After', () => {
  it('keeps that server the last to try for as long as it says', async () => {
    const { internet, alice, clock, log } = await setUp({
      '192.0.2.2': { status: 503, headers: [{ name: 'Retry-After', value: '300' }] },
      '192.0.2.3': OK,
    });
    internet.dns.addresses = { 'example.test': ['192.0.2.2', '192.0.2.3'] };
    const send = () => clock.run(alice.send(textMessage(ALICE, sipUri('bob', 'example.test'), 'x')).outcome);
    await send();
    await clock.advance(250_000);
    await send();
    await clock.advance(60_000);
    await send();
    expect(log.map((line) => line.split(' ')[0])).toEqual(['192.0.2.2', '192.0.2.3', '192.0.2.3', '192.0.2.2', '192.0.2.3']);
  });
});
