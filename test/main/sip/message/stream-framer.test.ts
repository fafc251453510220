// The framer: the same messages however the stream is cut, keep-alives, failures it survives and those it does not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, MAX_HEAD_BYTES } from '../../../../main/sip/message/limits.ts';
import { parseMessage } from '../../../../main/sip/message/parse-message.ts';
import { type StreamItem, StreamFramer } from '../../../../main/sip/message/stream-framer.ts';
import { corpus } from '../../../bench/parse-corpus.ts';

const good = corpus[1] ?? Buffer.alloc(0);
const wanted = corpus.map((bytes) => parseMessage(bytes));

/** Each item in a word. */
function words(items: readonly StreamItem[]): string[] {
  return items.map((item) =>
    item.kind === 'failure' ? `${item.isFatal ? 'fatal' : 'failure'} ${item.failure.answerable?.status ?? 'silent'}` : item.kind,
  );
}

function edit(find: string | RegExp, replacement: string): Buffer {
  return Buffer.from(good.toString('latin1').replace(find, replacement), 'latin1');
}

describe('StreamFramer', () => {
  it('finds the same messages however the stream is cut', () => {
    const stream = Buffer.concat(corpus);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), (cuts) => {
        const framer = new StreamFramer();
        const items: StreamItem[] = [];
        const places = [...cuts, 0, stream.length].sort((a, b) => a - b);
        for (const [index, place] of places.entries()) {
          // A copy that is overwritten afterwards: nothing the framer keeps for later may be a view of it.
          const chunk = Buffer.from(stream.subarray(place, places[index + 1] ?? place));
          const done = framer.feed(chunk);
          items.push(...structuredClone(done.map((item) => ({ ...item }))));
          chunk.fill(0);
        }
        expect([items.length, framer.heldBytes, framer.feed(good).length]).toEqual([wanted.length, 0, 1]);
        const bodies = items.map((item) => (item.kind === 'message' ? Buffer.from(item.message.body).toString('hex') : item.kind));
        expect(bodies).toEqual(
          wanted.map((item) => (item.kind === 'message' ? Buffer.from(item.message.body).toString('hex') : item.kind)),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('takes it byte by byte', () => {
    const framer = new StreamFramer();
    const items = [...Buffer.concat([good, good])].flatMap((byte) => framer.feed(Uint8Array.of(byte)));
    expect(items).toEqual([wanted[1], wanted[1]]);
  });

  it('keeps the body of a message when the next bytes come', () => {
    const framer = new StreamFramer();
    framer.feed(good.subarray(0, 20));
    const [item] = framer.feed(Buffer.concat([good.subarray(20), good.subarray(0, 50)]));
    framer.feed(Buffer.alloc(200, 'x'));
    expect(item).toEqual(wanted[1]);
  });

  it('tells pings from pongs', () => {
    const feed = (...chunks: string[]): string[] => {
      const framer = new StreamFramer();
      return chunks.flatMap((chunk) => words(framer.feed(Buffer.from(chunk))));
    };
    expect([feed('\r\n\r\n'), feed('\r\n'), feed('\r', '\n\r', '\n'), feed('\r\n\r\n\r\n'), feed('\r\n', '\r\n', '\r\n')]).toEqual([
      ['ping'],
      ['pong'],
      ['pong', 'ping'],
      ['ping', 'pong'],
      ['pong', 'ping', 'pong'],
    ]);
    expect(words(new StreamFramer().feed(Buffer.concat([Buffer.from('\r\n'), good, Buffer.from('\r\n\r\n'), good])))).toEqual([
      'pong',
      'message',
      'ping',
      'message',
    ]);
  });

  const failures: readonly (readonly [what: string, bytes: Buffer, expected: string[]])[] = [
    ['goes on behind a broken header', edit('To: "Nora"', 'To: "Nora'), ['failure 400', 'message']],
    ['goes on behind another version', edit('SIP/2.0\r', 'SIP/4.0\r'), ['failure 505', 'message']],
    ['ends without Content-Length', edit(/Content-Length: \d+\r\n/, ''), ['fatal 400']],
    ['ends with two of them', edit(/Content-Length/, 'l: 3\r\nContent-Length'), ['fatal 400']],
    ['ends with one that is no number', edit(/Content-Length: /, 'Content-Length: -'), ['fatal 400']],
    ['ends with a body beyond the bound', edit(/Content-Length: \d+/, `l: ${MAX_BODY_BYTES + 1}`), ['fatal 413']],
    ['ends with a head beyond the bound', edit('Date: ', `X: ${'y'.repeat(MAX_HEAD_BYTES)}\r\nDate: `), ['fatal 513']],
    ['ends with what is no SIP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), ['fatal silent']],
    ['ends with a head that never ends', Buffer.alloc(MAX_HEAD_BYTES + 10, 'x'), ['fatal silent']],
  ];

  it.each(failures)('%s', (_what, bytes, expected) => {
    const framer = new StreamFramer();
    expect(words(framer.feed(Buffer.concat([bytes, good])))).toEqual(expected);
    if (expected[0]?.startsWith('fatal') === true) expect([framer.feed(good), framer.heldBytes]).toEqual([[], 0]);
  });

  it('takes random bytes without a throw, and holds no more than its bound', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), (chunks) => {
        const framer = new StreamFramer();
        for (const chunk of chunks) framer.feed(chunk);
        expect(framer.heldBytes).toBeLessThanOrEqual(MAX_HEAD_BYTES);
      }),
    );
  });
});
