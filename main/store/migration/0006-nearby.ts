// Version 6: accounts without a server: where they listen, and the keys that peers are known by.
import type Database from 'better-sqlite3';

/*
 * WHY a table of its own and not columns of contacts: whoever writes to us is known by a key, a contact or not.
 * WHY interfaces as JSON: they are read and written as a whole, never searched.
 */
const NEARBY = `
  ALTER TABLE account ADD COLUMN listen_port INTEGER;
  ALTER TABLE account ADD COLUMN interfaces TEXT;
  CREATE TABLE peer_key (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    key TEXT NOT NULL,
    first_seen_at_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    compared_at_ms INTEGER,
    offered_key TEXT,
    last_location TEXT NOT NULL,
    PRIMARY KEY (account_id, address)
  ) STRICT, WITHOUT ROWID;`;

export function createNearby(db: Database.Database): void {
  db.exec(NEARBY);
}
