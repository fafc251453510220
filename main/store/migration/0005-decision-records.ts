// Version 5: the log of decisions with device and confirmation, wider decisions, conflicts, and what was learned of each server.
import type Database from 'better-sqlite3';

/*
 * WHY answered requests stay as rows: an undo brings the question back with its history.
 * WHY exceptions and parts as JSON: they are read and written as a whole, never searched.
 */
const MORE_COLUMNS = `
  ALTER TABLE request ADD COLUMN asked_count INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE request ADD COLUMN is_one_time INTEGER NOT NULL DEFAULT 0 CHECK (is_one_time IN (0, 1));
  ALTER TABLE request ADD COLUMN remind_at_ms INTEGER;
  ALTER TABLE request ADD COLUMN answered_at_ms INTEGER;
  ALTER TABLE request ADD COLUMN subscription_ids TEXT NOT NULL DEFAULT '';
  ALTER TABLE watcher ADD COLUMN since_ms INTEGER NOT NULL DEFAULT 0;
  UPDATE watcher SET since_ms = seen_at_ms;
  ALTER TABLE decision ADD COLUMN sphere TEXT NOT NULL DEFAULT '';
  ALTER TABLE decision ADD COLUMN seen TEXT;
  ALTER TABLE decision ADD COLUMN except_addresses TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE decision ADD COLUMN from_scope TEXT NOT NULL DEFAULT '';
  ALTER TABLE own_presence ADD COLUMN mood TEXT NOT NULL DEFAULT '';
  ALTER TABLE own_presence ADD COLUMN place TEXT NOT NULL DEFAULT '';
  ALTER TABLE own_presence ADD COLUMN sphere TEXT NOT NULL DEFAULT '';`;

const RECORDS = `
  CREATE TABLE decision_record (
    decision_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('allow', 'block', 'politely-block', 'later', 'none')),
    decided_at_ms INTEGER NOT NULL,
    until_ms INTEGER,
    sphere TEXT NOT NULL,
    seen TEXT,
    except_addresses TEXT NOT NULL,
    from_scope TEXT NOT NULL,
    device TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('person', 'elsewhere', 'time', 'scope', 'undo')),
    confirmed_at_ms INTEGER,
    confirmed_state TEXT NOT NULL,
    failure TEXT
  ) STRICT;
  CREATE INDEX decision_record_address ON decision_record (account_id, address);
  INSERT INTO decision_record (decision_id, account_id, address, display_name, decision, decided_at_ms, until_ms, sphere, seen,
      except_addresses, from_scope, device, cause, confirmed_at_ms, confirmed_state, failure)
    SELECT log_id, account_id, address, '', CASE decision WHEN 'ended' THEN 'none' ELSE decision END, at_ms, until_ms, '', NULL,
      '[]', '', '', CASE decision WHEN 'ended' THEN 'time' ELSE 'person' END, NULL, '', NULL FROM decision_log ORDER BY log_id;
  UPDATE decision_record SET confirmed_at_ms = d.confirmed_at_ms, failure = d.failure FROM decision d
    WHERE d.account_id = decision_record.account_id AND d.address = decision_record.address
      AND decision_record.decision_id = (SELECT max(n.decision_id) FROM decision_record n
        WHERE n.account_id = d.account_id AND n.address = d.address);
  DROP TABLE decision_log;`;

const CONFLICTS_AND_FACTS = `
  CREATE TABLE decision_conflict (
    conflict_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    our_decision TEXT NOT NULL,
    our_terms TEXT NOT NULL,
    our_decided_at_ms INTEGER NOT NULL,
    their_decision TEXT NOT NULL,
    their_terms TEXT NOT NULL,
    their_seen_at_ms INTEGER NOT NULL,
    UNIQUE (account_id, address)
  ) STRICT;
  CREATE TABLE server_fact (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (account_id, name)
  ) STRICT, WITHOUT ROWID;`;

export function createDecisionRecords(db: Database.Database): void {
  db.exec(MORE_COLUMNS + RECORDS + CONFLICTS_AND_FACTS);
}
