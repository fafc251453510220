// Counts what arrived and what was refused and why, by name.

export class Counts {
  readonly values: Record<string, number> = Object.create(null) as Record<string, number>;

  add(name: CountName): void {
    this.values[name] = (this.values[name] ?? 0) + 1;
  }
}

export type CountName =
  | 'requests-received'
  | 'responses-received'
  | 'malformed-answered'
  | 'malformed-ignored'
  | 'responses-not-for-us'
  | 'responses-unmatched'
  | 'requests-retransmitted'
  | 'requests-merged'
  | 'requests-over-limit'
  | 'requests-not-admitted'
  | 'acks-unmatched'
  | 'replies-too-late'
  | 'requests-sent'
  | 'requests-resent'
  | 'transactions-timed-out'
  | 'transport-errors'
  | 'connections-opened'
  | 'connections-accepted'
  | 'connections-refused'
  | 'connections-overflowed'
  | 'connections-idle-closed'
  | 'connections-slow-closed'
  | 'connections-evicted'
  | 'pings-answered'
  | 'pongs-received'
  | 'flows-found-dead'
  | 'handler-errors'
  | 'internal-errors';
