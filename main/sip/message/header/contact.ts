// Contact (RFC 3261 §20.10): a list of addresses, or `*` alone.
import { Cursor } from '../grammar/cursor.ts';
import { parseList } from '../grammar/lists.ts';
import { printNameAddr, scanNameAddr } from '../grammar/name-addr.ts';
import type { NameAddr } from '../message.ts';
import type { HeaderCodec } from './header.ts';

const STAR = 0x2a;

/** Whether the value is `*`: all bindings, in REGISTER only (§10.2.2). */
export function isStar(cursor: Cursor): boolean {
  cursor.skipSpace();
  if (cursor.peek() !== STAR) return false;
  const ahead = new Cursor(cursor.text, cursor.at + 1, cursor.end);
  if (!ahead.isDone()) return false;
  cursor.at = cursor.end;
  return true;
}

export const contactHeader: HeaderCodec<readonly NameAddr[] | '*'> = {
  name: 'Contact',
  parse: (value) => (isStar(new Cursor(value)) ? { kind: 'ok', value: '*' } : parseList(value, scanNameAddr)),
  print: (contacts) => (contacts === '*' ? '*' : contacts.map(printNameAddr).join(', ')),
};
