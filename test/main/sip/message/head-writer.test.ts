// Messages written one behind the other into blocks: each keeps its own bytes, whatever its length, and values stay on their line.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeadWriter, fieldStart } from '../../../../main/sip/message/head-writer.ts';
import { BARE, PLAIN, TOKEN, isAllOf } from '../../../../main/sip/uri/character.ts';
import { encodeText } from '../../../../main/sip/uri/octets.ts';

const SUBJECT = fieldStart('Subject: ');

function write(writer: HeadWriter, name: string, values: readonly string[], body: Uint8Array): Uint8Array {
  writer.begin();
  writer.add('start');
  for (const value of values) {
    writer.startLine(SUBJECT);
    writer.add(value);
  }
  writer.startField(name);
  return writer.end(body);
}

function expected(name: string, values: readonly string[], body: Uint8Array): Buffer {
  const lines = ['start', ...values.map((value) => `Subject: ${value.replace(/[\r\n\0]/g, ' ')}`), `${name}: `, '', ''];
  return Buffer.concat([encodeText(lines.join('\r\n')), body]);
}

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.stringMatching(/^[\r\n\0äa]{0,9}$/),
  fc.nat(12_000).map((length) => 'xé'.repeat(length)),
);
const message = fc.tuple(fc.array(text, { maxLength: 4 }), fc.uint8Array({ maxLength: 9_000 }));

test('messages do not touch each other', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const writer = new HeadWriter();
      const written = messages.map(([values, body]) => write(writer, 'X', values, body));
      const wanted = messages.map(([values, body]) => expected('X', values, body));
      expect(written.map((bytes) => Buffer.from(bytes))).toEqual(wanted);
    }),
    { numRuns: 60 },
  );
});

test('what was begun and not ended leaves nothing behind', () => {
  const writer = new HeadWriter();
  writer.begin();
  writer.add('forgotten');
  const empty = new Uint8Array(0);
  expect(Buffer.from(write(writer, 'X', [], empty))).toEqual(expected('X', [], empty));
});

test('a text of the wanted class is added whole, any other not at all', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.constantFrom(TOKEN, BARE, PLAIN)), { maxLength: 6 }), (pieces) => {
      const writer = new HeadWriter();
      writer.begin();
      const wereAdded = pieces.map(([piece, mask]) => writer.addIf(piece, mask));
      const areWanted = pieces.map(([piece, mask]) => isAllOf(piece, mask));
      const wanted = pieces.filter((_, index) => areWanted[index]).map(([piece]) => piece);
      expect([wereAdded, Buffer.from(writer.end(new Uint8Array(0))).toString()]).toEqual([areWanted, `${wanted.join('')}\r\n\r\n`]);
    }),
  );
});

test('no class holds what could end a line or a quoted string', () => {
  const dangers = ['\r', '\n', '\0', '\t', '"', '\\', '\x7f', 'é'];
  expect(dangers.filter((danger) => [TOKEN, BARE, PLAIN].some((mask) => isAllOf(danger, mask)))).toEqual([]);
});
