// Version 4: what is known of messages and peers beside the text: details, reports to be sent, abilities, blocked addresses, strangers.
import type Database from 'better-sqlite3';

/*
 * WHY columns in `message` and `conversation`: a thread and the list show them with each row. NULL and 0 cost a byte.
 * WHY `message_detail` apart: it is read for one message at a time, and most incoming messages have none.
 * `extra`, `states`, `exchange` and `envelope` are JSON: nothing is searched in them.
 */
const COLUMNS = `
  ALTER TABLE message ADD COLUMN extra TEXT;
  ALTER TABLE message ADD COLUMN failure_by TEXT;
  ALTER TABLE conversation ADD COLUMN is_unknown INTEGER NOT NULL DEFAULT 0 CHECK (is_unknown IN (0, 1));`;

const TABLES = `
  CREATE TABLE message_detail (
    message_id INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
    states TEXT NOT NULL,
    exchange TEXT NOT NULL,
    is_cpim INTEGER CHECK (is_cpim IN (0, 1)),
    envelope TEXT,
    wants_display INTEGER NOT NULL DEFAULT 0 CHECK (wants_display IN (0, 1))
  ) STRICT;
  CREATE TABLE peer_fact (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    fact TEXT NOT NULL,
    value INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, address, fact)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE report (
    report_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    imdn_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('delivery', 'display')),
    status TEXT NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (account_id, address, imdn_id, kind)
  ) STRICT;
  CREATE TABLE reporting (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    delivery INTEGER,
    display INTEGER,
    typing INTEGER,
    PRIMARY KEY (account_id, address)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE blocked (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    is_silent INTEGER NOT NULL CHECK (is_silent IN (0, 1)),
    since_ms INTEGER NOT NULL,
    refused_count INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, address)
  ) STRICT, WITHOUT ROWID;`;

export function addMessageExtras(db: Database.Database): void {
  db.exec(COLUMNS + TABLES);
}
