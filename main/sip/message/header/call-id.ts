// Call-ID (RFC 3261 §20.8): compared byte by byte, so it is kept as written.
import type { Cursor } from '../grammar/cursor.ts';
import { oneCodec } from '../grammar/lists.ts';
import type { HeaderCodec } from './header.ts';

/** One run of visible characters. INTEROP: the grammar's `word` allows fewer, but the value is only ever compared and echoed. */
export function scanCallId(cursor: Cursor): string | undefined {
  cursor.skipSpace();
  const { text, at: start, end } = cursor;
  let at = start;
  while (at < end && text.charCodeAt(at) > 0x20) at += 1;
  if (at === start) return cursor.fail('Call-ID expected');
  cursor.at = at;
  return text.slice(start, at);
}

export const callIdHeader: HeaderCodec<string> = oneCodec('Call-ID', scanCallId, String);
