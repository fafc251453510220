// Comma-separated lists (RFC 3261 §7.3.1) and the codecs of headers that are one.
import { TOKEN, isOf } from '../../uri/character.ts';
import type { HeaderCodec, HeaderResult } from '../header/header.ts';
import { COMMA, Cursor } from './cursor.ts';

/** Reads one element and leaves the cursor behind it; undefined with a reason when it cannot. */
export type ScanElement<T> = (cursor: Cursor) => T | undefined;

export function failed<T>(cursor: Cursor): HeaderResult<T> {
  return { kind: 'failure', reason: `${cursor.reason} at ${cursor.at}` };
}

/** The whole value as one element. */
export function parseOne<T>(value: string, scan: ScanElement<T>): HeaderResult<T> {
  const cursor = new Cursor(value);
  cursor.skipSpace();
  const element = scan(cursor);
  return element === undefined || !cursor.isDone() ? failed(cursor) : { kind: 'ok', value: element };
}

/** The whole value as a list of at least one element. */
export function parseList<T>(value: string, scan: ScanElement<T>): HeaderResult<readonly T[]> {
  const cursor = new Cursor(value);
  const list: T[] = [];
  do {
    cursor.skipSpace();
    const element = scan(cursor);
    if (element === undefined) return failed(cursor);
    list.push(element);
  } while (cursor.takeSeparator(COMMA));
  return cursor.isDone() ? { kind: 'ok', value: list } : failed(cursor);
}

export function oneCodec<T>(name: string, scan: ScanElement<T>, print: (element: T) => string): HeaderCodec<T> {
  return { name, parse: (value) => parseOne(value, scan), print };
}

export function listCodec<T>(name: string, scan: ScanElement<T>, print: (element: T) => string): HeaderCodec<readonly T[]> {
  return { name, parse: (value) => parseList(value, scan), print: (list) => list.map(print).join(', ') };
}

function scanToken(cursor: Cursor): string | undefined {
  const token = cursor.token();
  return token === '' ? cursor.fail('token expected') : token;
}

/** A list of tokens. With `mayBeEmpty`, an empty value is an empty list (RFC 3261 §25.1: Allow, Supported, Accept). */
export function tokenListCodec(name: string, mayBeEmpty: boolean): HeaderCodec<readonly string[]> {
  const list = listCodec(name, scanToken, String);
  return mayBeEmpty ? emptyOr(list) : list;
}

/** The list codec, with an empty value for an empty list. */
export function emptyOr<T>(codec: HeaderCodec<readonly T[]>): HeaderCodec<readonly T[]> {
  return { name: codec.name, parse: (value) => (value.trim() === '' ? { kind: 'ok', value: [] } : codec.parse(value)), print: codec.print };
}

/** A single token, e.g. an entity tag. */
export function tokenCodec(name: string): HeaderCodec<string> {
  return oneCodec(name, scanToken, String);
}

/** Free text, trimmed. It may be empty. */
export function textCodec(name: string): HeaderCodec<string> {
  return { name, parse: (value) => ({ kind: 'ok', value: value.trim() }), print: (text) => text };
}

/** A run of visible characters without comma and semicolon that need not be a token, e.g. a Call-ID in a list. */
export function scanWord(cursor: Cursor): string | undefined {
  const start = cursor.at;
  while (isWordCode(cursor.peek())) cursor.at += 1;
  return cursor.at === start ? cursor.fail('word expected') : cursor.text.slice(start, cursor.at);
}

/** Every visible character but comma and semicolon. */
function isWordCode(code: number): boolean {
  return code !== -1 && (isOf(code, TOKEN) || (code > 0x20 && code !== 0x7f && code !== 0x2c && code !== 0x3b));
}
