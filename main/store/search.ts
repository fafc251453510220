// Search through all messages by the word index: newest stored first, each with the part that matched.
import type { Message } from '../../app/domain/message.ts';
import { rowId } from './columns.ts';
import type { WritableDb } from './database.ts';
import { indexWaiting } from './index-words.ts';
import { MESSAGE_COLUMNS, toMessage } from './message-row.ts';
import type { MessageRow } from './message-row.ts';
import { printSearchExpression } from './search-query.ts';

/** Words in a snippet: about two lines. */
const SNIPPET_WORDS = 24;

export type FoundMessage = Message & { snippet: string };

// WHY CROSS JOIN and row id order: the index gives its matches in that order by itself; any other order reads all of them first.
const SELECT = `SELECT snippet(message_word, 0, char(1), char(2), '…', ${SNIPPET_WORDS}) AS snippet, ${MESSAGE_COLUMNS}, c.address
  FROM message_word w CROSS JOIN message m ON m.message_id = w.rowid JOIN conversation c ON c.conversation_id = m.conversation_id
  WHERE w.message_word MATCH ? AND w.rowid < ? ORDER BY w.rowid DESC LIMIT ?`;

/**
 * `query` is what a person typed; nothing is found by one without a word. `before`: a message id, for the next page.
 * Writable, because what was added last is indexed first. In `snippet` the matches stand between U+0001 and U+0002.
 */
export function searchMessages(
  db: WritableDb,
  of: { query: string; accountId?: string; conversationId?: string; before?: string; limit: number },
): FoundMessage[] {
  const expression = printSearchExpression(of.query, {
    ...(of.accountId !== undefined && { account: rowId(of.accountId) }),
    ...(of.conversationId !== undefined && { conversation: rowId(of.conversationId) }),
  });
  if (expression === null) return [];
  indexWaiting(db);
  const before = of.before === undefined ? Number.MAX_SAFE_INTEGER : rowId(of.before);
  return db
    .all<MessageRow & { address: string; snippet: string }>(SELECT, expression, before, of.limit)
    .map((row) => ({ ...toMessage(row, row.address), snippet: row.snippet }));
}
