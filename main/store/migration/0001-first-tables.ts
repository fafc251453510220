// Version 1: accounts, contacts, conversations with maintained summaries, messages, and what authorization and policy need.
import type Database from 'better-sqlite3';

/*
 * WHY AUTOINCREMENT: an id is never given twice, so a late change can not hit a newer row.
 * WHY message.account_id: the word index needs it when a row goes, and the conversation is gone by then.
 * WHY no reference for conversation.last_message_id: it would cost an index and a look-up per deleted message; the same
 * transaction that adds or deletes a message sets it.
 * WHY no index of unread messages or of the times of dedupe keys: each index is one more page to sync with each message. Unread ones
 * are found from the end of the thread by their count; old keys are swept beside new ones.
 * WHY identities apart: the thread is read often and has no use for them.
 */
const PEOPLE = `
  CREATE TABLE account (
    account_id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('sip', 'nearby')),
    address TEXT NOT NULL,
    display_name TEXT,
    auth_user TEXT,
    outbound_proxy TEXT,
    xcap_root TEXT,
    ca_file TEXT,
    transport TEXT,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (kind, address)
  ) STRICT;
  CREATE TABLE own_presence (
    account_id INTEGER PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    availability TEXT NOT NULL,
    note TEXT NOT NULL,
    activity TEXT NOT NULL
  ) STRICT;
  CREATE TABLE contact (
    contact_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (account_id, address)
  ) STRICT;`;

const MESSAGES = `
  CREATE TABLE conversation (
    conversation_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL DEFAULT '',
    draft TEXT NOT NULL DEFAULT '',
    unread_count INTEGER NOT NULL DEFAULT 0,
    last_message_id INTEGER,
    UNIQUE (account_id, address)
  ) STRICT;
  CREATE TABLE message (
    message_id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
    account_id INTEGER NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    state TEXT NOT NULL,
    content_type TEXT NOT NULL,
    text TEXT NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    stored_at_ms INTEGER NOT NULL,
    failure_code INTEGER,
    failure_reason TEXT
  ) STRICT;
  CREATE INDEX message_thread ON message (conversation_id, stored_at_ms);
  CREATE INDEX message_outbox ON message (account_id, conversation_id) WHERE state IN ('queued', 'sending');
  CREATE TABLE message_identity (
    message_id INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,
    call_id TEXT NOT NULL,
    cseq INTEGER NOT NULL,
    from_tag TEXT NOT NULL,
    imdn_id TEXT
  ) STRICT;
  CREATE INDEX message_identity_imdn ON message_identity (imdn_id) WHERE imdn_id IS NOT NULL;
  CREATE TABLE message_seen (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    dedupe_key TEXT NOT NULL,
    message_id INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, dedupe_key)
  ) STRICT, WITHOUT ROWID;`;

const AUTHORIZATION = `
  CREATE TABLE request (
    request_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'waiting')),
    first_seen_at_ms INTEGER NOT NULL,
    last_seen_at_ms INTEGER NOT NULL,
    is_postponed INTEGER NOT NULL DEFAULT 0 CHECK (is_postponed IN (0, 1)),
    UNIQUE (account_id, address)
  ) STRICT;
  CREATE TABLE watcher (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'waiting', 'active', 'terminated')),
    event TEXT NOT NULL,
    seen_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, address)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE decision (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('allow', 'block', 'politely-block', 'later')),
    until_ms INTEGER,
    decided_at_ms INTEGER NOT NULL,
    confirmed_at_ms INTEGER,
    failure TEXT,
    is_pending INTEGER NOT NULL CHECK (is_pending IN (0, 1)),
    PRIMARY KEY (account_id, address)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX decision_end ON decision (account_id, until_ms) WHERE until_ms IS NOT NULL;
  CREATE TABLE decision_log (
    log_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    address TEXT NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('allow', 'block', 'politely-block', 'later', 'ended')),
    until_ms INTEGER,
    at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX decision_log_account ON decision_log (account_id);`;

const DOCUMENTS = `
  CREATE TABLE document (
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    auid TEXT NOT NULL,
    url TEXT NOT NULL,
    etag TEXT,
    text TEXT NOT NULL,
    fetched_at_ms INTEGER NOT NULL,
    PRIMARY KEY (account_id, url)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE document_edit (
    edit_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
    auid TEXT NOT NULL,
    edit TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX document_edit_account ON document_edit (account_id, auid);`;

export function createFirstTables(db: Database.Database): void {
  db.exec(PEOPLE + MESSAGES + AUTHORIZATION + DOCUMENTS);
}
