// The word index' side of adding a message; deletions and changes of text are followed by triggers (migration 0002).
import type { WritableDb } from './database.ts';

/** Must follow every INSERT into the message table, in the same work. `account` and `conversation` are row ids. */
export function indexWords(db: WritableDb, of: { message: number; account: number; conversation: number; text: string }): void {
  db.run('INSERT INTO message_word (rowid, text, scope) VALUES (?, ?, ?)', of.message, of.text, `a${of.account} c${of.conversation}`);
}
