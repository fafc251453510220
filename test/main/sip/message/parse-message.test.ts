// Reading messages: forms, failures with their status, bounds, and hostile bytes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corpus } from '../../../bench/parse-corpus.ts';
import {
  MAX_BODY_BYTES,
  MAX_HEADER_BYTES,
  MAX_HEADER_COUNT,
  MAX_HEAD_BYTES,
  MAX_URI_LENGTH,
  MAX_VIA_COUNT,
} from '../../../../main/sip/message/limits.ts';
import type { ParseResult, SipMessage } from '../../../../main/sip/message/message.ts';
import { parseMessage } from '../../../../main/sip/message/parse-message.ts';
import { printMessage } from '../../../../main/sip/message/print-message.ts';
import { printNameAddr } from '../../../../main/sip/message/grammar/name-addr.ts';
import { anyMessage } from '../arbitrary.ts';

const start = 'MESSAGE sip:bob@example.com SIP/2.0';
const via = 'Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1';
const from = 'From: <sip:alice@example.com>;tag=1';
const to = 'To: <sip:bob@example.com>';
const callId = 'Call-ID: a@b';
const cseq = 'CSeq: 1 MESSAGE';
const rest = [via, from, to, callId, cseq];

function parse(lines: readonly string[], body = ''): ParseResult {
  return parseMessage(Buffer.from([...lines, '', body].join('\r\n'), 'utf8'));
}

function read(lines: readonly string[], body = ''): SipMessage {
  const result = parse(lines, body);
  if (result.kind === 'failure') throw new Error(`${result.reason} at ${result.offset}`);
  return result.message;
}

/** The status that answers it, `silent`, or `ok`. */
function outcome(result: ParseResult): number | 'silent' | 'ok' {
  return result.kind === 'message' ? 'ok' : (result.answerable?.status ?? 'silent');
}

