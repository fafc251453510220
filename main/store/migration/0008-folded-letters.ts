// Version 8: the indexes fold letters that Unicode does not take apart (ß, ø, ł …) and the marks of old Greek, so they are made anew.
import type Database from 'better-sqlite3';
import { foldedInSql } from '../fold-text.ts';
import { INDEX_TABLES } from './0003-search-indexes.ts';
import { INDEX_SETTINGS } from './0007-lean-messages.ts';

/*
 * WHY in the views: all that is written to the indexes or taken out of them is read there, so both are always the same.
 * WHY the indexes empty: messages are indexed later, some at a time (index-words.ts), and are found by reading until then.
 */
const FOLDED_LETTERS = `
  DROP TABLE message_word;
  DROP TABLE message_gram;
  DROP VIEW message_word_source;
  DROP VIEW message_gram_source;
  CREATE VIEW message_word_source AS
    SELECT message_id, 34359738367 - message_id AS place, ${foldedInSql('text')} AS text,
      'a' || account_id || ' c' || conversation_id || ' s' || (sent_at_ms / 2592000000) AS scope
    FROM message;
  CREATE VIEW message_gram_source AS
    SELECT message_id, 34359738367 - message_id AS place, substr(${foldedInSql('text')}, 1, 8192) AS text,
      char(0xf0000 + (conversation_id >> 20), 0xf0000 + ((conversation_id >> 10) & 1023), 0xf0000 + (conversation_id & 1023)) AS conversation,
      char(0xf1000 + (account_id >> 20), 0xf0000 + ((account_id >> 10) & 1023), 0xf0000 + (account_id & 1023)) AS account,
      char(0xf2000, 0xf0000 + (((sent_at_ms / 2592000000) >> 10) & 1023), 0xf0000 + ((sent_at_ms / 2592000000) & 1023)) AS span
    FROM message;
  UPDATE message_index SET indexed_to = 0, purge = 0;`;

export function foldMoreLetters(db: Database.Database): void {
  db.exec(FOLDED_LETTERS + INDEX_TABLES + INDEX_SETTINGS);
}
