// The same words typed twice within a second, by who repeats Call-IDs and tags and counts the CSeq: told from one message sent again.

/** Nobody tries again for want of an answer before this: timer F (RFC 3261 §17.1.2.2). */
const TRIED_FOR_MS = 32_000;
/** One more for each message, and one for its password (RFC 3261 §22.2); programs that send again leave room for passwords. */
const COUNTED_ON = 5;
/** Messages remembered; beyond, all are forgotten: then only the Date tells. */
const KEPT = 1_000;

export interface TypedAgain {
  /** `key`: of all but the CSeq. true: it is another message than the first of this key. */
  isAnother(key: string, cseqNumber: number, nowMs: number): boolean;
}

/**
 * Of one run of the program: after a crash it can only be a message whose answer was lost. Where the CSeq was counted on soon after a message
 * that we answered, its sender had the answer and typed again.
 */
export function createTypedAgain(): TypedAgain {
  const known = new Map<string, { readonly first: number; readonly atMs: number; last: number }>();
  return {
    isAnother(key, cseqNumber, nowMs) {
      const typed = known.get(key);
      if (typed === undefined || nowMs - typed.atMs >= TRIED_FOR_MS) {
        if (known.size >= KEPT) known.clear();
        known.set(key, { first: cseqNumber, atMs: nowMs, last: cseqNumber });
        return false;
      }
      if (cseqNumber <= typed.first || cseqNumber >= typed.last + COUNTED_ON) return false;
      typed.last = Math.max(typed.last, cseqNumber);
      return true;
    },
  };
}
