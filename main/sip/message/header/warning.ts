// Warning (RFC 3261 §20.43).
import { type Cursor, QUOTE, printQuoted, scanNumber, scanQuoted } from '../grammar/cursor.ts';
import { listCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

/** `agent` is the host or name that warns; `text` is for people. */
export interface WarningValue {
  readonly code: number;
  readonly agent: string;
  readonly text: string;
}

const LARGEST_CODE = 999;

function scanWarning(cursor: Cursor): WarningValue | undefined {
  const code = scanNumber(cursor, LARGEST_CODE);
  if (code === undefined) return undefined;
  cursor.skipSpace();
  const start = cursor.at;
  while (cursor.peek() > 0x20 && cursor.peek() !== QUOTE) cursor.at += 1;
  const agent = cursor.text.slice(start, cursor.at);
  if (agent === '') return cursor.fail('agent expected');
  cursor.skipSpace();
  if (cursor.peek() !== QUOTE) return cursor.fail('text in quotes expected');
  const text = scanQuoted(cursor);
  return text === undefined ? undefined : { code, agent, text };
}

export const warningHeader: HeaderCodec<readonly WarningValue[]> = listCodec(
  'Warning',
  scanWarning,
  ({ code, agent, text }) => `${String(code).padStart(3, '0')} ${agent} ${printQuoted(text)}`,
);
