// Multipart bodies: parts, nesting, bounds, and hostile text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MediaType } from '../../../../main/sip/message/grammar/media-type.ts';
import { contentTypeHeader } from '../../../../main/sip/message/header/content-type.ts';
import { MAX_MULTIPART_DEPTH } from '../../../../main/sip/message/limits.ts';
import { type BodyPart, parseMultipart, printMultipart } from '../../../../main/sip/message/multipart.ts';

function type(text: string): MediaType {
  const result = contentTypeHeader.parse(text);
  if (result.kind === 'failure') throw new Error(result.reason);
  return result.value;
}

const mixed = type('multipart/mixed;boundary=b1');

function parse(lines: readonly string[], as = mixed): unknown {
  const result = parseMultipart(Buffer.from(lines.join('\r\n')), as);
  const plain = (part: BodyPart): unknown => ({ ...part, body: Buffer.from(part.body).toString(), parts: part.parts?.map(plain) });
  return result.kind === 'ok' ? result.value.map(plain) : result.reason;
}

const plainText = { type: 'text', subtype: 'plain', parameters: [] };

describe('parseMultipart', () => {
  it('reads parts with and without headers, and passes over preamble and epilogue', () => {
    const lines = [
      'preamble',
      '--b1  ',
      'c: text/html',
      'Content-ID: <a@b>',
      'content-disposition: Render;',
      ' handling=optional',
      '',
      'one',
      '--b1x',
      '',
      '--b1',
      '',
      'two',
      '--b1',
      '--b1--',
      'epilogue',
      '--b1',
    ];
    expect(parse(lines)).toEqual([
      {
        contentType: { type: 'text', subtype: 'html', parameters: [] },
        contentId: 'a@b',
        disposition: { disposition: 'render', parameters: [{ name: 'handling', value: 'optional' }] },
        headers: [
          { name: 'Content-Type', value: 'text/html' },
          { name: 'Content-ID', value: '<a@b>' },
          { name: 'Content-Disposition', value: 'Render; handling=optional' },
        ],
        body: 'one\r\n--b1x\r\n',
        parts: undefined,
      },
      { contentType: plainText, contentId: undefined, disposition: undefined, headers: [], body: 'two', parts: undefined },
      { contentType: plainText, contentId: undefined, disposition: undefined, headers: [], body: '', parts: undefined },
    ]);
  });

  it('reads what is nested, down to its bound', () => {
    const nest = (depth: number): { contentType: string; body: Uint8Array } => {
      const inner = depth === 1 ? { contentType: 'text/plain', body: Buffer.from('x') } : nest(depth - 1);
      return printMultipart('mixed', [{ headers: [{ name: 'Content-Type', value: inner.contentType }], body: inner.body }], `d${depth}-`);
    };
    const read = (depth: number): string => {
      const { contentType, body } = nest(depth);
      return parseMultipart(body, type(contentType)).kind;
    };
    expect([read(MAX_MULTIPART_DEPTH), read(MAX_MULTIPART_DEPTH + 1)]).toEqual(['ok', 'failure']);
  });

  it.each([
    ['not a multipart', ['x'], type('text/plain')],
    ['no boundary', ['--b1', '', '--b1--'], type('multipart/mixed')],
    ['a boundary beyond its bound', ['x'], type(`multipart/mixed;boundary=${'b'.repeat(71)}`)],
    ['no closing delimiter', ['--b1', '', 'x', '--b1'], mixed],
    ['a delimiter in mid-line alone', ['x--b1--'], mixed],
    ['a broken header', ['--b1', 'no colon', '', 'x', '--b1--'], mixed],
    ['a broken type', ['--b1', 'Content-Type: /', '', 'x', '--b1--'], mixed],
    ['a broken part inside', ['--b1', 'Content-Type: multipart/mixed;boundary=b2', '', '--b2', '', '--b1--'], mixed],
  ])('refuses %s', (_what, lines, as) => {
    expect(typeof parse(lines, as)).toBe('string');
  });

  it('reads what was printed, whatever the parts hold', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constantFrom('--b1', '\r\n--b1--\r\n', '--b10', '').map((text) => Buffer.from(text)),
    );
    const header = fc.record({ name: fc.constantFrom('Content-ID', 'X-Own'), value: fc.string({ maxLength: 10 }) });
    fc.assert(
      fc.property(fc.array(fc.record({ headers: fc.array(header, { maxLength: 2 }), body }), { maxLength: 4 }), (parts) => {
        const printed = printMultipart('mixed', parts, 'b1');
        const result = parseMultipart(printed.body, type(printed.contentType));
        const trimmed = parts.map((part) => ({
          headers: part.headers.map(({ name, value }) => [name, value.trim()]),
          body: Buffer.from(part.body).toString('hex'),
        }));
        const read =
          result.kind === 'ok'
            ? result.value.map((part) => ({
                headers: part.headers.map(({ name, value }) => [name, value]),
                body: Buffer.from(part.body).toString('hex'),
              }))
            : result.reason;
        expect(read).toEqual(trimmed);
      }),
    );
  });

  it('takes random bytes without a throw', () => {
    const pieces = fc.array(fc.constantFrom('--b1', '--', '\r\n', 'a: b', 'Content-Type: multipart/mixed;boundary=b1', 'x'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(pieces, (list) => {
        expect(['ok', 'failure']).toContain(parseMultipart(Buffer.from(list.join('')), mixed).kind);
      }),
    );
  });
});
