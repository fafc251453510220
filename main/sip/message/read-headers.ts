// Reading the header lines of a message (RFC 3261 §7.3): one pass over the characters, folding and UTF-8 only where they occur.
import { TOKEN, isOf } from '../uri/character.ts';
import { decodeOctets } from '../uri/octets.ts';
import { COMMA, Cursor } from './grammar/cursor.ts';
import { scanNameAddr } from './grammar/name-addr.ts';
import type { HeadDraft } from './head-draft.ts';
import { scanCallId } from './header/call-id.ts';
import { isStar } from './header/contact.ts';
import { scanCSeq } from './header/cseq.ts';
import { scanVia } from './header/via.ts';
import {
  CALL_ID,
  CONTACT,
  CONTENT_LENGTH,
  CSEQ,
  FROM,
  type KnownHeader,
  OTHER,
  SINGLE,
  TO,
  VIA,
  findHeader,
  hashStep,
} from './header-names.ts';
import { MAX_HEADER_BYTES, MAX_HEADER_COUNT, MAX_VIA_COUNT } from './limits.ts';
import type { NameAddr } from './message.ts';

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

/** Reads every line from `start` to the end of the draft's text. False when one is wrong; the draft says which. */
export function readHeaders(draft: HeadDraft, start: number): boolean {
  const { text } = draft;
  const cursor = new Cursor(text);
  let at = start;
  let count = 0;
  while (at < text.length) {
    count += 1;
    if (count > MAX_HEADER_COUNT) return draft.fail(at, 'too many headers', 513);
    const next = readLine(draft, cursor, at);
    if (next === -1) return false;
    at = next;
  }
  return true;
}

/** Reads the header that starts at `start`, folded lines included. Returns where the next one starts, -1 after an error. */
function readLine(draft: HeadDraft, cursor: Cursor, start: number): number {
  const { bytes } = draft;
  let at = start;
  let hash = 0;
  let code = byteAt(bytes, at);
  while (isOf(code, TOKEN)) {
    hash = hashStep(hash, code);
    at += 1;
    code = byteAt(bytes, at);
  }
  const nameEnd = at;
  while (code === SPACE || code === TAB) {
    at += 1;
    code = byteAt(bytes, at);
  }
  if (nameEnd === start || code !== COLON) {
    draft.fail(at, 'header name and colon expected');
    return -1;
  }
  const end = scanValue(draft, at + 1, cursor);
  if (end < 0) {
    draft.fail(-end, 'a line ends with CRLF, and neither stands alone');
    return -1;
  }
  if (end - start > MAX_HEADER_BYTES) {
    draft.fail(start, 'header too long', 513);
    return -1;
  }
  const header = findHeader(bytes, start, nameEnd, hash) ?? { name: draft.text.slice(start, nameEnd), kind: OTHER };
  return readValue(draft, cursor, start, header) ? end : -1;
}

/** The byte at an index; 0, which nothing accepts, behind the end. */
function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/**
 * Points the cursor at the value that starts at `start`, trimmed, unfolded and decoded. Returns the index after its CRLF;
 * minus the index of a CR or LF that stands alone. WHY bytes: looking at each character of a string takes three times as long.
 */
function scanValue({ bytes, text }: HeadDraft, start: number, cursor: Cursor): number {
  let isPlain = true;
  let at = start;
  for (;;) {
    let code = byteAt(bytes, at);
    while (code > CR && code < 0x80) {
      at += 1;
      code = byteAt(bytes, at);
    }
    if (code >= 0x80) {
      isPlain = false;
    } else if (code === CR) {
      if (byteAt(bytes, at + 1) !== LF) return -at;
      const next = byteAt(bytes, at + 2);
      if (next !== SPACE && next !== TAB) break;
      isPlain = false;
      at += 1;
    } else if (code === LF || at >= text.length) {
      return -at;
    }
    at += 1;
  }
  let first = start;
  let last = at;
  while (first < last && isSpace(byteAt(bytes, first))) first += 1;
  while (last > first && isSpace(byteAt(bytes, last - 1))) last -= 1;
  if (isPlain) {
    cursor.text = text;
    cursor.at = first;
    cursor.end = last;
  } else {
    const value = decodeOctets(unfold(text.slice(first, last)));
    cursor.text = value;
    cursor.at = 0;
    cursor.end = value.length;
  }
  return at + 2;
}