describe('parseMessage', () => {
  it('reads compact forms, folds, any case and lists', () => {
    const message = read([
      start,
      'v: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1 ,SIP / 2.0 / udp [::1] : 5061 ; rport',
      'f:"A, \\"B\\"" <sip:alice@example.com>;tag=1',
      'T: Bob Quay<sip:bob@example.com>',
      'i: a@b',
      'cSeq: 0001 MESSAGE',
      'm: sip:x@y;q=0.1, "Z" <sip:z@y;p>;q="0.2"',
      'CONTACT: <sip:w@y>',
      's: one',
      '  two\r\n\tthree ',
      'x-own:\t a ,b',
      'k: path',
      'Route: <sip:r1;lr>, <sip:r2;lr>',
    ]);
    expect({ ...message, contacts: message.contacts === '*' ? '*' : message.contacts.map(printNameAddr) }).toMatchObject({
      vias: [
        { transport: 'TCP', host: '192.0.2.1', port: undefined, parameters: [{ name: 'branch', value: 'z9hG4bK1' }] },
        { transport: 'UDP', host: '[::1]', port: 5061, parameters: [{ name: 'rport', value: undefined }] },
      ],
      from: { displayName: 'A, "B"', parameters: [{ name: 'tag', value: '1' }] },
      to: { displayName: 'Bob Quay', parameters: [] },
      callId: 'a@b',
      cseq: { number: 1, method: 'MESSAGE' },
      contacts: ['<sip:x@y>;q=0.1', '"Z" <sip:z@y;p>;q=0.2', '<sip:w@y>'],
      headers: [
        { name: 'Subject', value: 'one two three' },
        { name: 'x-own', value: 'a ,b' },
        { name: 'Supported', value: 'path' },
        { name: 'Route', value: '<sip:r1;lr>, <sip:r2;lr>' },
      ],
    });
  });

  it('reads UTF-8, and keeps bytes that are none', () => {
    const bytes = Buffer.concat([
      Buffer.from([start, via, 'From: "Ž\u{1f600}" <sip:a@b>;tag=1', to, callId, cseq, 'Subject: '].join('\r\n')),
      Buffer.from([0xff, 0x41, 0xc3, 0x28]),
      Buffer.from('\r\n\r\n'),
    ]);
    const result = parseMessage(bytes);
    if (result.kind === 'failure') throw new Error(result.reason);
    expect([result.message.from.displayName, result.message.headers]).toEqual([
      'Ž\u{1f600}',
      [{ name: 'Subject', value: '\udcffA\udcc3(' }],
    ]);
    expect(Buffer.from(printMessage(result.message)).includes(Buffer.from([0xff, 0x41, 0xc3, 0x28, 0x0d]))).toBe(true);
  });

  it('cuts a datagram at its Content-Length, or takes it all, and passes over line breaks before it', () => {
    const body = (lines: readonly string[]): string => Buffer.from(read(lines, 'hello').body).toString();
    expect([body([start, ...rest, 'l: 2']), body([start, ...rest]), body(['', '', start, ...rest, 'Content-Length: 0'])]).toEqual([
      'he',
      'hello',
      '',
    ]);
  });

  it('reads responses', () => {
    const response = (line: string): unknown => {
      const result = parse([line, ...rest]);
      return result.kind === 'message' && result.message.kind === 'response'
        ? [result.message.status, result.message.reason]
        : outcome(result);
    };
    expect(
      [
        'SIP/2.0 200 OK',
        'SIP/2.0 200 ',
        'SIP/2.0 200',
        'SIP/2.0 699 Ärger',
        'SIP/2.0 99 x',
        'SIP/2.0 700 x',
        'SIP/3.0 200 OK',
        'SIP/2.0 2000 x',
        'SIP/2.0 200OK',
      ].map(response),
    ).toEqual([[200, 'OK'], [200, ''], [200, ''], [699, 'Ärger'], 'silent', 'silent', 'silent', 'silent', 'silent']);
  });

  it('takes `*` as Contact of REGISTER alone', () => {
    const register = ['REGISTER sip:example.com SIP/2.0', via, from, to, callId, 'CSeq: 1 REGISTER'];
    expect([
      read([...register, 'Contact: *']).contacts,
      outcome(parse([...register, 'Contact: *', 'Contact: <sip:a@b>'])),
      outcome(parse([...register, 'Contact: <sip:a@b>', 'm: *'])),
      outcome(parse([start, ...rest, 'Contact: *'])),
    ]).toEqual(['*', 400, 400, 400]);
  });

  const failures: readonly (readonly [what: string, lines: readonly string[], status: number | 'silent'])[] = [
    ['no Via', [start, from, to, callId, cseq], 'silent'],
    ['no From', [start, via, to, callId, cseq], 400],
    ['no To', [start, via, from, callId, cseq], 400],
    ['no Call-ID', [start, via, from, to, cseq], 400],
    ['no CSeq', [start, via, from, to, callId], 'silent'],
    ['two From', [start, ...rest, from], 400],
    ['two To', [start, ...rest, 't: <sip:x@y>'], 400],
    ['two Call-ID', [start, ...rest, callId], 400],
    ['two CSeq', [start, ...rest, cseq], 400],
    ['two Content-Length', [start, ...rest, 'l: 0', 'l: 0'], 400],
    ['two Max-Forwards', [start, ...rest, 'Max-Forwards: 1', 'Max-Forwards: 1'], 400],
    ['another method in CSeq', [start, via, from, to, callId, 'CSeq: 1 INVITE'], 400],
    ['a sequence number of 2³¹', [start, via, from, to, callId, 'CSeq: 2147483648 MESSAGE'], 400],
    ['a later version', ['MESSAGE sip:bob@example.com SIP/2.1', ...rest], 505],
    ['no version', ['MESSAGE sip:bob@example.com HTTP/1.1', ...rest], 400],
    ['a body that is too short', [start, ...rest, 'Content-Length: 9'], 400],
    ['a negative length', [start, ...rest, 'Content-Length: -1'], 400],
    ['a body beyond the bound', [start, ...rest, `Content-Length: ${MAX_BODY_BYTES + 1}`], 413],
    ['a line without colon', [start, ...rest, 'nonsense'], 400],
    ['a line that starts with a colon', [start, ...rest, ': x'], 400],
    ['a bare CR', [start, ...rest, 'Subject: a\rb'], 400],
    ['a bare LF', [start, ...rest, 'Subject: a\nb'], 400],
    ['a Request-URI beyond the bound', [`MESSAGE sip:${'a'.repeat(MAX_URI_LENGTH)} SIP/2.0`, ...rest], 414],
    ['headers beyond the bound', [start, ...rest, ...Array.from({ length: MAX_HEADER_COUNT }, () => 'X: y')], 513],
    ['a header beyond the bound', [start, ...rest, `X: ${'y'.repeat(MAX_HEADER_BYTES)}`], 513],
    ['a head beyond the bound', [start, ...rest, ...Array.from({ length: 4 }, () => `X: ${'y'.repeat(MAX_HEAD_BYTES / 3)}`)], 513],
    ['Via beyond the bound', [start, ...rest, `Via: ${Array.from({ length: MAX_VIA_COUNT }, () => 'SIP/2.0/UDP h').join()}`], 483],
    ['a broken ACK', ['ACK sip:bob@example.com SIP/2.0', via, from, to, callId, 'CSeq: 1 ACK', 'm: ?'], 'silent'],
    ['a broken response', ['SIP/2.0 200 OK', ...rest, from], 'silent'],
    ['nothing', [], 'silent'],
  ];

  it.each(failures)('answers %s', (_what, lines, status) => {
    expect(outcome(parse(lines))).toBe(status);
  });

  it('says where the first wrong byte is', () => {
    const result = parse([start, via, from, 'To: <sip:bob@exa mple.com>', callId, cseq]);
    const offset = [start, via, from, 'To: <sip:bob@exa'].join('\r\n').length;
    expect(result).toMatchObject({ kind: 'failure', offset, reason: 'not allowed in a URI' });
  });

  it('gives the same for every corpus message after printing', () => {
    for (const bytes of corpus) {
      const result = parseMessage(bytes);
      expect(result.kind === 'message' ? parseMessage(printMessage(result.message)) : undefined).toEqual(result);
    }
  });
});

describe('hostile bytes', () => {
  it('takes random bytes without a throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(['message', 'failure']).toContain(parseMessage(bytes).kind);
      }),
    );
  });

  it('takes mutated messages without a throw, and prints what it takes so that it is taken again', () => {
    const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.constantFrom('replace', 'insert', 'remove') });
    const bytes = fc.oneof(
      fc.constantFrom(...corpus),
      anyMessage.map((message) => Buffer.from(printMessage(message))),
    );
    fc.assert(
      fc.property(bytes, fc.array(mutation, { minLength: 1, maxLength: 6 }), (original, mutations) => {
        const mutated = [...original];
        for (const { at, byte, kind } of mutations) {
          const index = at % mutated.length;
          if (kind === 'replace') mutated[index] = byte;
          else if (kind === 'insert') mutated.splice(index, 0, byte);
          else mutated.splice(index, 1);
        }
        const result = parseMessage(Uint8Array.from(mutated));
        const message = result.kind === 'message' ? result.message : result.answerable?.request;
        const isPrintable = message !== undefined && message.callId !== '' && result.kind === 'message';
        if (isPrintable) expect(parseMessage(printMessage(message)).kind).toBe('message');
        else if (message !== undefined) expect(printMessage(message).length).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
