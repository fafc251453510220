// Answers that wait for their moment: together, not twice within a second, not where somebody knows or told them (RFC 6762 §6, §7).
import { answersTo, recordKey, withoutKnown } from './answer-question.ts';
import { ANSWER_REPEAT_MS, ANSWER_SPREAD_MS, ANSWER_WAIT_MS, TRUNCATED_WAIT_MS } from './limits.ts';
import type { DnsPacket, DnsRecord } from './record.ts';

interface Waiting {
  readonly record: DnsRecord;
  readonly dueMs: number;
  /** Who asked; undefined: more than one. */
  readonly asker: string | undefined;
}

export interface Asked {
  readonly packet: DnsPacket;
  /** The address it came from. */
  readonly asker: string;
}

export interface PendingAnswers {
  /** Takes a question; what is due at once is due at `nowMs`. */
  ask(question: Asked, own: readonly DnsRecord[], nowMs: number, fraction: number): void;
  /** Somebody else told everybody: no need to do it too. */
  told(records: readonly DnsRecord[]): void;
  /** When `take` has something; Infinity: never. */
  nextMs(): number;
  /** What is to be sent now. */
  take(nowMs: number): DnsRecord[];
}

export function createPendingAnswers(): PendingAnswers {
  const waiting = new Map<string, Waiting>();
  const sentMs = new Map<string, number>();

  function add(record: DnsRecord, dueMs: number, asker: string): void {
    const key = recordKey(record);
    const known = waiting.get(key);
    if (known === undefined) waiting.set(key, { record, dueMs, asker });
    else waiting.set(key, { record, dueMs: Math.min(known.dueMs, dueMs), asker: known.asker === asker ? asker : undefined });
  }

  return {
    ask({ packet, asker }, own, nowMs, fraction) {
      for (const [key, each] of waiting) {
        if (each.asker === asker && withoutKnown([each.record], packet.answers).length === 0) waiting.delete(key);
      }
      const { answers } = answersTo(packet.questions, own, packet.answers);
      // RFC 6762 §6: a probe is answered at once and every time, or the prober takes the name.
      const isProbe = packet.authorities.length > 0;
      for (const [key, ms] of sentMs) if (ms <= nowMs - ANSWER_REPEAT_MS) sentMs.delete(key);
      const isShared = answers.some(({ isUnique }) => !isUnique);
      const waitMs = packet.isTruncated ? TRUNCATED_WAIT_MS : isShared ? ANSWER_WAIT_MS : 0;
      const dueMs = waitMs === 0 ? nowMs : nowMs + waitMs + ANSWER_SPREAD_MS * fraction;
      for (const record of answers) if (isProbe || !sentMs.has(recordKey(record))) add(record, dueMs, asker);
    },
    told(records) {
      if (waiting.size === 0) return;
      for (const record of records) {
        const key = recordKey(record);
        const own = waiting.get(key);
        if (own !== undefined && record.ttlSeconds >= own.record.ttlSeconds) waiting.delete(key);
      }
    },
    nextMs() {
      let first = Infinity;
      for (const { dueMs } of waiting.values()) first = Math.min(first, dueMs);
      return first;
    },
    take(nowMs) {
      const due: DnsRecord[] = [];
      for (const [key, { record, dueMs }] of waiting) {
        if (dueMs > nowMs) continue;
        waiting.delete(key);
        sentMs.set(key, nowMs);
        due.push(record);
      }
      return due;
    },
  };
}
