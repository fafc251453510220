// What is known of one message beside what the thread shows: when it reached each state, the SIP exchange, its own envelope.
import type { MessageState } from '../../app/domain/message.ts';
import { rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

/** Lines kept of one message's exchange: a message that is tried for days must not grow without end. The newest stay. */
const EXCHANGE_LIMIT = 60;
/** Changes of state kept; a message goes back and forth between queued and sending. */
const STATES_LIMIT = 60;

export interface StateTime {
  state: MessageState;
  atMs: number;
}
export interface ExchangeLine {
  atMs: number;
  line: string;
}

export interface StoredDetail {
  states: StateTime[];
  exchange: ExchangeLine[];
  /** How it went out or came in; null: not sent yet, or plain. */
  isCpim: boolean | null;
  /** The headers of its CPIM wrapper as they were (RFC 3862), JSON; null: none. */
  envelope: string | null;
  /** The sender asked for a display report that was not given yet. */
  wantsDisplay: boolean;
}

const NOTHING: StoredDetail = { states: [], exchange: [], isCpim: null, envelope: null, wantsDisplay: false };

interface DetailRow {
  states: string;
  exchange: string;
  is_cpim: number | null;
  envelope: string | null;
  wants_display: number;
}

export function getMessageDetail(db: ReadableDb, of: { messageId: string }): StoredDetail {
  const row = db.get<DetailRow>(
    'SELECT states, exchange, is_cpim, envelope, wants_display FROM message_detail WHERE message_id = ?',
    rowId(of.messageId),
  );
  if (row === undefined) return NOTHING;
  return {
    states: JSON.parse(row.states) as StateTime[],
    exchange: JSON.parse(row.exchange) as ExchangeLine[],
    isCpim: row.is_cpim === null ? null : row.is_cpim === 1,
    envelope: row.envelope,
    wantsDisplay: row.wants_display === 1,
  };
}

/** Adds `states` and `exchange` to what is there; replaces what else is given. The message must be there. */
export function addMessageDetail(db: WritableDb, of: { messageId: string } & Partial<StoredDetail>): void {
  const before = getMessageDetail(db, of);
  const states = [...before.states, ...(of.states ?? [])].slice(-STATES_LIMIT);
  const exchange = [...before.exchange, ...(of.exchange ?? [])].slice(-EXCHANGE_LIMIT);
  const isCpim = of.isCpim === undefined ? before.isCpim : of.isCpim;
  db.run(
    'INSERT OR REPLACE INTO message_detail (message_id, states, exchange, is_cpim, envelope, wants_display) VALUES (?, ?, ?, ?, ?, ?)',
    rowId(of.messageId),
    JSON.stringify(states),
    JSON.stringify(exchange),
    isCpim === null ? null : Number(isCpim),
    of.envelope === undefined ? before.envelope : of.envelope,
    Number(of.wantsDisplay ?? before.wantsDisplay),
  );
}
