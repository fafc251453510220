// What can still be read of a request that is broken, so that it gets a stateless answer (RFC 3261 §8.2.6, RFC 4475 §3.1.2).
import { decodeText } from '../uri/octets.ts';
import type { Parameter } from '../uri/parameter.ts';
import { parseUri } from '../uri/parse-uri.ts';
import { Cursor } from './grammar/cursor.ts';
import { parseOne } from './grammar/lists.ts';
import { scanNameAddr } from './grammar/name-addr.ts';
import { canonicalName } from './header-names.ts';
import { scanVia } from './header/via.ts';
import { MAX_VIA_COUNT } from './limits.ts';
import type { CSeqHeader, NameAddr, ParseFailure, SipRequest, ViaHeader } from './message.ts';

const NO_BODY = new Uint8Array(0);

/** Stands for a From or To that is missing or beyond reading. `printMessage` leaves it out, as it does an empty Call-ID. */
export const absentAddress: NameAddr = { displayName: undefined, uri: { kind: 'other', scheme: '', rest: '' }, parameters: [] };

/**
 * A request made of what is readable in `head`, good only for answering it. Undefined, meaning silence, for responses, for ACK,
 * and where no Via or no CSeq says who would understand the answer.
 */
export function readAnswerable(head: string, status: number): ParseFailure['answerable'] {
  const [startLine = '', ...lines] = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  const start = /^([\w.!%*+`'~-]{1,100}) +(\S*)/.exec(startLine);
  const method = start?.[1];
  if (method === undefined || method === 'ACK' || startLine.startsWith('SIP/')) return undefined;
  const values = collect(lines);
  const vias = (values.get('Via') ?? []).slice(0, MAX_VIA_COUNT).flatMap(readVias);
  const cseq = readCSeq(values.get('CSeq')?.[0] ?? '');
  if (vias.length === 0 || cseq === undefined) return undefined;
  const uri = parseUri(start?.[2] ?? '');
  const request: SipRequest = {
    kind: 'request',
    method,
    uri: uri.kind === 'ok' ? uri.value : absentAddress.uri,
    vias,
    from: readAddress(values.get('From')?.[0]),
    to: readAddress(values.get('To')?.[0]),
    callId: decodeText(values.get('Call-ID')?.[0] ?? ''),
    cseq,
    contacts: [],
    headers: [],
    body: NO_BODY,
  };
  return { status, request };
}

/** Header values by canonical name, each trimmed. */
function collect(lines: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon === -1) continue;
    const name = canonicalName(line.slice(0, colon).trim());
    const list = values.get(name);
    const value = line.slice(colon + 1).trim();
    if (list === undefined) values.set(name, [value]);
    else list.push(value);
  }
  return values;
}

/** One Via line. Of one that is broken, the sender's address and its branch are enough; another version of SIP does not matter. */
function readVias(value: string): ViaHeader[] {
  const text = value.replace(/^SIP *\/ *\d+\.\d+ *\//i, 'SIP/2.0/');
  const vias: ViaHeader[] = [];
  const cursor = new Cursor(text);
  do {
    const via = scanVia(cursor);
    if (via === undefined) break;
    vias.push(via);
  } while (cursor.takeSeparator(0x2c) && vias.length < MAX_VIA_COUNT);
  if (vias.length > 0) return vias;
  const sender = parseOne(text.slice(0, text.search(/[;,]|$/)), scanVia);
  return sender.kind === 'ok' ? [{ ...sender.value, parameters: readParameter(text, 'branch') }] : [];
}

/** The first `;name=value` of that name, as a list of none or one. */
function readParameter(text: string, name: 'branch' | 'tag'): Parameter[] {
  const value = (name === 'branch' ? /; *branch *= *([^\s;,"]+)/i : /; *tag *= *([^\s;,"]+)/i).exec(text)?.[1];
  return value === undefined ? [] : [{ name, value }];
}

/** A From or To; of one that is broken, the URI in angle brackets and the tag. */
function readAddress(value: string | undefined): NameAddr {
  if (value === undefined) return absentAddress;
  const address = parseOne(decodeText(value), scanNameAddr);
  if (address.kind === 'ok') return address.value;
  const open = value.lastIndexOf('<');
  const close = value.indexOf('>', open);
  const uri = open === -1 || close === -1 ? undefined : parseUri(value.slice(open + 1, close).trim());
  if (uri?.kind !== 'ok') return absentAddress;
  return { displayName: undefined, uri: uri.value, parameters: readParameter(value.slice(close), 'tag') };
}

/** Any number that comes out as it came in, also one that is too large (RFC 4475 §3.1.2.4). */
function readCSeq(value: string): CSeqHeader | undefined {
  const match = /^(\d{1,25})\s+(\S{1,100})$/.exec(value);
  if (match === null) return undefined;
  const number = Number(match[1]);
  return BigInt(number) === BigInt(match[1] ?? '') ? { number, method: match[2] ?? '' } : undefined;
}
