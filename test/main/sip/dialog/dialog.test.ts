// Dialogs from both ends (RFC 3261 §12, RFC 6665 §4.4.1): made, used, refreshed; routes loose and strict.
import { describe, expect, it } from 'vitest';
import { applyRoute } from '../../../../main/sip/dialog/route-set.ts';
import {
  dialogFromNotify,
  dialogFromRequest,
  dialogFromResponse,
  isRequestOf,
  noteRequestSent,
  parseMessage,
  parseUri,
  receiveInDialog,
  refreshTarget,
  requestInDialog,
} from '../../../../main/sip/index.ts';
import type { NameAddr, SipMessage, SipRequest, SipResponse, Uri } from '../../../../main/sip/index.ts';

function message(lines: readonly string[]): SipMessage {
  const result = parseMessage(Buffer.from([...lines, 'Content-Length: 0', '', ''].join('\r\n')));
  if (result.kind === 'failure') throw new Error(result.reason);
  return result.message;
}
function uri(text: string): Uri {
  const result = parseUri(text);
  if (result.kind === 'failure') throw new Error(result.reason);
  return result.value;
}
function nameAddr(text: string, tag?: string): NameAddr {
  return { displayName: undefined, uri: uri(text), parameters: tag === undefined ? [] : [{ name: 'tag', value: tag }] };
}

const SUBSCRIBE = message([
  'SUBSCRIBE sip:bob@example.test SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
  'From: <sip:alice@example.test>;tag=a',
  'To: <sip:bob@example.test>',
  'Call-ID: c',
  'CSeq: 7 SUBSCRIBE',
  'Contact: <sip:alice@192.0.2.1>',
  'Record-Route: <sip:p2.test;lr>, <sip:p1.test;lr>',
]) as SipRequest;
const ACCEPTED = message([
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
  'From: <sip:alice@example.test>;tag=a',
  'To: <sip:bob@example.test>;tag=b',
  'Call-ID: c',
  'CSeq: 7 SUBSCRIBE',
  'Contact: <sip:bob@192.0.2.2>',
  'Record-Route: <sip:p2.test;lr>, <sip:p1.test;lr>',
]) as SipResponse;
function notify(cseq: number, contact = 'sip:bob@192.0.2.2', tags = { from: 'b', to: 'a' }): SipRequest {
  return message([
    'NOTIFY sip:alice@192.0.2.1 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK2',
    `From: <sip:bob@example.test>;tag=${tags.from}`,
    `To: <sip:alice@example.test>;tag=${tags.to}`,
    'Call-ID: c',
    `CSeq: ${cseq} NOTIFY`,
    `Contact: <${contact}>`,
    'Record-Route: <sip:p1.test;lr>, <sip:p2.test;lr>',
  ]) as SipRequest;
}

const AS_SUBSCRIBER = {
  callId: 'c',
  localTag: 'a',
  remoteTag: 'b',
  local: nameAddr('sip:alice@example.test', 'a'),
  remote: nameAddr('sip:bob@example.test', 'b'),
  remoteTarget: uri('sip:bob@192.0.2.2'),
  routeSet: [nameAddr('sip:p1.test;lr'), nameAddr('sip:p2.test;lr')],
  localSequence: 7,
  remoteSequence: undefined,
  isSecure: false,
};

describe('a dialog is made', () => {
  it('from request and response', () => {
    expect(dialogFromResponse(SUBSCRIBE, ACCEPTED)).toEqual(AS_SUBSCRIBER);
  });

  it('from a NOTIFY before the response', () => {
    expect(dialogFromNotify(SUBSCRIBE, notify(3))).toEqual({ ...AS_SUBSCRIBER, remoteSequence: 3 });
  });

  it('from the request received', () => {
    expect(dialogFromRequest(SUBSCRIBE, 'b')).toEqual({
      callId: 'c',
      localTag: 'b',
      remoteTag: 'a',
      local: nameAddr('sip:bob@example.test', 'b'),
      remote: nameAddr('sip:alice@example.test', 'a'),
      remoteTarget: uri('sip:alice@192.0.2.1'),
      routeSet: [nameAddr('sip:p2.test;lr'), nameAddr('sip:p1.test;lr')],
      localSequence: 0,
      remoteSequence: 7,
      isSecure: false,
    });
  });

  it('not without Contact or tag', () => {
    expect(dialogFromResponse(SUBSCRIBE, { ...ACCEPTED, contacts: [] })).toBeUndefined();
    expect(dialogFromResponse(SUBSCRIBE, { ...ACCEPTED, to: SUBSCRIBE.to })).toBeUndefined();
    expect(dialogFromRequest({ ...SUBSCRIBE, from: nameAddr('sip:alice@example.test') }, 'b')).toBeUndefined();
  });
});

