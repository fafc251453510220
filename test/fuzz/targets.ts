// What is fuzzed: every parser that meets bytes from strangers, each with what must hold for whatever it made of them.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { encode } from 'dns-packet';
import * as sip from '../../main/sip/index.ts';
import { StreamFramer, parseMessage, parseMultipart, parseUri, printMessage, printUri, uriEquals } from '../../main/sip/index.ts';
import type { HeaderCodec, StreamItem } from '../../main/sip/index.ts';
import { parseReply } from '../../main/sip/dns/dns-answer.ts';
import { MAX_BODY_BYTES, MAX_HEAD_BYTES } from '../../main/sip/message/limits.ts';
import { parseSdp } from '../../main/sip/sdp/parse-sdp.ts';
import { printSdp } from '../../main/sip/sdp/print-sdp.ts';
import { parseStun, printStunRequest, printStunSuccess } from '../../main/sip/transport/stun.ts';
import { WebSocketReader, clientFrame } from '../../main/sip/transport/websocket-frame.ts';
import { readPacket } from '../../main/simple/discovery/read-packet.ts';
import { parseCpim, printCpim } from '../../main/simple/document/cpim.ts';
import { parseDateTime } from '../../main/simple/document/date-time.ts';
import { parseImdn } from '../../main/simple/document/imdn.ts';
import { parseIsComposing } from '../../main/simple/document/is-composing.ts';
import { parsePidf } from '../../main/simple/document/pidf.ts';
import { readDecisions } from '../../main/simple/document/presence-rules.ts';
import { parseResourceLists } from '../../main/simple/document/resource-lists.ts';
import { parseRlmi } from '../../main/simple/document/rlmi.ts';
import { parseWatcherInfo } from '../../main/simple/document/watcher-info.ts';
import { parseXcapCapabilities, parseXcapError } from '../../main/simple/document/xcap-caps.ts';
import { parseXcapDiff } from '../../main/simple/document/xcap-diff.ts';
import { readContent } from '../../main/simple/page-mode/read-content.ts';
import { corpus } from '../bench/parse-corpus.ts';

export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** How often it is chosen, beside the others. */
  readonly weight: number;
  /** Throws when something that must hold does not. */
  readonly run: (bytes: Uint8Array) => void;
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function filesOf(folder: string): Uint8Array[] {
  const path = join(import.meta.dirname, '..', 'rfc', folder);
  return readdirSync(path).map((name) => readFileSync(join(path, name)));
}

const messages = [...corpus, ...filesOf('4475'), ...filesOf('5118')];
const documents = filesOf('document');
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** What is printed reads again, and prints the same: nothing in a value can add, hide or split a header. */
function runMessage(bytes: Uint8Array): void {
  const result = parseMessage(bytes);
  if (result.kind === 'failure') {
    check(result.offset >= 0 && result.offset <= bytes.length, 'the offset lies outside');
    if (result.answerable !== undefined) check(result.answerable.request.method !== 'ACK', 'an ACK would be answered');
    return;
  }
  const printed = printMessage(result.message);
  const again = parseMessage(printed);
  if (again.kind === 'failure') {
    // A head near the bound may print longer: names in full, addresses in brackets.
    check(bytes.length > MAX_HEAD_BYTES / 4, `printed, it is refused: ${again.reason}`);
    return;
  }
  check(again.message.headers.length === result.message.headers.length, 'printing changed the number of headers');
  // A NUL is printed as a space, which may then stand where white space does not count.
  const isSame = bytes.includes(0) || Buffer.compare(printed, printMessage(again.message)) === 0;
  check(isSame, 'printing twice gives other bytes');
}

/** The same items in whatever pieces the bytes come, and never more held than one message. */
function runStream(bytes: Uint8Array): void {
  const whole = new StreamFramer().feed(bytes);
  const framer = new StreamFramer();
  const pieces: StreamItem[] = [];
  const step = 1 + (bytes.length % 97) + Math.floor(bytes.length / 200);
  for (let at = 0; at < bytes.length; at += step) {
    pieces.push(...framer.feed(bytes.subarray(at, at + step)));
    check(framer.heldBytes <= MAX_HEAD_BYTES + MAX_BODY_BYTES, 'more is held than one message');
  }
  // Only where a ping is cut apart is it reported in another way.
  const kinds = (items: readonly StreamItem[]): string =>
    items
      .map(({ kind }) => kind)
      .filter((kind) => kind === 'message' || kind === 'failure')
      .join(' ');
  check(kinds(whole) === kinds(pieces), 'pieces make other messages than the whole');
}

