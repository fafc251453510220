// What makes two messages the same one, and what does not.
import { describe, expect, it } from 'vitest';
import { duplicateKey } from '../../../main/accounts/duplicate-key.ts';
import { createTypedAgain } from '../../../main/accounts/typed-again.ts';

type Incoming = Parameters<typeof duplicateKey>[1];
const ADA = 'sip:ada@example.org';
const date = (value: string): Incoming['headers'] => [{ name: 'Date', value }];
const imdn = (messageId: string): Incoming['imdn'] => ({ messageId, wantsDelivery: false, wantsFailure: false, wantsDisplay: false });
const base: Incoming = {
  imdn: undefined,
  headers: [],
  callId: 'c',
  cseqNumber: 1,
  fromTag: 't',
  body: Buffer.from('hello'),
  receivedAtMs: 0,
};
/** Each as the first of a run of the program. */
const key = (over: Partial<Incoming> = {}, sender = ADA): string => duplicateKey(sender, { ...base, ...over }, createTypedAgain());

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

describe('one after the other, with the same Call-ID, tag, Date and words', () => {
  it.each<[string, { cseq: number; atMs?: number }[], number[]]>([
    ['a retransmission', [{ cseq: 1 }, { cseq: 1 }], [1, 1]],
    ['typed twice within a second, the CSeq counted', [{ cseq: 5 }, { cseq: 6, atMs: 800 }], [1, 2]],
    ['typed twice, each with a password', [{ cseq: 6 }, { cseq: 8 }], [1, 2]],
    ['typed three times, and each comes again', [5, 6, 7, 7, 6, 5].map((cseq) => ({ cseq })), [1, 2, 3, 3, 2, 1]],
    ['tried again after the answer was lost', [{ cseq: 1 }, { cseq: 2, atMs: 32_000 }], [1, 1]],
    ['tried again at once, with room for passwords', [{ cseq: 2 }, { cseq: 12, atMs: 100 }], [1, 1]],
    ['with a lower CSeq, late', [{ cseq: 5 }, { cseq: 4, atMs: 10 }], [1, 1]],
  ])('%s', (_name, tries, messages) => {
    const typedAgain = createTypedAgain();
    const keys = tries.map(({ cseq, atMs = 0 }) =>
      duplicateKey(ADA, { ...base, headers: date('x'), cseqNumber: cseq, receivedAtMs: atMs }, typedAgain),
    );
    const different = [...new Set(keys)];
    expect(keys.map((each) => different.indexOf(each) + 1)).toEqual(messages);
  });
});