describe('in a dialog', () => {
  it('requests count on and carry its addresses', () => {
    const [next, request] = requestInDialog(AS_SUBSCRIBER, 'SUBSCRIBE', { headers: [{ name: 'Event', value: 'presence' }] });
    expect(next).toEqual({ ...AS_SUBSCRIBER, localSequence: 8 });
    expect(request).toEqual({
      method: 'SUBSCRIBE',
      uri: AS_SUBSCRIBER.remoteTarget,
      from: AS_SUBSCRIBER.local,
      to: AS_SUBSCRIBER.remote,
      callId: 'c',
      cseqNumber: 8,
      route: AS_SUBSCRIBER.routeSet,
      headers: [{ name: 'Event', value: 'presence' }],
    });
    expect(noteRequestSent(next, { ...SUBSCRIBE, cseq: { number: 9, method: 'SUBSCRIBE' } }).localSequence).toBe(9);
    expect(noteRequestSent(next, SUBSCRIBE)).toBe(next);
  });

  it('requests of the peer are taken in order only, and may refresh the target', () => {
    const first = receiveInDialog(AS_SUBSCRIBER, notify(2, 'sip:bob@192.0.2.3'), true);
    expect(first).toEqual({ kind: 'in-order', dialog: { ...AS_SUBSCRIBER, remoteSequence: 2, remoteTarget: uri('sip:bob@192.0.2.3') } });
    if (first.kind !== 'in-order') throw new Error(first.kind);
    expect(receiveInDialog(first.dialog, notify(2), false)).toEqual({ kind: 'out-of-order' });
    expect(receiveInDialog(first.dialog, notify(1), false)).toEqual({ kind: 'out-of-order' });
    expect(receiveInDialog(AS_SUBSCRIBER, notify(2, 'sip:bob@192.0.2.3'), false)).toEqual({
      kind: 'in-order',
      dialog: { ...AS_SUBSCRIBER, remoteSequence: 2 },
    });
    expect(refreshTarget(AS_SUBSCRIBER, { ...ACCEPTED, contacts: [] })).toBe(AS_SUBSCRIBER);
  });

  it('is what has its Call-ID and both tags', () => {
    expect(isRequestOf(AS_SUBSCRIBER, notify(2))).toBe(true);
    expect(isRequestOf(AS_SUBSCRIBER, notify(2, 'sip:bob@192.0.2.2', { from: 'x', to: 'a' }))).toBe(false);
    expect(isRequestOf(AS_SUBSCRIBER, notify(2, 'sip:bob@192.0.2.2', { from: 'b', to: 'x' }))).toBe(false);
    expect(isRequestOf({ ...AS_SUBSCRIBER, callId: 'd' }, notify(2))).toBe(false);
  });
});

describe('a route', () => {
  const target = uri('sip:bob@192.0.2.2');
  it.each([
    ['none', [], { requestUri: target, route: [], nextHop: target }],
    ['loose', [nameAddr('sip:p1.test;lr')], { requestUri: target, route: [nameAddr('sip:p1.test;lr')], nextHop: uri('sip:p1.test;lr') }],
    [
      'strict',
      [nameAddr('sip:p1.test;method=INVITE?Subject=x'), nameAddr('sip:p2.test;lr')],
      {
        requestUri: uri('sip:p1.test'),
        route: [nameAddr('sip:p2.test;lr'), { displayName: undefined, uri: target, parameters: [] }],
        nextHop: uri('sip:p1.test;method=INVITE?Subject=x'),
      },
    ],
  ])('%s', (_, route, expected) => {
    expect(applyRoute(target, route)).toEqual(expected);
  });
});