function runUri(bytes: Uint8Array): void {
  const result = parseUri(text(bytes));
  if (result.kind === 'failure') return;
  const again = parseUri(printUri(result.value));
  check(again.kind === 'ok' && printUri(again.value) === printUri(result.value), 'the URI is another one after printing');
  check(uriEquals(result.value, result.value), 'the URI does not equal itself');
}

function isCodec(value: unknown): value is HeaderCodec<unknown> {
  return typeof value === 'object' && value !== null && 'name' in value && 'parse' in value && 'print' in value;
}

export const codecs: readonly HeaderCodec<unknown>[] = Object.values<unknown>(sip).filter(isCodec);

/** Every codec reads every value: what one refuses another must survive. */
function runHeaders(bytes: Uint8Array): void {
  const value = text(bytes).replace(/[\r\n\0]/g, ' ');
  for (const codec of codecs) {
    const result = codec.parse(value);
    if (result.kind === 'failure') continue;
    const printed = codec.print(result.value);
    const again = codec.parse(printed);
    check(again.kind === 'ok', `${codec.name} does not read what it printed`);
    if (again.kind === 'ok') check(codec.print(again.value) === printed, `${codec.name} prints something else the second time`);
  }
}

const headerSeeds = messages
  .flatMap((message) => latin(message).split('\r\n'))
  .filter((line) => /^[\w-]+: ./.test(line))
  .map((line) => Buffer.from(line.slice(line.indexOf(':') + 2), 'latin1'));
const challenge = 'Digest realm="a, \\"b\\"", nonce="dcd98b", qop="auth,auth-int", algorithm=SHA-256, stale=TRUE, Basic realm="x"';

const multipartText = [
  '--boundary\r\nContent-Type: text/plain\r\nContent-ID: <a@b>\r\n\r\none\r\n',
  '--boundary\r\nContent-Type: multipart/mixed;boundary=in\r\n\r\n--in\r\n\r\ntwo\r\n--in--\r\n\r\n--boundary--\r\n',
].join('');
const multipartType = { type: 'multipart', subtype: 'mixed', parameters: [{ name: 'boundary', value: 'boundary' }] };

const cpimText =
  'From: Ada <sip:ada@example.org>\r\nTo: <im:bob@example.org>\r\nDateTime: 2026-11-23T12:00:00Z\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 1\r\nSubject:;lang=de Guten Tag\r\n\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello';
function runCpim(bytes: Uint8Array): void {
  const result = parseCpim(bytes);
  if (result.kind === 'ok') printCpim(result.message);
}

function runDocuments(bytes: Uint8Array): void {
  for (const parse of [parsePidf, parseWatcherInfo, parseRlmi, parseResourceLists, parseImdn]) parse(bytes);
  for (const parse of [parseIsComposing, parseXcapCapabilities, parseXcapError, parseXcapDiff]) parse(bytes);
  readDecisions(text(bytes));
}

const sdpText =
  'v=0\r\no=a 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\na=path:msrp://a:1/s;tcp\r\na=sendrecv\r\n';
function runSdp(bytes: Uint8Array): void {
  const result = parseSdp(bytes);
  // Near its bound it may print longer.
  if (result.kind === 'ok') check(parseSdp(printSdp(result.value)).kind === 'ok' || bytes.length > 20_000, 'printed, it is refused');
}

const frames = [1, 2, 8, 9, 10].map((opcode) => {
  const frame = clientFrame(opcode, Buffer.from('a payload'), new Uint8Array(4));
  // As a server sends it: without mask.
  return Buffer.concat([frame.subarray(0, 1), Buffer.of((frame[1] ?? 0) & 0x7f), frame.subarray(6)]);
});

