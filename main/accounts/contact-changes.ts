// A contact that changes many times in a moment is told at once, and then no more often than a window can follow (RFC 6446 is for the wire).
import type { Clock, Timer } from '../sip/index.ts';

/** Between two announcements of one contact. Below what an eye notices, above what a burst of notifications takes. */
const QUIET_MS = 80;

export interface ContactChanges {
  /** This one changed: told now, or soon. */
  changed(contactId: string): void;
  /** It is no more. */
  dropped(contactId: string): void;
  stop(): void;
}

/** `tell` is called with what is newest then. */
export function createContactChanges(clock: Clock, tell: (contactId: string) => void): ContactChanges {
  const quiet = new Map<string, { timer: Timer; isWaiting: boolean }>();

  function rest(contactId: string): void {
    const timer = clock.startTimer(QUIET_MS, () => {
      const isWaiting = quiet.get(contactId)?.isWaiting === true;
      quiet.delete(contactId);
      if (!isWaiting) return;
      rest(contactId);
      tell(contactId);
    });
    quiet.set(contactId, { timer, isWaiting: false });
  }

  return {
    changed(contactId) {
      const resting = quiet.get(contactId);
      if (resting !== undefined) {
        resting.isWaiting = true;
        return;
      }
      rest(contactId);
      tell(contactId);
    },
    dropped(contactId) {
      quiet.get(contactId)?.timer.cancel();
      quiet.delete(contactId);
    },
    stop() {
      const waiting = [...quiet].filter(([, { isWaiting }]) => isWaiting).map(([contactId]) => contactId);
      for (const { timer } of quiet.values()) timer.cancel();
      quiet.clear();
      for (const contactId of waiting) tell(contactId);
    },
  };
}
