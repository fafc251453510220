// How long messages are kept: for all conversations, and for single ones otherwise.
import { rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

const ALL = 0;
const DAY_MS = 86_400_000;

const placeOf = (conversationId: string | undefined): number => (conversationId === undefined ? ALL : rowId(conversationId));

/** Days; 0: for ever; null: nothing said (a conversation then follows what is said for all, and that is for ever). */
export function getRetention(db: ReadableDb, of: { conversationId?: string }): number | null {
  const row = db.get<{ keep_days: number }>('SELECT keep_days FROM retention WHERE retention_id = ?', placeOf(of.conversationId));
  return row?.keep_days ?? null;
}

export function setRetention(db: WritableDb, to: { conversationId?: string; keepDays: number | null }): void {
  const place = placeOf(to.conversationId);
  db.run('DELETE FROM retention WHERE retention_id = ?', place);
  if (to.keepDays !== null) db.run('INSERT INTO retention (retention_id, keep_days) VALUES (?, ?)', place, to.keepDays);
}

export function hasRetention(db: ReadableDb): boolean {
  return db.get('SELECT 1 FROM retention WHERE keep_days > 0 LIMIT 1') !== undefined;
}

/** Conversations that have messages stored too long ago, and before which time that is. */
export function listExpired(db: ReadableDb, of: { nowMs: number }): { conversationId: string; storedBeforeMs: number }[] {
  const rows = db.all<{ id: number; keep_days: number; oldest: number }>(
    `SELECT c.conversation_id AS id, coalesce(r.keep_days, o.keep_days) AS keep_days,
       (SELECT stored_at_ms FROM message m WHERE m.conversation_id = c.conversation_id ORDER BY stored_at_ms LIMIT 1) AS oldest
     FROM conversation c LEFT JOIN retention r ON r.retention_id = c.conversation_id LEFT JOIN retention o ON o.retention_id = ${ALL}
     WHERE coalesce(r.keep_days, o.keep_days, 0) > 0`,
  );
  return rows
    .map(({ id, keep_days: days, oldest }) => ({ conversationId: String(id), storedBeforeMs: of.nowMs - days * DAY_MS, oldest }))
    .filter(({ storedBeforeMs, oldest }) => oldest !== null && oldest < storedBeforeMs)
    .map(({ conversationId, storedBeforeMs }) => ({ conversationId, storedBeforeMs }));
}
