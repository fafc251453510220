// Search through all messages: newest stored first, each with the part that matched. Only reads, so that a connection of its own can do it.
import { rowId } from './columns.ts';
import type { ReadableDb, SqlValue } from './database.ts';
import { foldText } from './fold-text.ts';
import { AT, FOUND_COLUMNS, toFoundMessage } from './found-row.ts';
import type { FoundMessage, FoundPlace, FoundRow } from './found-row.ts';
import { INDEX_TOP, planSearch } from './search-indexes.ts';
import type { IndexScope } from './search-indexes.ts';
import { findMatches, readSearchQuery } from './search-query.ts';
import type { SearchQuery } from './search-query.ts';
import { printSnippet } from './snippet.ts';

export type { FoundMessage };

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

/** Rows read at a time at most; between two, the search can be cancelled. */
const PAGE_LIMIT = 2_000;
/** Rows that a search without index goes through at a time: some ten milliseconds. */
const SCAN_ROWS = 50_000;

const FROM_INDEX = (index: string): string => `SELECT ${FOUND_COLUMNS}
  FROM ${index} w CROSS JOIN message m ON m.message_id = ${INDEX_TOP} - w.rowid
  WHERE w.${index} MATCH ? AND w.rowid > ? ORDER BY w.rowid LIMIT ?`;
const SELECT_FROM = { word: FROM_INDEX('message_word'), gram: FROM_INDEX('message_gram') } as const;
const FROM_TABLE = `SELECT ${FOUND_COLUMNS} FROM message m`;
const SELECT_TAIL = `${FROM_TABLE} WHERE m.message_id > ? AND m.message_id < ? ORDER BY m.message_id DESC LIMIT ?`;
const SELECT_SCAN = `${FROM_TABLE} WHERE m.message_id > ? AND m.message_id < ? AND instr(m.text, ?) > 0 ORDER BY m.message_id DESC LIMIT ?`;

/** Conversations remembered of each database; beyond, all are read anew. */
const PLACES_LIMIT = 10_000;
/** WHY remembered: ids are given once and addresses stay, so each is read once instead of with each row. */
const knownPlaces = new WeakMap<ReadableDb, Map<number, FoundPlace>>();

/** undefined: there is no such conversation any more. */
function placeOf(search: Search, conversation: number): FoundPlace | undefined {
  const known = search.places.get(conversation);
  if (known !== undefined) return known;
  const row = search.db.row<readonly [account: number, address: string]>(
    'SELECT account_id, address FROM conversation WHERE conversation_id = ?',
    conversation,
  );
  if (row === undefined) return undefined;
  if (search.places.size >= PLACES_LIMIT) search.places.clear();
  const place = { conversationId: String(conversation), accountId: String(row[0]), address: row[1] };
  search.places.set(conversation, place);
  return place;
}

function placesOf(db: ReadableDb): Map<number, FoundPlace> {
  let places = knownPlaces.get(db);
  if (places === undefined) knownPlaces.set(db, (places = new Map<number, FoundPlace>()));
  return places;
}

interface Search {
  readonly db: ReadableDb;
  readonly places: Map<number, FoundPlace>;
  readonly query: SearchQuery;
  readonly isInScope: ((row: FoundRow, place: FoundPlace) => boolean) | null;
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

/** null: every row that the index finds is in scope. */
function scopeFilter(of: SearchOf, scope: IndexScope, removed: readonly string[]): Search['isInScope'] {
  const { fromMs = 0, untilMs = Infinity } = scope;
  const account = scope.account === undefined ? undefined : String(scope.account);
  const conversations = scope.conversations === undefined ? undefined : new Set(scope.conversations);
  const isAll = account === undefined && conversations === undefined && of.direction === undefined;
  if (isAll && fromMs === 0 && untilMs === Infinity && removed.length === 0) return null;
  return (row, { accountId }) =>
    (conversations === undefined || conversations.has(row[AT.conversationId])) &&
    (account === undefined || accountId === account) &&
    (of.direction === undefined || (row[AT.isIncoming] === 1) === (of.direction === 'in')) &&
    row[AT.sentAtMs] >= fromMs &&
    row[AT.sentAtMs] < untilMs &&
    !removed.includes(accountId);
}

function take(search: Search, row: FoundRow): void {
  if (search.found.length >= search.limit) return;
  const place = placeOf(search, row[AT.conversationId]);
  if (place === undefined || search.isInScope?.(row, place) === false) return;
  const text = row[AT.text];
  const matches = findMatches(search.query, foldText(text));
  if (matches !== null) search.found.push(toFoundMessage(row, place, printSnippet(text, matches)));
}

/** Pages through a statement until enough is found. `values` gives its values for the page after the message `last`. */
function readPages(search: Search, sql: string, values: (last: number | undefined) => SqlValue[]): void {
  let last: number | undefined;
  let page = search.limit;
  while (search.found.length < search.limit && !search.isCancelled()) {
    const rows = search.db.rows<FoundRow>(sql, ...values(last), page);
    for (const row of rows) take(search, row);
    if (rows.length < page) return;
    last = rows.at(-1)?.[AT.messageId];
    page = Math.min(page * 4, PAGE_LIMIT);
  }
}

function readScanned(search: Search, text: string, below: number): void {
  for (let top = below; top > 1 && search.found.length < search.limit && !search.isCancelled(); top -= SCAN_ROWS) {
    readPages(search, SELECT_SCAN, (last) => [top - SCAN_ROWS - 1, last ?? top, text]);
  }
}

type Place = readonly [indexedTo: number, newest: number | null, removals: number];
const SELECT_PLACE = `SELECT indexed_to, (SELECT max(message_id) FROM message), (SELECT count(account_id) FROM deletion) FROM message_index`;
/** Accounts whose messages go step by step are not shown any more. */
const SELECT_REMOVED = 'SELECT account_id AS id FROM deletion WHERE account_id IS NOT NULL';

/** When `isCancelled` says so, it ends early with what it has. Nothing is found by a query without a word. In `snippet` the matches stand between U+0001 and U+0002. */
export function searchMessages(db: ReadableDb, of: SearchOf, isCancelled: () => boolean = () => false): FoundMessage[] {
  const query = readSearchQuery(of.query);
  if (query === null) return [];
  const scope = readScope(db, of);
  if (scope.conversations?.length === 0) return [];
  const [indexedTo, newest, removals] = db.row<Place>(SELECT_PLACE) ?? [0, 0, 0];
  const removed = removals === 0 ? [] : db.all<{ id: number }>(SELECT_REMOVED).map(({ id }) => String(id));
  const isInScope = scopeFilter(of, scope, removed);
  const search: Search = { db, query, isInScope, limit: of.limit, isCancelled, found: [], places: placesOf(db) };
  const before = of.before === undefined ? (newest ?? 0) + 1 : rowId(of.before);
  // Those that wait for the indexes are the newest ones.
  if (before > indexedTo + 1) readPages(search, SELECT_TAIL, (last) => [indexedTo, last ?? before]);
  const plan = planSearch(query, scope);
  const below = Math.min(before, indexedTo + 1);
  if (plan.kind === 'scan') readScanned(search, plan.text, below);
  else readPages(search, SELECT_FROM[plan.kind], (last) => [plan.expression, INDEX_TOP - (last ?? below)]);
  return search.found;
}
