// How long something heard is believed, and when it is asked for again (RFC 6762 §5.2, §10.1).
import { REFRESH_PARTS, REFRESH_SPREAD } from './limits.ts';

/** Moments are monotonic milliseconds. */
export interface Timed {
  receivedMs: number;
  ttlMs: number;
  endsMs: number;
  /** How often it was asked for again. */
  asked: number;
  /** Infinity: not any more. */
  askMs: number;
}

export const UNHEARD: Timed = { receivedMs: 0, ttlMs: 0, endsMs: 0, asked: 0, askMs: Infinity };

/** Heard again: its time begins anew. */
export function renew(timed: Timed, ttlSeconds: number, nowMs: number, fraction: number): Timed {
  timed.receivedMs = nowMs;
  timed.ttlMs = ttlSeconds * 1_000;
  timed.endsMs = nowMs + timed.ttlMs;
  timed.asked = 0;
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

/** Withdrawn, or asked for in vain: nobody is asked about it any more. */
export function isHeldBack(timed: Timed): boolean {
  return timed.asked >= REFRESH_PARTS.length;
}

/** Whether it is to be asked for now; sets the next time. */
export function takeAsk(timed: Timed, nowMs: number, fraction: number): boolean {
  if (timed.askMs > nowMs) return false;
  timed.asked += 1;
  timed.askMs = nextAskMs(timed, fraction);
  return true;
}

function nextAskMs({ receivedMs, ttlMs, asked }: Timed, fraction: number): number {
  const part = REFRESH_PARTS[asked];
  return part === undefined ? Infinity : receivedMs + ttlMs * (part + REFRESH_SPREAD * fraction);
}
