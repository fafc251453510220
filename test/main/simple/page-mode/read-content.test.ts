// Bodies of MESSAGE: CPIM, multipart, codings, hostile bytes.
import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readContent, readUntypedText } from '../../../../main/simple/page-mode/read-content.ts';
import { isLostCpim, unwrapCpim } from '../../../../main/simple/page-mode/unwrap-cpim.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = (...all: string[]): Uint8Array => bytes(all.join('\r\n'));

const CPIM = lines(
  'From: MR SANDERS <im:piglet@100akerwood.com>',
  'To: Depressed Donkey <im:eeyore@100akerwood.com>',
  'DateTime: 2000-12-13T13:40:00-08:00',
  'Subject: the weather will be fine today',
  'Subject:;lang=fr beau temps prevu pour aujourd’hui',
  'NS: MyFeatures <mid:MessageFeatures@id.foo.com>',
  'MyFeatures.VitalMessageOption: Confirmation-requested',
  '',
  'Content-type: text/plain; charset=utf-8',
  'Content-ID: <1234567890@foo.com>',
  '',
  'fine 🌞',
);

describe('CPIM (RFC 3862)', () => {
  it('is unwrapped with its fields', () => {
    expect(readContent(CPIM, 'Message/CPIM', undefined)).toEqual({
      kind: 'text',
      contentType: 'text/plain',
      text: 'fine 🌞',
      cpim: {
        from: { displayName: 'MR SANDERS', uri: 'im:piglet@100akerwood.com' },
        to: [{ displayName: 'Depressed Donkey', uri: 'im:eeyore@100akerwood.com' }],
        cc: [],
        dateTimeMs: Date.UTC(2000, 11, 13, 21, 40),
        subject: 'the weather will be fine today',
        required: [],
        headers: [{ namespace: 'mid:MessageFeatures@id.foo.com', name: 'VitalMessageOption', value: 'Confirmation-requested' }],
      },
    });
  });

  it('is known by its shape where its type was lost, and a letter about headers is not', () => {
    const text = new TextDecoder().decode(CPIM);
    expect(readUntypedText(text)).toMatchObject({ kind: 'text', text: 'fine 🌞' });
    expect(['From: here to there', 'To: do\n\nbuy milk', 'hello', ''].map(isLostCpim)).toEqual([false, false, false, false]);
    expect(readUntypedText('From: here to there')).toMatchObject({ text: 'From: here to there', cpim: undefined });
  });

  it.each<[string, Uint8Array, string]>([
    ['a report inside', lines('From: <im:a@b>', '', 'Content-Type: message/imdn+xml', '', '<imdn/>'), 'signal'],
    ['an image inside', lines('From: <im:a@b>', '', 'Content-Type: image/png', '', 'x'), 'unknown-type'],
    ['nothing inside', lines('From: <im:a@b>', '', 'Content-Type: text/plain', '', ''), 'empty'],
    ['no inner headers', lines('From: <im:a@b>', '', 'text'), 'broken'],
    ['a line that is no header', lines('From <im:a@b>', '', 'Content-Type: text/plain', '', 'x'), 'broken'],
  ])('%s', (_name, body, kind) => {
    expect(readContent(body, 'message/cpim', undefined).kind).toBe(kind);
  });
});

