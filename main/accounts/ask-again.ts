// Trigger: somebody who did not let us see their presence writes to us, or asks to see ours.
// Result: they are asked once more. By ourselves this never happens (RFC 6665 §4.1.3): a sign of them is the reason, and one is enough for an hour.
// RFC: 6665 §4.1.3.
import type { Clock } from '../sip/index.ts';
import type { ContactBook } from './contact-book.ts';

/** WHY: who goes on refusing and writes a hundred texts is not to be asked a hundred times. */
const ASKED_FOR_MS = 3_600_000;

/** Refusals that the other person may have taken back (RFC 6665 §4.1.3); all others are asked again by the subscription itself. */
const REFUSALS: ReadonlySet<string> = new Set(['rejected', 'noresource']);

/** A sign of somebody, by canonical address. `ask` subscribes anew. */
export function createSecondAsk(
  clock: Pick<Clock, 'monotonicMs'>,
  book: Pick<ContactBook, 'find'>,
  ask: (contactId: string) => void,
): (address: string) => void {
  /** By contact, so no longer than the contact list. */
  const askedAtMs = new Map<string, number>();
  return (address) => {
    const contact = book.find(address);
    if (contact?.subscription.state !== 'terminated' || !REFUSALS.has(contact.subscription.reason ?? '')) return;
    const nowMs = clock.monotonicMs();
    const lastMs = askedAtMs.get(contact.contactId);
    if (lastMs !== undefined && nowMs - lastMs < ASKED_FOR_MS) return;
    askedAtMs.set(contact.contactId, nowMs);
    ask(contact.contactId);
  };
}
