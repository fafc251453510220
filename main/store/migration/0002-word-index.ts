// Version 2: the word index over all messages, filled with what is there already.
import type Database from 'better-sqlite3';

/*
 * The index keeps no text of its own: it reads the view. `scope` holds the account and the conversation as words (a1 c34), so
 * that a filter is one more list to intersect instead of a look at each match.
 * WHY progress: new messages are indexed some at a time (index-words.ts), up to and with `indexed_to`; the index writes several
 * pages each time, which would cost a third of all when done for each message alone.
 * WHY columnsize=0: column sizes serve ranking only; results come newest first. It saves a row per message.
 * SECURITY: snippets mark matches with U+0001 and U+0002; the view takes them out of texts, so nobody can fake a mark. Both are
 * separators for the tokenizer, as the space is, so that the words stay the same.
 * SECURITY: secure-delete takes the words of a deleted message out at once instead of at the next merge.
 */
const WORD_INDEX = `
  CREATE VIEW message_searchable AS
    SELECT message_id, replace(replace(text, char(1), ' '), char(2), ' ') AS text, 'a' || account_id || ' c' || conversation_id AS scope
    FROM message;
  CREATE VIRTUAL TABLE message_word USING fts5(
    text, scope, content = 'message_searchable', content_rowid = 'message_id', columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2'
  );
  INSERT INTO message_word (message_word, rank) VALUES ('secure-delete', 1);
  INSERT INTO message_word (message_word) VALUES ('rebuild');
  CREATE TABLE message_word_progress (
    progress_id INTEGER PRIMARY KEY CHECK (progress_id = 1),
    indexed_to INTEGER NOT NULL
  ) STRICT;
  INSERT INTO message_word_progress SELECT 1, coalesce(max(message_id), 0) FROM message;
  CREATE TRIGGER message_word_delete AFTER DELETE ON message
  WHEN old.message_id <= (SELECT indexed_to FROM message_word_progress) BEGIN
    INSERT INTO message_word (message_word, rowid, text, scope)
    VALUES ('delete', old.message_id, old.text, 'a' || old.account_id || ' c' || old.conversation_id);
  END;
  CREATE TRIGGER message_word_update AFTER UPDATE OF text, account_id, conversation_id ON message
  WHEN old.message_id <= (SELECT indexed_to FROM message_word_progress) BEGIN
    INSERT INTO message_word (message_word, rowid, text, scope)
    VALUES ('delete', old.message_id, old.text, 'a' || old.account_id || ' c' || old.conversation_id);
    INSERT INTO message_word (rowid, text, scope)
    VALUES (new.message_id, new.text, 'a' || new.account_id || ' c' || new.conversation_id);
  END;`;

export function createWordIndex(db: Database.Database): void {
  db.exec(WORD_INDEX);
}