describe('multipart', () => {
  const multipart = (...parts: (readonly [string, string])[]): Uint8Array =>
    lines(...parts.flatMap(([type, text]) => ['--b', `Content-Type: ${type}`, '', text]), '--b--', 'epilogue');

  it.each<[string, string, Uint8Array, object]>([
    [
      'alternative: the last that can be read',
      'alternative',
      multipart(['text/plain', 'plain'], ['text/plain', 'better'], ['text/html', '<b>richer</b>']),
      { kind: 'text', text: 'better' },
    ],
    ['alternative: only HTML', 'alternative', multipart(['image/png', 'x'], ['text/html', '<b>only</b>']), { kind: 'text', text: 'only' }],
    [
      'mixed: several reports',
      'mixed',
      multipart(['message/imdn+xml', '<one/>'], ['message/imdn+xml', '<two/>']),
      { kind: 'signal', signal: 'imdn', documents: ['<one/>', '<two/>'] },
    ],
    [
      'mixed: all texts',
      'mixed',
      multipart(['text/plain', 'one'], ['image/png', 'x'], ['text/plain', 'two']),
      { kind: 'text', text: 'one\ntwo' },
    ],
    ['only what cannot be read', 'mixed', multipart(['image/png', 'x']), { kind: 'unknown-type' }],
    ['no part', 'mixed', bytes('--b--'), { kind: 'empty' }],
    ['no delimiter', 'mixed', bytes('text'), { kind: 'broken' }],
    ['part without header lines', 'mixed', lines('preamble', '--b', '', 'bare', '--b--'), { kind: 'text', text: 'bare' }],
    ['no closing delimiter', 'mixed', lines('--b', '', 'open'), { kind: 'broken' }],
    [
      'base64',
      'mixed',
      lines('--b', 'Content-Type: text/plain', 'Content-Transfer-Encoding: base64', '', 'aMOp', '--b--'),
      { kind: 'text', text: 'hé' },
    ],
  ])('%s', (_name, subtype, body, expected) => {
    expect(readContent(body, `multipart/${subtype}; boundary="b"`, undefined)).toMatchObject(expected);
  });

  it.each([
    ['--b', 'one\ntwo'],
    ['--b  ', 'one\ntwo'],
  ])('that lost its boundary on the way, by its first line %j', (first, text) => {
    const body = lines(first, '', 'one', '--b', '', 'two', '--b--');
    expect(readContent(body, 'multipart/mixed', undefined)).toMatchObject({ kind: 'text', text });
  });

  it.each(['--', 'one', '--b', `--${'b'.repeat(71)}`])('whose first line %j names no boundary is broken', (first) => {
    expect(readContent(first === '--b' ? bytes(first) : lines(first, '', 'x', '--b--'), 'multipart/mixed', undefined)).toMatchObject({
      kind: 'broken',
    });
  });

  it('is not followed into the depths', () => {
    let body = 'deep';
    let type = 'text/plain';
    for (let depth = 0; depth < 10; depth++) {
      body = `--b${depth}\r\nContent-Type: ${type}\r\n\r\n${body}\r\n--b${depth}--`;
      type = `multipart/mixed;boundary=b${depth}`;
    }
    expect(readContent(bytes(body), type, undefined)).toEqual({ kind: 'broken', reason: 'Broken multipart' });
  });
});

describe('hostile bodies', () => {
  it('do not unpack without bound', () => {
    expect(readContent(gzipSync(Buffer.alloc(50_000_000)), 'text/plain', 'gzip')).toEqual({
      kind: 'broken',
      reason: 'Broken Content-Encoding',
    });
  });

  it('are read or refused, never thrown over', () => {
    const type = fc.constantFrom('text/plain', 'message/cpim', 'multipart/mixed;boundary=b', 'multipart/alternative;boundary=b', 'x', '');
    const piece = fc.constantFrom(
      '--b',
      '--b--',
      '\r\n',
      '\n',
      'Content-Type: multipart/mixed;boundary=b',
      'Content-Type: message/cpim',
      'From: x',
      ':',
      ' ',
      '\0',
    );
    const noise = fc.uint8Array({ maxLength: 200 });
    const made = fc.array(piece, { maxLength: 40 }).map((pieces) => bytes(pieces.join('')));
    fc.assert(
      fc.property(fc.oneof(noise, made), type, fc.constantFrom(undefined, 'deflate', 'gzip', 'br'), (body, contentType, encoding) => {
        expect(readContent(body, contentType, encoding)).toHaveProperty('kind');
        unwrapCpim(body);
      }),
      { numRuns: 500 },
    );
  });
});
