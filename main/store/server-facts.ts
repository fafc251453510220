// What was learned of an account's server by asking it, so that it need not be asked again: how lists are watched, what it turned out to do.
import { rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export function getServerFact(db: ReadableDb, of: { accountId: string; name: string }): string | null {
  const row = db.get<{ value: string }>(
    'SELECT f.value FROM server_fact f WHERE f.account_id = ? AND f.name = ?',
    rowId(of.accountId),
    of.name,
  );
  return row?.value ?? null;
}

export function saveServerFact(db: WritableDb, to: { accountId: string; name: string; value: string }): void {
  db.run('INSERT OR REPLACE INTO server_fact (account_id, name, value) VALUES (?, ?, ?)', rowId(to.accountId), to.name, to.value);
}

/** Another server, or the same one that may have changed: everything is to be learned anew. */
export function forgetServerFacts(db: WritableDb, of: { accountId: string }): void {
  db.run('DELETE FROM server_fact WHERE account_id = ?', rowId(of.accountId));
}
