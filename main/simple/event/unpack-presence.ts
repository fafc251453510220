// Lets a watcher of presence see whole documents only: partial ones are joined, and what is missing is asked for (RFC 5263 §3.4).
import { PIDF_DIFF_CONTENT_TYPE, stepPartialPresence } from '../document/partial-presence.ts';
import type { PartialPresence } from '../document/partial-presence.ts';
import { PIDF_CONTENT_TYPE } from '../document/pidf.ts';
import type { Notification } from './subscription.ts';

/**
 * For one subscription, or one resource of a list. Each notification goes through it: it comes back as it is, with a whole PIDF
 * document in the place of a partial one, or not at all (undefined) where nothing is new or `refresh` was called to get full state.
 */
export function createPresenceUnpacker(refresh: () => void): (notification: Notification) => Notification | undefined {
  let state: PartialPresence | undefined;
  // WHY: a server whose full state cannot be read either must not be asked again and again.
  let isAsked = false;
  return (notification) => {
    if (notification.isFirst) state = undefined;
    if (notification.contentType !== PIDF_DIFF_CONTENT_TYPE) {
      if (notification.body.length > 0) state = undefined;
      return notification;
    }
    const step = stepPartialPresence(state, notification.body);
    if (step.kind === 'stale') return undefined;
    if (step.kind === 'gap') {
      state = undefined;
      if (!isAsked) refresh();
      isAsked = true;
      return undefined;
    }
    isAsked = false;
    ({ state } = step);
    const body = new TextEncoder().encode(state.text);
    return { ...notification, contentType: PIDF_CONTENT_TYPE, contentTypeText: PIDF_CONTENT_TYPE, body };
  };
}
