// Comments in header values (RFC 3261 §25.1): they nest, and mean nothing.
import type { Cursor } from './cursor.ts';

const OPEN = 0x28;
const CLOSE = 0x29;
const BACKSLASH = 0x5c;

/** Steps over a comment if one is there. False with a reason where it does not end. */
export function scanComment(cursor: Cursor): boolean {
  cursor.skipSpace();
  if (cursor.peek() !== OPEN) return true;
  let depth = 0;
  for (; cursor.at < cursor.end; cursor.at += 1) {
    const code = cursor.peek();
    if (code === OPEN) depth += 1;
    else if (code === BACKSLASH) cursor.at += 1;
    else if (code === CLOSE) {
      depth -= 1;
      if (depth === 0) {
        cursor.at += 1;
        return true;
      }
    }
  }
  cursor.reason = 'a comment does not end';
  return false;
}
