// Parameters of header values: `*(SEMI generic-param)` (RFC 3261 §25.1).
import { BARE, HEX, TOKEN, isOf } from '../../uri/character.ts';
import type { Parameter } from '../../uri/parameter.ts';
import { type TextSink, printed } from '../../uri/text-sink.ts';
import { COMMA, type Cursor, EQUALS, QUOTE, SEMICOLON, scanQuoted, writeQuoted } from './cursor.ts';

const NONE: readonly Parameter[] = Object.freeze([]);

/** The parameters from the cursor on, up to the first thing that is none; undefined where one is broken. */
export function scanParameters(cursor: Cursor): readonly Parameter[] | undefined {
  let list: Parameter[] | undefined;
  for (;;) {
    if (cursor.peek() !== SEMICOLON) {
      cursor.skipSpace();
      if (cursor.peek() !== SEMICOLON) return list ?? NONE;
    }
    cursor.at += 1;
    const parameter = scanTight(cursor) ?? scanSpaced(cursor);
    if (parameter === undefined) return undefined;
    if (list === undefined) list = [parameter];
    else list.push(parameter);
  }
}

/** WHY: nearly every parameter is `name` or `name=token` without white space; reading these in one loop is twice as fast. */
function scanTight(cursor: Cursor): Parameter | undefined {
  const { text, at: start, end } = cursor;
  let at = start;
  let code = -1;
  while (at < end && isOf((code = text.charCodeAt(at)), TOKEN)) at += 1;
  if (at === start) return undefined;
  if (at === end || code === SEMICOLON || code === COMMA) {
    cursor.at = at;
    return { name: text.slice(start, at), value: undefined };
  }
  if (code !== EQUALS) return undefined;
  const nameEnd = at;
  at += 1;
  while (at < end && isOf((code = text.charCodeAt(at)), TOKEN)) at += 1;
  if (at === nameEnd + 1 || (at < end && code !== SEMICOLON && code !== COMMA)) return undefined;
  cursor.at = at;
  return { name: text.slice(start, nameEnd), value: text.slice(nameEnd + 1, at) };
}

function scanSpaced(cursor: Cursor): Parameter | undefined {
  cursor.skipSpace();
  return scanParameter(cursor);
}

/** One `name`, `name=value` or `name="value"`. */
export function scanParameter(cursor: Cursor): Parameter | undefined {
  const name = cursor.token();
  if (name === '') return cursor.fail('parameter name expected');
  if (cursor.peek() !== EQUALS) {
    cursor.skipSpace();
    if (cursor.peek() !== EQUALS) return { name, value: undefined };
  }
  cursor.at += 1;
  cursor.skipSpace();
  if (cursor.peek() === QUOTE) {
    const value = scanQuoted(cursor);
    return value === undefined ? undefined : { name, value };
  }
  return { name, value: scanBareValue(cursor) };
}

/**
 * INTEROP: a value without quotes should be a token or a host, but branches and tags with `=`, `/` or `@` are seen, and
 * matching them depends on keeping them. So everything visible counts that cannot be a delimiter here.
 */
function scanBareValue(cursor: Cursor): string {
  const { text, end } = cursor;
  const start = cursor.at;
  let at = start;
  while (at < end && isBare(text.charCodeAt(at))) at += 1;
  cursor.at = at;
  return text.slice(start, at);
}

/** Letters of other scripts included. */
function isBare(code: number): boolean {
  return isOf(code, BARE) || code > 0x7f;
}

/** RFC 3840 §9: the values of these feature tags are quoted strings always, as are those that start with `+`. */
const quotedNames = new Set(
  'actor application audio automata class control data description duplex events extensions instance isfocus language methods mobility priority schemes sip.instance text type video pub-gruu temp-gruu'.split(
    ' ',
  ),
);

/** All parameters, each with its semicolon; quoted where the grammar asks for it. */
export function writeParameters(sink: TextSink, parameters: readonly Parameter[]): void {
  if (parameters.length === 0) return;
  for (const parameter of parameters) {
    sink.mark(SEMICOLON);
    writeParameter(sink, parameter);
  }
}

export function printParameters(parameters: readonly Parameter[]): string {
  return printed(writeParameters, parameters);
}

export function printParameter(parameter: Parameter): string {
  return printed(writeParameter, parameter);
}

function writeParameter(sink: TextSink, { name, value }: Parameter): void {
  if (!sink.addIf(name, TOKEN)) sink.add(name);
  if (value === undefined) return;
  sink.mark(EQUALS);
  if (!writeUnquoted(sink, name, value)) writeQuoted(sink, value);
}

/** False, and nothing is written, where the value needs quotes. */
function writeUnquoted(sink: TextSink, name: string, value: string): boolean {
  if (name === 'branch' || name === 'tag') {
    if (sink.addIf(value, BARE)) return true;
    if (!isBareText(value)) return false;
  } else {
    if (name.startsWith('+') || quotedNames.has(name)) return false;
    if (sink.addIf(value, TOKEN)) return true;
    if (!isIpv6(value)) return false;
  }
  sink.add(value);
  return true;
}

function isBareText(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) if (!isBare(value.charCodeAt(index))) return false;
  return value !== '';
}

/** `received=2001:db8::1` and `maddr=[2001:db8::1]` stand without quotes (RFC 3261 §25.1 via-received, host). */
function isIpv6(value: string): boolean {
  let colons = 0;
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if (code === 0x3a) colons += 1;
    else if (code !== 0x2e && code !== 0x5b && code !== 0x5d && !isOf(code, HEX)) return false;
  }
  return colons >= 2;
}
