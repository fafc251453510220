// Version 7: a message's identity and dedupe key in its own row, so that one that comes alone writes three pages instead of six.
import type Database from 'better-sqlite3';

/*
 * WHY rows of `message_identity` stay where they are: moving those of a million messages would hold the start for a minute. What stands
 * in the message itself counts before what stands there.
 * `seen_at_ms`: when the message came; NULL: at the time it was stored at.
 * `message_seen`: from now on keys of deleted messages only, so that one that was deleted does not come again.
 * WHY 22 characters of a key: 132 bits of a digest tell messages apart as well as all 256, in half the space.
 * WHY only those of two days (by the newest message) are kept of deleted messages: nobody asks for older ones, and a long conversation
 * may go at once. WHY the account is looked for: one that goes takes its messages along, and keys for it would refer to nothing.
 */
const LEAN_MESSAGES = `
  ALTER TABLE message ADD COLUMN call_id TEXT;
  ALTER TABLE message ADD COLUMN cseq INTEGER;
  ALTER TABLE message ADD COLUMN from_tag TEXT;
  ALTER TABLE message ADD COLUMN imdn_id TEXT;
  ALTER TABLE message ADD COLUMN dedupe_key TEXT;
  ALTER TABLE message ADD COLUMN seen_at_ms INTEGER;
  CREATE INDEX message_imdn ON message (imdn_id) WHERE imdn_id IS NOT NULL;
  ALTER TABLE message_seen RENAME TO message_seen_before;
  CREATE TABLE message_seen (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    dedupe_key TEXT NOT NULL,
    message_id INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, dedupe_key)
  ) STRICT, WITHOUT ROWID;
  INSERT OR REPLACE INTO message_seen
    SELECT account_id, substr(dedupe_key, 1, 22), message_id, seen_at_ms FROM message_seen_before ORDER BY account_id, dedupe_key;
  DROP TABLE message_seen_before;
  CREATE TRIGGER message_seen_keep BEFORE DELETE ON message
  WHEN old.dedupe_key IS NOT NULL
    AND coalesce(old.seen_at_ms, old.stored_at_ms) > (SELECT stored_at_ms FROM message ORDER BY message_id DESC LIMIT 1) - 172800000
    AND EXISTS (SELECT 1 FROM account WHERE account_id = old.account_id) BEGIN
    INSERT INTO message_seen VALUES (old.account_id, old.dedupe_key, old.message_id, coalesce(old.seen_at_ms, old.stored_at_ms))
      ON CONFLICT DO UPDATE SET message_id = excluded.message_id, seen_at_ms = excluded.seen_at_ms
      WHERE excluded.seen_at_ms >= message_seen.seen_at_ms;
  END;`;

/**
 * Indexes are merged by merge-index.ts, not by themselves, which would be many pages at once; and where there are 8 segments of a size
 * instead of 4, so that a message is written again half as often. The last number is for when nobody merges.
 */
export const INDEX_SETTINGS = ['message_word', 'message_gram']
  .flatMap((table) =>
    Object.entries({ automerge: 0, usermerge: 8, crisismerge: 64 }).map(
      ([setting, value]) => `INSERT INTO ${table} (${table}, rank) VALUES ('${setting}', ${value});`,
    ),
  )
  .join('\n');

export function makeMessagesLean(db: Database.Database): void {
  db.exec(LEAN_MESSAGES + INDEX_SETTINGS);
}
