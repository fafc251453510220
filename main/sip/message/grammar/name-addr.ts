// name-addr and addr-spec with their parameters (RFC 3261 §20.10, §25.1).
import { scanUri } from '../../uri/parse-uri.ts';
import { writeUri } from '../../uri/print-uri.ts';
import { GREATER, SPACE, type TextSink, printed } from '../../uri/text-sink.ts';
import type { NameAddr } from '../message.ts';
import { COMMA, type Cursor, LESS, QUOTE, SEMICOLON, scanQuoted, writeQuoted } from './cursor.ts';
import { scanParameters, writeParameters } from './parameters.ts';

/** The address under the cursor; it ends before a comma or at the end of the text. */
export function scanNameAddr(cursor: Cursor): NameAddr | undefined {
  cursor.skipSpace();
  let displayName: string | undefined;
  const first = cursor.peek();
  if (first === QUOTE) {
    displayName = scanQuoted(cursor);
    if (displayName === undefined) return undefined;
    cursor.skipSpace();
    if (cursor.peek() !== LESS) return cursor.fail('`<` expected after the display name');
  } else if (first !== LESS) {
    const open = scanToBracket(cursor);
    if (open === -1) return scanAddrSpec(cursor);
    displayName = cursor.text.slice(cursor.at, open).trimEnd();
    cursor.at = open;
  }
  return scanBracketed(cursor, displayName);
}

/** Index of the `<` after an unquoted display name; -1 where a plain addr-spec stands instead. */
function scanToBracket({ text, at, end }: Cursor): number {
  for (let index = at; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === LESS) return index;
    if (code === SEMICOLON || code === COMMA || code === QUOTE) return -1;
  }
  return -1;
}

function scanBracketed(cursor: Cursor, displayName: string | undefined): NameAddr | undefined {
  const start = cursor.at + 1;
  const close = cursor.text.indexOf('>', start);
  if (close === -1 || close >= cursor.end) return cursor.fail('`>` is missing');
  const uri = scanUri(cursor.text, start, close);
  if (uri.kind === 'failure') {
    cursor.at = uri.offset;
    return cursor.fail(uri.reason);
  }
  cursor.at = close + 1;
  const parameters = scanParameters(cursor);
  return parameters === undefined ? undefined : { displayName, uri, parameters };
}

/** Without brackets, what follows a semicolon belongs to the header, and the URI has no `?` and no comma (RFC 3261 §20). */
function scanAddrSpec(cursor: Cursor): NameAddr | undefined {
  const { text, at: start, end } = cursor;
  let at = start;
  for (; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === SEMICOLON || code === COMMA || code === 0x20 || code === 0x09) break;
    if (code === 0x3f) {
      cursor.at = at;
      return cursor.fail('a URI with `?` must stand in angle brackets');
    }
  }
  const uri = scanUri(text, start, at);
  if (uri.kind === 'failure') {
    cursor.at = uri.offset;
    return cursor.fail(uri.reason);
  }
  cursor.at = at;
  const parameters = scanParameters(cursor);
  return parameters === undefined ? undefined : { displayName: undefined, uri, parameters };
}

/** Always with angle brackets, and with the display name in quotes, so that nothing depends on what stands in them. */
export function writeNameAddr(sink: TextSink, { displayName, uri, parameters }: NameAddr): void {
  if (displayName !== undefined) {
    writeQuoted(sink, displayName);
    sink.mark(SPACE);
  }
  sink.mark(LESS);
  writeUri(sink, uri);
  sink.mark(GREATER);
  writeParameters(sink, parameters);
}

export function printNameAddr(address: NameAddr): string {
  return printed(writeNameAddr, address);
}
