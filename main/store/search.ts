// Search through all messages: newest stored first, each with the part that matched. Only reads, so that a connection of its own can do it.
import type { Message } from '../../app/domain/message.ts';
import { rowId } from './columns.ts';
import type { ReadableDb, SqlValue } from './database.ts';
import { foldText } from './fold-text.ts';
import { MESSAGE_COLUMNS, toMessage } from './message-row.ts';
import type { MessageRow } from './message-row.ts';
import { INDEX_TOP, planSearch } from './search-indexes.ts';
import type { IndexScope } from './search-indexes.ts';
import { findMatches, readSearchQuery } from './search-query.ts';
import type { SearchQuery } from './search-query.ts';
import { printSnippet } from './snippet.ts';

export type FoundMessage = Message & { snippet: string };

/** `query` is what a person typed. Only messages that fit all that is given; `untilMs` is not included. */
export interface SearchOf {
  readonly query: string;
  readonly accountId?: string;
  readonly conversationId?: string;
  /** The person: conversations of all accounts with this address. */
  readonly address?: string;
  readonly direction?: 'in' | 'out';
  /** Bounds of the time shown. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** A message id, for the next page. */
  readonly before?: string;
  readonly limit: number;
}

type Row = MessageRow & { address: string };

/** Rows read at a time at most; between two, the search can be cancelled. */
const PAGE_LIMIT = 2_000;
/** Rows that a search without index goes through at a time: some ten milliseconds. */
const SCAN_ROWS = 50_000;

const FROM_INDEX = (index: string): string => `SELECT ${MESSAGE_COLUMNS}, c.address
  FROM ${index} w CROSS JOIN message m ON m.message_id = ${INDEX_TOP} - w.rowid CROSS JOIN conversation c ON c.conversation_id = m.conversation_id
  WHERE w.${index} MATCH ? AND w.rowid > ? ORDER BY w.rowid LIMIT ?`;
const SELECT_FROM = { word: FROM_INDEX('message_word'), gram: FROM_INDEX('message_gram') } as const;
const FROM_TABLE = `SELECT ${MESSAGE_COLUMNS}, c.address
  FROM message m CROSS JOIN conversation c ON c.conversation_id = m.conversation_id`;
const SELECT_TAIL = `${FROM_TABLE} WHERE m.message_id > ? AND m.message_id < ? ORDER BY m.message_id DESC LIMIT ?`;
const SELECT_SCAN = `${FROM_TABLE} WHERE m.message_id > ? AND m.message_id < ? AND instr(m.text, ?) > 0 ORDER BY m.message_id DESC LIMIT ?`;

interface Search {
  readonly db: ReadableDb;
  readonly query: SearchQuery;
  readonly scope: IndexScope;
  readonly isInScope: (row: Row) => boolean;
  readonly limit: number;
  readonly isCancelled: () => boolean;
  readonly found: FoundMessage[];
}

function readScope(db: ReadableDb, of: SearchOf): IndexScope & { conversations?: readonly number[] } {
  const conversations =
    of.conversationId !== undefined
      ? [rowId(of.conversationId)]
      : of.address === undefined
        ? undefined
        : db.all<{ id: number }>('SELECT conversation_id AS id FROM conversation c WHERE c.address = ?', of.address).map(({ id }) => id);
  return {
    ...(of.accountId !== undefined && { account: rowId(of.accountId) }),
    ...(conversations !== undefined && { conversations }),
    ...(of.fromMs !== undefined && { fromMs: of.fromMs }),
    ...(of.untilMs !== undefined && { untilMs: of.untilMs }),
    ...((of.fromMs !== undefined || of.untilMs !== undefined) && { newestMs: newestTime(db) }),
  };
}

/** By the last messages of all conversations. */
function newestTime(db: ReadableDb): number {
  const row = db.get<{ at_ms: number | null }>(
    'SELECT max(m.sent_at_ms) AS at_ms FROM conversation c CROSS JOIN message m ON m.message_id = c.last_message_id',
  );
  return row?.at_ms ?? 0;
}

function scopeFilter(db: ReadableDb, of: SearchOf, scope: IndexScope): (row: Row) => boolean {
  const { account, fromMs = 0, untilMs = Infinity } = scope;
  const conversations = scope.conversations === undefined ? undefined : new Set(scope.conversations);
  const removed = new Set(db.all<{ id: number }>('SELECT account_id AS id FROM deletion WHERE account_id IS NOT NULL').map(({ id }) => id));
  return (row) =>
    (conversations === undefined || conversations.has(row.conversation_id)) &&
    (account === undefined || row.account_id === account) &&
    (of.direction === undefined || row.direction === of.direction) &&
    row.sent_at_ms >= fromMs &&
    row.sent_at_ms < untilMs &&
    !removed.has(row.account_id);
}

function take(search: Search, row: Row): void {
  if (search.found.length >= search.limit || !search.isInScope(row)) return;
  const matches = findMatches(search.query, foldText(row.text));
  if (matches === null) return;
  search.found.push(Object.assign(toMessage(row, row.address), { snippet: printSnippet(row.text, matches) }));
}

/** Pages through a statement until enough is found. `next` gives its values for the page after `last`. */
function readPages(search: Search, sql: string, values: (last: Row | undefined) => SqlValue[]): void {
  let last: Row | undefined;
  let page = search.limit;
  while (search.found.length < search.limit && !search.isCancelled()) {
    const rows = search.db.all<Row>(sql, ...values(last), page);
    for (const row of rows) take(search, row);
    if (rows.length < page) return;
    last = rows.at(-1);
    page = Math.min(page * 4, PAGE_LIMIT);
  }
}

function readScanned(search: Search, text: string, below: number): void {
  for (let top = below; top > 1 && search.found.length < search.limit && !search.isCancelled(); top -= SCAN_ROWS) {
    readPages(search, SELECT_SCAN, (last) => [top - SCAN_ROWS - 1, last?.message_id ?? top, text]);
  }
}

/** When `isCancelled` says so, it ends early with what it has. Nothing is found by a query without a word. In `snippet` the matches stand between U+0001 and U+0002. */
export function searchMessages(db: ReadableDb, of: SearchOf, isCancelled: () => boolean = () => false): FoundMessage[] {
  const query = readSearchQuery(of.query);
  if (query === null) return [];
  const scope = readScope(db, of);
  if (scope.conversations?.length === 0) return [];
  const search: Search = { db, query, scope, isInScope: scopeFilter(db, of, scope), limit: of.limit, isCancelled, found: [] };
  const place = db.get<{ indexed_to: number; newest: number | null }>(
    'SELECT indexed_to, (SELECT max(message_id) FROM message) AS newest FROM message_index',
  );
  const indexedTo = place?.indexed_to ?? 0;
  const before = of.before === undefined ? (place?.newest ?? 0) + 1 : rowId(of.before);
  // Those that wait for the indexes are the newest ones.
  if (before > indexedTo + 1) readPages(search, SELECT_TAIL, (last) => [indexedTo, last?.message_id ?? before]);
  const plan = planSearch(query, scope);
  const below = Math.min(before, indexedTo + 1);
  if (plan.kind === 'scan') readScanned(search, plan.text, below);
  else readPages(search, SELECT_FROM[plan.kind], (last) => [plan.expression, INDEX_TOP - (last?.message_id ?? below)]);
  return search.found;
}
