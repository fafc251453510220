// Whether reports and typing notices are sent: what was chosen for an account, and for single people of it.
import { rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

/** null: nothing chosen here. */
export interface Reporting {
  delivery: boolean | null;
  display: boolean | null;
  typing: boolean | null;
}

const NOTHING_CHOSEN: Reporting = { delivery: null, display: null, typing: null };

/** `address` '': of the account. */
export function getReporting(db: ReadableDb, of: { accountId: string; address: string }): Reporting {
  const row = db.get<Record<keyof Reporting, number | null>>(
    'SELECT delivery, display, typing FROM reporting WHERE account_id = ? AND address = ?',
    rowId(of.accountId),
    of.address,
  );
  if (row === undefined) return NOTHING_CHOSEN;
  const chosen = (value: number | null): boolean | null => (value === null ? null : value === 1);
  return { delivery: chosen(row.delivery), display: chosen(row.display), typing: chosen(row.typing) };
}

/** Replaces all three. */
export function saveReporting(db: WritableDb, to: { accountId: string; address: string; reporting: Reporting }): void {
  const value = (chosen: boolean | null): number | null => (chosen === null ? null : Number(chosen));
  const { delivery, display, typing } = to.reporting;
  db.run(
    'INSERT OR REPLACE INTO reporting (account_id, address, delivery, display, typing) VALUES (?, ?, ?, ?, ?)',
    rowId(to.accountId),
    to.address,
    value(delivery),
    value(display),
    value(typing),
  );
}
