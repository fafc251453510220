// Reading one header value from left to right (RFC 3261 §25.1). Values are unfolded before, so white space is SP and HTAB.
import { PLAIN, TOKEN, isOf } from '../../uri/character.ts';
import { type TextSink, printed } from '../../uri/text-sink.ts';

/** A place in a text. The scan functions move it on; where they return undefined, `reason` says why and `at` where. */
export class Cursor {
  text: string;
  at: number;
  end: number;
  reason = '';

  constructor(text: string, at = 0, end = text.length) {
    this.text = text;
    this.at = at;
    this.end = end;
  }

  /** The character code under the cursor, -1 at the end. */
  peek(): number {
    return this.at < this.end ? this.text.charCodeAt(this.at) : -1;
  }

  skipSpace(): void {
    while (this.at < this.end) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x09) return;
      this.at += 1;
    }
  }

  /** Steps over white space, then over `code` if it is there, then over white space again. */
  takeSeparator(code: number): boolean {
    this.skipSpace();
    if (this.peek() !== code) return false;
    this.at += 1;
    this.skipSpace();
    return true;
  }

  /** A token, or '' where there is none. */
  token(): string {
    const { text, end } = this;
    const start = this.at;
    let at = start;
    while (at < end && isOf(text.charCodeAt(at), TOKEN)) at += 1;
    this.at = at;
    return text.slice(start, at);
  }

  fail(reason: string): undefined {
    this.reason = reason;
    return undefined;
  }

  /** True after trailing white space when nothing else is left; otherwise notes the reason. */
  isDone(): boolean {
    this.skipSpace();
    if (this.at >= this.end) return true;
    this.reason = 'unexpected text at the end of the value';
    return false;
  }
}

export const COMMA = 0x2c;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const QUOTE = 0x22;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const LESS = 0x3c;
const BACKSLASH = 0x5c;

/** The quoted string under the cursor without quotes and backslashes; undefined when it does not end. */
export function scanQuoted(cursor: Cursor): string | undefined {
  const { text, end } = cursor;
  let start = cursor.at + 1;
  let unquoted = '';
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      cursor.at = at + 1;
      return unquoted === '' ? text.slice(start, at) : unquoted + text.slice(start, at);
    }
    if (code === BACKSLASH) {
      unquoted += text.slice(start, at);
      at += 1;
      start = at;
    }
  }
  return cursor.fail('a quoted string does not end');
}

/** `text` as a quoted string. */
export function printQuoted(text: string): string {
  return printed(writeQuoted, text);
}

export function writeQuoted(sink: TextSink, text: string): void {
  sink.mark(QUOTE);
  if (!sink.addIf(text, PLAIN)) sink.add(text.replace(/["\\]/g, '\\$&'));
  sink.mark(QUOTE);
}

/** A number of at most ten digits and at most `largest`; undefined otherwise. */
export function scanNumber(cursor: Cursor, largest: number): number | undefined {
  const { text, end } = cursor;
  const start = cursor.at;
  let at = start;
  let value = 0;
  for (; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > largest) return cursor.fail('number too large');
  }
  if (at === start) return cursor.fail('number expected');
  cursor.at = at;
  return value;
}
