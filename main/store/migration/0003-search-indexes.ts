// Version 3: words and grams (substrings) of all messages, newest first; what is to be deleted, how long messages are kept.
import type Database from 'better-sqlite3';

/*
 * Rows already there are indexed later, some at a time (index-words.ts): opening must not wait for a million of them.
 * WHY `place`: newest first is ascending then, see search-indexes.ts, which knows the same numbers.
 * WHY columnsize=0: column sizes serve ranking only. WHY detail=none for grams: positions would cost three times the space, and
 * each text is compared with the query itself anyway.
 * `scope`, `conversation`, `account` and `span` (thirty days of the time shown): so that a filter is one more list to intersect
 * instead of a look at each match. As grams they are three private characters each.
 * WHY only the beginning of a text as grams: a message of 60 000 characters would hold the event loop to index or delete it.
 * Its words are all found.
 * WHY BEFORE and not AFTER: the views still have the row, so that each expression is written once.
 * WHY no secure-delete: it takes 2 ms a message for words, 100 ms for grams. Deleted words go by merging, see purge-index.ts.
 */
const VIEWS = `
  CREATE VIEW message_word_source AS
    SELECT message_id, 34359738367 - message_id AS place, text,
      'a' || account_id || ' c' || conversation_id || ' s' || (sent_at_ms / 2592000000) AS scope
    FROM message;
  CREATE VIEW message_gram_source AS
    SELECT message_id, 34359738367 - message_id AS place, substr(text, 1, 8192) AS text,
      char(0xf0000 + (conversation_id >> 20), 0xf0000 + ((conversation_id >> 10) & 1023), 0xf0000 + (conversation_id & 1023)) AS conversation,
      char(0xf1000 + (account_id >> 20), 0xf0000 + ((account_id >> 10) & 1023), 0xf0000 + (account_id & 1023)) AS account,
      char(0xf2000, 0xf0000 + (((sent_at_ms / 2592000000) >> 10) & 1023), 0xf0000 + ((sent_at_ms / 2592000000) & 1023)) AS span
    FROM message;`;

/** Also made anew when one of them is damaged. */
export const INDEX_TABLES = `
  CREATE VIRTUAL TABLE message_word USING fts5(
    text, scope, content = 'message_word_source', content_rowid = 'place', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
  );
  CREATE VIRTUAL TABLE message_gram USING fts5(
    text, conversation, account, span, content = 'message_gram_source', content_rowid = 'place', columnsize = 0, detail = none,
    tokenize = 'trigram remove_diacritics 1'
  );`;

const FORGET = `
    INSERT INTO message_word (message_word, rowid, text, scope)
      SELECT 'delete', place, text, scope FROM message_word_source WHERE message_id = old.message_id;
    INSERT INTO message_gram (message_gram, rowid, text, conversation, account, span)
      SELECT 'delete', place, text, conversation, account, span FROM message_gram_source WHERE message_id = old.message_id;
    UPDATE message_index SET purge = 1;`;
const LEARN = `
    INSERT INTO message_word (rowid, text, scope)
      SELECT place, text, scope FROM message_word_source WHERE message_id = new.message_id;
    INSERT INTO message_gram (rowid, text, conversation, account, span)
      SELECT place, text, conversation, account, span FROM message_gram_source WHERE message_id = new.message_id;`;
const IS_INDEXED = 'old.message_id <= (SELECT indexed_to FROM message_index WHERE is_bulk = 0)';
const SEARCHED_COLUMNS = 'text, account_id, conversation_id, sent_at_ms';

/**
 * `is_bulk`: within a transaction that deletes many messages and tells the indexes itself (delete-messages.ts).
 * `purge`: 0 no deleted words are in the indexes, 1 there are, 2 the merging that takes them out has begun.
 */
const PROGRESS = `
  CREATE TABLE message_index (
    index_id INTEGER PRIMARY KEY CHECK (index_id = 1),
    indexed_to INTEGER NOT NULL,
    purge INTEGER NOT NULL,
    is_bulk INTEGER NOT NULL CHECK (is_bulk IN (0, 1))
  ) STRICT;
  INSERT INTO message_index VALUES (1, 0, 0, 0);
  CREATE TRIGGER message_index_delete BEFORE DELETE ON message WHEN ${IS_INDEXED} BEGIN ${FORGET} END;
  CREATE TRIGGER message_index_forget BEFORE UPDATE OF ${SEARCHED_COLUMNS} ON message WHEN ${IS_INDEXED} BEGIN ${FORGET} END;
  CREATE TRIGGER message_index_learn AFTER UPDATE OF ${SEARCHED_COLUMNS} ON message WHEN ${IS_INDEXED} BEGIN ${LEARN} END;`;

/** `deletion`: what goes step by step, and goes on after a crash. `retention`: 0 is for all, else a conversation's id. */
const KEEPING = `
  CREATE TABLE deletion (
    deletion_id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id INTEGER REFERENCES account ON DELETE CASCADE,
    conversation_id INTEGER REFERENCES conversation ON DELETE CASCADE,
    up_to_message_id INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX deletion_account ON deletion (account_id);
  CREATE INDEX deletion_conversation ON deletion (conversation_id);
  CREATE TABLE retention (
    retention_id INTEGER PRIMARY KEY,
    keep_days INTEGER NOT NULL CHECK (keep_days >= 0)
  ) STRICT;
  CREATE TRIGGER retention_delete AFTER DELETE ON conversation BEGIN
    DELETE FROM retention WHERE retention_id = old.conversation_id;
  END;`;

export function createSearchIndexes(db: Database.Database): void {
  db.exec(`DROP TRIGGER message_word_delete;
    DROP TRIGGER message_word_update;
    DROP TABLE message_word;
    DROP TABLE message_word_progress;
    DROP VIEW message_searchable;`);
  db.exec(VIEWS + INDEX_TABLES + PROGRESS + KEEPING);
}
