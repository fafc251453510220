// What makes two messages the same one, and what does not.
import { describe, expect, it } from 'vitest';
import { duplicateKey } from '../../../main/accounts/duplicate-key.ts';

type Incoming = Parameters<typeof duplicateKey>[1];
const ADA = 'sip:ada@example.org';
const date = (value: string): Incoming['headers'] => [{ name: 'Date', value }];
const imdn = (messageId: string): Incoming['imdn'] => ({ messageId, wantsDelivery: false, wantsFailure: false, wantsDisplay: false });
const base: Incoming = { imdn: undefined, headers: [], callId: 'c', cseqNumber: 1, fromTag: 't', body: Buffer.from('hello') };
const key = (over: Partial<Incoming> = {}, sender = ADA): string => duplicateKey(sender, { ...base, ...over });

describe('the same message', () => {
  it.each<[string, Partial<Incoming>, Partial<Incoming>]>([
    ['word for word', {}, {}],
    ['with a password: another CSeq, the same Date', { headers: date('x') }, { headers: date('x'), cseqNumber: 2 }],
    [
      'made anew by a server that kept it',
      { imdn: imdn('i') },
      { imdn: imdn('i'), callId: 'd', fromTag: 'u', cseqNumber: 9, body: Buffer.from('[…] hello') },
    ],
  ])('%s', (_name, one, other) => {
    expect(key(one)).toBe(key(other));
  });
});

describe('another message', () => {
  it.each<[string, Partial<Incoming>]>([
    ['another CSeq', { cseqNumber: 2 }],
    ['another Call-ID', { callId: 'd' }],
    ['another tag', { fromTag: 'u' }],
    ['another text', { body: Buffer.from('hello!') }],
    ['with a Message-ID', { imdn: imdn('i') }],
    ['parts that only look the same when joined', { callId: 'ct', fromTag: '' }],
  ])('%s', (_name, other) => {
    expect(key()).not.toBe(key(other));
  });

  it('of somebody else, also under the same Message-ID', () => {
    expect(key({ imdn: imdn('i') })).not.toBe(key({ imdn: imdn('i') }, 'sip:eve@example.org'));
  });
});
