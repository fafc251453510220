// Row ids of new messages, taken from SQLite's own sequence some at a time. Every row of `message` gets its id here.
import type { WritableDb } from './database.ts';

/**
 * WHY: AUTOINCREMENT writes the last id given to a table of its own with each row, which is one page more to sync. Below what is
 * written there it writes nothing. Ids left over when the program ends are never used: they only must not come twice.
 */
const RESERVED = 64;

interface Reserve {
  next: number;
  last: number;
}
const reserves = new WeakMap<WritableDb, Reserve>();

function reserve(db: WritableDb, before: Reserve): Reserve {
  const row = db.get<{ seq: number }>(`SELECT seq FROM sqlite_sequence WHERE name = 'message'`);
  // WHY not the sequence alone: a transaction that was taken back took back what it had reserved.
  const next = Math.max(row?.seq ?? 0, before.last) + 1;
  const last = next + RESERVED - 1;
  if (row === undefined) db.run(`INSERT INTO sqlite_sequence (name, seq) VALUES ('message', ?)`, last);
  else db.run(`UPDATE sqlite_sequence SET seq = ? WHERE name = 'message'`, last);
  return { next, last };
}

/** Greater than every id given before, by this program or an earlier one. */
export function takeMessageId(db: WritableDb): number {
  let known = reserves.get(db) ?? { next: 1, last: 0 };
  if (known.next > known.last) {
    known = reserve(db, known);
    reserves.set(db, known);
  }
  known.next += 1;
  return known.next - 1;
}
