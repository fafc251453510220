// How long something heard is believed, and when it is asked for again (RFC 6762 §5.2, §10.1).
import { ANSWER_REPEAT_MS, DOUBT_AGAIN_MS, DOUBT_MS, DOUBT_QUESTIONS, REFRESH_PARTS, REFRESH_SPREAD } from './limits.ts';

/** Moments are monotonic milliseconds. */
export interface Timed {
  receivedMs: number;
  ttlMs: number;
  endsMs: number;
  /** How often it was asked for again. */
  asked: number;
  /** Infinity: not any more. */
  askMs: number;
  /** Somebody could not be reached by it. */
  isDoubted: boolean;
}

export const UNHEARD: Timed = { receivedMs: 0, ttlMs: 0, endsMs: 0, asked: 0, askMs: Infinity, isDoubted: false };

/** Heard again: its time begins anew. */
export function renew(timed: Timed, ttlSeconds: number, nowMs: number, fraction: number): Timed {
  timed.receivedMs = nowMs;
  timed.ttlMs = ttlSeconds * 1_000;
  timed.endsMs = nowMs + timed.ttlMs;
  timed.asked = 0;
  timed.isDoubted = false;
  timed.askMs = nextAskMs(timed, fraction);
  return timed;
}

/** Withdrawn: over at `endsMs`, unless it was to end before. */
export function end(timed: Timed, endsMs: number): Timed {
  timed.endsMs = Math.min(timed.endsMs, endsMs);
  timed.askMs = Infinity;
  timed.asked = REFRESH_PARTS.length;
  return timed;
}

/** Could not be reached there (RFC 6762 §10.4): asked for now and once more, and over soon unless it is heard again. */
export function doubt(timed: Timed, nowMs: number): Timed {
  // WHY: nobody tells the same twice within a second (RFC 6762 §6), and what is asked more often is asked in vain.
  timed.askMs = Math.max(nowMs, timed.receivedMs + ANSWER_REPEAT_MS);
  timed.endsMs = Math.min(timed.endsMs, timed.askMs + DOUBT_MS);
  timed.asked = 0;
  timed.isDoubted = true;
  return timed;
}

/** Withdrawn, or asked for in vain: nobody is asked about it any more. */
export function isHeldBack(timed: Timed): boolean {
  return timed.asked >= REFRESH_PARTS.length;
}

/** Whether it is to be asked for now; sets the next time. */
export function takeAsk(timed: Timed, nowMs: number, fraction: number): boolean {
  if (timed.askMs > nowMs) return false;
  timed.asked += 1;
  if (timed.isDoubted) timed.askMs = timed.asked < DOUBT_QUESTIONS ? nowMs + DOUBT_AGAIN_MS : Infinity;
  else timed.askMs = nextAskMs(timed, fraction);
  return true;
}

function nextAskMs({ receivedMs, ttlMs, asked }: Timed, fraction: number): number {
  const part = REFRESH_PARTS[asked];
  return part === undefined ? Infinity : receivedMs + ttlMs * (part + REFRESH_SPREAD * fraction);
}
