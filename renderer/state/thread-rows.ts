// A thread as rows: day lines, the unread line, and messages grouped by sender within five minutes.
import type { Message } from '../../app/domain/message.ts';
import { startOfDay } from '../text/format.ts';

/** Messages of one sender closer than this stand together, with the time at the end. */
const GROUP_MS = 5 * 60_000;

export type ThreadRow =
  | { readonly kind: 'day'; readonly key: string; readonly atMs: number }
  | { readonly kind: 'unread'; readonly key: string }
  | { readonly kind: 'begin'; readonly key: string }
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly isFirst: boolean; readonly isLast: boolean };

const BEGIN: ThreadRow = { kind: 'begin', key: 'begin' };

/** The local day of a time, found without making a date for each message of the same day. */
function dayFinder(): (ms: number) => number {
  let from = 1;
  let to = 0;
  return (ms) => {
    if (ms < from || ms >= to) {
      from = startOfDay(ms);
      to = startOfDay(ms, 1);
    }
    return from;
  };
}

/** The messages of `messages` that are not in `known`. */
export function without(messages: readonly Message[], known: readonly Message[]): Message[] {
  const ids = new Set(known.map((message) => message.messageId));
  return messages.filter((message) => !ids.has(message.messageId));
}

/** The rows of the messages from index `from` to before `to`; what stands around them is looked at, not drawn. */
function rowsBetween(messages: readonly Message[], from: number, to: number, unreadFromId: string | null): ThreadRow[] {
  const rows: ThreadRow[] = [];
  const dayOf = dayFinder();
  const isSameDay = (a: Message, b: Message): boolean => dayOf(a.sentAtMs) === dayOf(b.sentAtMs);
  const standTogether = (a: Message | undefined, b: Message | undefined): boolean =>
    a !== undefined &&
    b !== undefined &&
    a.direction === b.direction &&
    b.messageId !== unreadFromId &&
    Math.abs(b.sentAtMs - a.sentAtMs) < GROUP_MS &&
    isSameDay(a, b);
  let isFirst = !standTogether(messages[from - 1], messages[from]);
  for (let at = from; at < to; at += 1) {
    const message = messages[at];
    if (message === undefined) continue;
    const before = messages[at - 1];
    if (before === undefined || (isFirst && !isSameDay(before, message))) {
      rows.push({ kind: 'day', key: `day ${message.messageId}`, atMs: dayOf(message.sentAtMs) });
    }
    if (message.messageId === unreadFromId) rows.push({ kind: 'unread', key: 'unread' });
    const isLast = !standTogether(message, messages[at + 1]);
    rows.push({ kind: 'message', key: message.messageId, message, isFirst, isLast });
    isFirst = isLast;
  }
  return rows;
}

/** `unreadFromId`: the first message that was unread when the thread was opened, or null. `isWhole`: nothing older exists. One pass. */
export function threadRows(messages: readonly Message[], unreadFromId: string | null, isWhole: boolean): ThreadRow[] {
  const rows = rowsBetween(messages, 0, messages.length, unreadFromId);
  if (isWhole && messages.length > 0) rows.unshift(BEGIN);
  return rows;
}

/** Where in `rows` the row of a message is; it is looked for from the nearer end of where it can be. */
function indexOfMessage(rows: readonly ThreadRow[], message: Message | undefined, isNearEnd: boolean): number {
  const isIt = (row: ThreadRow): boolean => row.kind === 'message' && row.message === message;
  return isNearEnd ? rows.findLastIndex(isIt) : rows.findIndex(isIt);
}

/**
 * `threadRows` for a thread that changes: as the same rows as possible, and without going through all of them. WHY: a thread may hold
 * ten thousands of messages, older ones come while one scrolls, and each row that is a new object is drawn anew.
 */
export function createThreadRows(): (...of: Parameters<typeof threadRows>) => readonly ThreadRow[] {
  let known: readonly Message[] = [];
  let knownUnreadId: string | null = null;
  let rows: readonly ThreadRow[] = [];

  function update(messages: readonly Message[]): ThreadRow[] {
    const shorter = Math.min(messages.length, known.length);
    let same = 0;
    while (same < shorter && messages[same] === known[same]) same += 1;
    let sameAtEnd = 0;
    while (sameAtEnd < shorter - same && messages.at(-1 - sameAtEnd) === known.at(-1 - sameAtEnd)) sameAtEnd += 1;
    // What stands beside a change may begin or end a group now.
    const from = Math.max(0, same - 1);
    const to = Math.min(messages.length, messages.length - sameAtEnd + 1);
    const keptBefore = from === 0 ? 0 : indexOfMessage(rows, messages[from - 1], from > messages.length / 2) + 1;
    const keptAfter = sameAtEnd === 0 ? rows.length : indexOfMessage(rows, messages[to - 1], to > messages.length / 2) + 1;
    return [...rows.slice(0, keptBefore), ...rowsBetween(messages, from, to, knownUnreadId), ...rows.slice(keptAfter)];
  }

  return (messages, unreadFromId, isWhole) => {
    if (messages !== known || unreadFromId !== knownUnreadId) {
      rows = unreadFromId === knownUnreadId ? update(messages) : rowsBetween(messages, 0, messages.length, unreadFromId);
      known = messages;
      knownUnreadId = unreadFromId;
    }
    return isWhole && messages.length > 0 ? [BEGIN, ...rows] : rows;
  };
}
