// What makes two messages the same one, and what does not.
import { describe, expect, it } from 'vitest';
import { duplicateKey } from '../../../main/accounts/duplicate-key.ts';

type Incoming = Parameters<typeof duplicateKey>[1];
const ADA = 'sip:ada@example.org';
const date = { name: 'Date', value: 'Mon, 23 Nov 2026 11:00:00 GMT' };
const program = (value: string): Incoming['headers'] => [date, { name: 'User-Agent', value }];
const imdn = (messageId: string): Incoming['imdn'] => ({ messageId, wantsDelivery: false, wantsFailure: false, wantsDisplay: false });
const base: Incoming = { imdn: undefined, headers: [], callId: 'c', cseqNumber: 1, fromTag: 't', body: Buffer.from('hello') };
const key = (over: Partial<Incoming> = {}, sender = ADA): string => duplicateKey(sender, { ...base, ...over }, 'Watchword');

describe('the same message', () => {
  it.each<[string, Partial<Incoming>, Partial<Incoming>]>([
    ['word for word', {}, {}],
    [
      'of this program, once more after a lost answer, and with a password',
      { headers: program('Watchword/0.1.0') },
      { headers: program('Watchword/0.1.1'), cseqNumber: 12 },
    ],
    ['with another Date, by a server that sets it', {}, { headers: [date] }],
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
    ['another CSeq: the same words typed twice by who repeats Call-IDs and tags', { cseqNumber: 2 }],
    ['another Call-ID', { callId: 'd' }],
    ['another tag', { fromTag: 'u' }],
    ['another text', { body: Buffer.from('hello!') }],
    ['with a Message-ID', { imdn: imdn('i') }],
    ['parts that only look the same when joined', { callId: 'ct', fromTag: '' }],
  ])('%s', (_name, other) => {
    expect(key()).not.toBe(key(other));
  });

  it.each([[[date]], [program('Watchwordlike/1.0')], [program('')]])('typed twice within a second: %j', (headers) => {
    expect(key({ headers, cseqNumber: 5 })).not.toBe(key({ headers, cseqNumber: 6 }));
    expect(key({ headers, cseqNumber: 5 })).not.toBe(key({ headers, cseqNumber: 15 }));
  });

  it('of this program, with other words', () => {
    const headers = program('Watchword/0.1.0');
    expect(key({ headers })).not.toBe(key({ headers, body: Buffer.from('hello!') }));
  });

  it('of somebody else, also under the same Message-ID', () => {
    expect(key({ imdn: imdn('i') })).not.toBe(key({ imdn: imdn('i') }, 'sip:eve@example.org'));
  });
});
