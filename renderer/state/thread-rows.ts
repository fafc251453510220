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

function standTogether(a: Message | undefined, b: Message | undefined): boolean {
  return a !== undefined && b !== undefined && a.direction === b.direction && Math.abs(b.sentAtMs - a.sentAtMs) < GROUP_MS;
}

/** The messages of `messages` that are not in `known`. */
export function without(messages: readonly Message[], known: readonly Message[]): Message[] {
  const ids = new Set(known.map((message) => message.messageId));
  return messages.filter((message) => !ids.has(message.messageId));
}

/** `unreadFromId`: the first message that was unread when the thread was opened, or null. `isWhole`: nothing older exists. One pass. */
export function threadRows(messages: readonly Message[], unreadFromId: string | null, isWhole: boolean): ThreadRow[] {
  const rows: ThreadRow[] = [];
  if (isWhole && messages.length > 0) rows.push({ kind: 'begin', key: 'begin' });
  const dayOf = dayFinder();
  let lastDay: number | undefined;
  let isBroken = true;
  for (let at = 0; at < messages.length; at += 1) {
    const message = messages[at];
    if (message === undefined) continue;
    const day = dayOf(message.sentAtMs);
    if (day !== lastDay) rows.push({ kind: 'day', key: `day ${message.messageId}`, atMs: day });
    if (message.messageId === unreadFromId) rows.push({ kind: 'unread', key: 'unread' });
    isBroken ||= day !== lastDay || message.messageId === unreadFromId;
    lastDay = day;
    const next = messages[at + 1];
    const isLast = !standTogether(message, next) || next === undefined || dayOf(next.sentAtMs) !== day || next.messageId === unreadFromId;
    dayOf(message.sentAtMs);
    rows.push({ kind: 'message', key: message.messageId, message, isFirst: isBroken, isLast });
    isBroken = isLast;
  }
  return rows;
}