/** White space as it may surround a value, the line breaks of folding included. */
function isSpace(code: number): boolean {
  return code === SPACE || code === TAB || code === CR || code === LF;
}

/** Each line break with the white space after it is one space (RFC 3261 §7.3.1). */
function unfold(value: string): string {
  return value.includes('\n') ? value.replace(/\r\n[ \t]+/g, ' ') : value;
}

function readValue(draft: HeadDraft, cursor: Cursor, start: number, { name, kind }: KnownHeader): boolean {
  switch (kind) {
    case VIA:
      return readVias(draft, cursor, start);
    case FROM:
      if (draft.from !== undefined) return repeated(draft, start);
      draft.from = scanNameAddr(cursor);
      return finish(draft, cursor, draft.from !== undefined, start);
    case TO:
      if (draft.to !== undefined) return repeated(draft, start);
      draft.to = scanNameAddr(cursor);
      return finish(draft, cursor, draft.to !== undefined, start);
    case CALL_ID:
      if (draft.callId !== undefined) return repeated(draft, start);
      draft.callId = scanCallId(cursor);
      return finish(draft, cursor, draft.callId !== undefined, start);
    case CSEQ:
      if (draft.cseq !== undefined) return repeated(draft, start);
      draft.cseq = scanCSeq(cursor);
      return finish(draft, cursor, draft.cseq !== undefined, start);
    case CONTACT:
      return readContacts(draft, cursor, start);
    case CONTENT_LENGTH:
      return readContentLength(draft, cursor, start);
    default: {
      if (kind === SINGLE) {
        if (draft.hasMaxForwards) return repeated(draft, start);
        draft.hasMaxForwards = true;
      }
      draft.headers.push({ name, value: cursor.text.slice(cursor.at, cursor.end) });
      return true;
    }
  }
}

function repeated(draft: HeadDraft, start: number): false {
  return draft.fail(start, 'this header must not be repeated');
}

function finish(draft: HeadDraft, cursor: Cursor, isRead: boolean, start: number): boolean {
  if (isRead && cursor.isDone()) return true;
  // A decoded value has its own indexes; the header's start is then the nearest place known.
  return draft.fail(cursor.text === draft.text ? cursor.at : start, cursor.reason);
}

function readVias(draft: HeadDraft, cursor: Cursor, start: number): boolean {
  do {
    const via = scanVia(cursor);
    if (via === undefined) return finish(draft, cursor, false, start);
    if (draft.vias.length === MAX_VIA_COUNT) return draft.fail(start, 'too many Via', 483);
    draft.vias.push(via);
  } while (cursor.takeSeparator(COMMA));
  return finish(draft, cursor, true, start);
}

function readContacts(draft: HeadDraft, cursor: Cursor, start: number): boolean {
  if (isStar(cursor)) {
    if (draft.contacts !== undefined) return draft.fail(start, '`*` stands alone');
    draft.contacts = '*';
    return true;
  }
  const contacts: NameAddr[] | '*' = draft.contacts ?? [];
  if (contacts === '*') return draft.fail(start, '`*` stands alone');
  draft.contacts = contacts;
  do {
    const contact = scanNameAddr(cursor);
    if (contact === undefined) return finish(draft, cursor, false, start);
    contacts.push(contact);
  } while (cursor.takeSeparator(COMMA));
  return finish(draft, cursor, true, start);
}

/** Any number of digits: what is larger than a body may be is noted as that, not as broken. */
function readContentLength(draft: HeadDraft, cursor: Cursor, start: number): boolean {
  if (draft.contentLength !== -1) return repeated(draft, start);
  const { text, end } = cursor;
  let length = 0;
  let at = cursor.at;
  for (; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    length = Math.min(length * 10 + digit, Number.MAX_SAFE_INTEGER);
  }
  if (at === cursor.at) return draft.fail(start, 'Content-Length is not a number');
  cursor.at = at;
  draft.contentLength = length;
  return finish(draft, cursor, true, start);
}