const dnsName = '_sip._udp.example.test';
const dnsSeeds = [
  encode({
    type: 'response',
    id: 1,
    questions: [{ type: 'SRV', name: dnsName }],
    answers: [
      { type: 'CNAME', name: dnsName, ttl: 60, data: 'other.example.test' },
      { type: 'SRV', name: 'other.example.test', ttl: 60, data: { priority: 1, weight: 2, port: 5060, target: 'a.example.test' } },
      { type: 'A', name: 'a.example.test', ttl: 60, data: '192.0.2.1' },
      { type: 'AAAA', name: 'a.example.test', ttl: 60, data: '2001:db8::1' },
      { type: 'TXT', name: 'a.example.test', ttl: 60, data: ['a=b', 'c'] },
    ],
  }),
  encode({
    type: 'response',
    id: 1,
    questions: [{ type: 'NAPTR', name: 'example.test' }],
    answers: [
      {
        type: 'NAPTR',
        name: 'example.test',
        ttl: 60,
        data: { order: 1, preference: 2, flags: 's', services: 'SIP+D2U', regexp: '', replacement: dnsName },
      },
    ],
  }),
  encode({
    type: 'response',
    answers: [{ type: 'PTR', name: '_sip._udp.local', ttl: 60, data: 'Ann. B._sip._udp.local' }],
  }),
];
function runDns(bytes: Uint8Array): void {
  parseReply(bytes, { type: 'SRV', name: dnsName, id: 1 });
  parseReply(bytes, { type: 'NAPTR', name: 'example.test', id: 1 });
  readPacket(bytes);
}

const stunSeeds = [printStunRequest(new Uint8Array(12)), printStunSuccess('00'.repeat(12), { address: '2001:db8::1', port: 5060 })];

export const targets: readonly FuzzTarget[] = [
  { name: 'message', weight: 8, seeds: messages, run: runMessage },
  { name: 'stream', weight: 3, seeds: [...messages, Buffer.concat(messages.slice(0, 6)), Buffer.from('\r\n\r\n')], run: runStream },
  { name: 'uri', weight: 4, seeds: uriSeeds(), run: runUri },
  { name: 'headers', weight: 2, seeds: [...headerSeeds, Buffer.from(challenge)], run: runHeaders },
  { name: 'multipart', weight: 2, seeds: [Buffer.from(multipartText)], run: (bytes) => void parseMultipart(bytes, multipartType) },
  { name: 'cpim', weight: 2, seeds: [Buffer.from(cpimText)], run: runCpim },
  { name: 'content', weight: 1, seeds: [Buffer.from(multipartText), Buffer.from(cpimText)], run: runContent },
  { name: 'documents', weight: 1, seeds: documents, run: runDocuments },
  { name: 'sdp', weight: 1, seeds: [Buffer.from(sdpText)], run: runSdp },
  { name: 'dns', weight: 1, seeds: dnsSeeds, run: runDns },
  { name: 'stun', weight: 1, seeds: stunSeeds, run: (bytes) => void parseStun(bytes) },
  { name: 'date', weight: 1, seeds: [Buffer.from('2026-11-23T12:00:00.5+01:00')], run: (bytes) => void parseDateTime(text(bytes)) },
  { name: 'websocket', weight: 1, seeds: [...frames, Buffer.concat(frames)], run: (bytes) => void new WebSocketReader().feed(bytes) },
];

function runContent(bytes: Uint8Array): void {
  readContent(bytes, 'multipart/mixed;boundary=boundary', undefined);
  readContent(bytes, 'message/cpim', undefined);
  readContent(bytes, latin(bytes.subarray(0, 80)), undefined);
}

function uriSeeds(): Uint8Array[] {
  return [
    'sip:alice:secret@example.org:5061;transport=tcp;lr;maddr=192.0.2.1?Subject=a%20b&Call-ID=1',
    'sips:%61lice@[2001:db8::1]:5061;method=REGISTER',
    'tel:+358-555-1234567;phone-context=example.org',
    'im:bob@example.org',
    'urn:service:sos',
    'http://example.org/a?b#c',
  ].map((uri) => Buffer.from(uri));
}
