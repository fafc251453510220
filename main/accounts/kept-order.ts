// Where a message that a server kept stands among the others: by when the server kept it, whatever its clock or the sender's says.
import type { IncomingPageMessage } from '../simple/page-mode/page-message.ts';

/** How long a server tries to deliver before it keeps a text: timer B (RFC 3261 §17.1.1.2), and a little for clocks. */
const TRIED_FOR_MS = 60_000;
/** A server's Date counts whole seconds. */
const DATE_STEP_MS = 2_000;
/** Senders whose server's clock is remembered; more of them begin anew. */
const SENDER_LIMIT = 1_000;

export interface KeptOrder {
  /** A time for `placeAtMs`; undefined: nobody kept it, it stands at the end. */
  placeOf(sender: string, message: Pick<IncomingPageMessage, 'keptAtMs' | 'sentAtMs' | 'receivedAtMs'>): number | undefined;
}

/**
 * The server's time is what all kept messages have in common. The sender's own is finer, and is taken where the two agree. A server whose
 * clock is ahead is found out by what it kept in our future: all that it kept of this sender then stands as much earlier.
 */
export function createKeptOrder(): KeptOrder {
  // SECURITY: by sender, so that nobody who fakes a kept message moves those of others.
  const aheadMs = new Map<string, number>();
  return {
    placeOf(sender, { keptAtMs, sentAtMs, receivedAtMs }) {
      if (keptAtMs === undefined) return undefined;
      const isSentThen = sentAtMs !== undefined && sentAtMs <= keptAtMs + DATE_STEP_MS && sentAtMs >= keptAtMs - TRIED_FOR_MS;
      const atMs = isSentThen ? sentAtMs : keptAtMs;
      const ahead = Math.max(aheadMs.get(sender) ?? 0, atMs - receivedAtMs);
      if (ahead > 0) {
        if (aheadMs.size >= SENDER_LIMIT) aheadMs.clear();
        aheadMs.set(sender, ahead);
      }
      return Math.max(0, atMs - ahead);
    },
  };
}
