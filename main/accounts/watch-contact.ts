// Trigger: the account is online, or a contact was added or removed.
// Result: each contact's presence and the state of our subscription to it are in the contact book; nobody stays out of date in silence.
// RFC: 3856, 6665 §4.1, merged by the rules of merge-presence.ts.
import type { Contact, SubscriptionState as ShownSubscription } from '../../app/domain/contact.ts';
import { PIDF_CONTENT_TYPE, parsePidf } from '../simple/document/pidf.ts';
import { createSubscriber } from '../simple/event/subscriber.ts';
import type { Notification, Subscription, SubscriptionState } from '../simple/event/subscription.ts';
import type { Endpoint } from '../sip/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground, nameOption } from './account-world.ts';
import { readAddress } from './address-text.ts';
import type { ContactBook } from './contact-book.ts';
import { UNKNOWN_PRESENCE, mergePresence } from './merge-presence.ts';
import { failureWords, terminatedWords } from './words.ts';

/** Subscriptions asked for and not yet answered at one time: five hundred contacts must not be one burst. */
const IN_FLIGHT_LIMIT = 20;

export interface ContactWatch {
  watch(contact: Contact): void;
  unwatch(contactId: string): void;
  retryNow(): void;
  stop(): Promise<void>;
}

export function watchContacts(world: AccountWorld, endpoint: Endpoint, book: ContactBook): ContactWatch {
  const { clock, random, log } = world.doors;
  const subscriber = createSubscriber({ endpoint, clock, random, log, address: world.uri, event: 'presence', ...nameOption(world) });
  const subscriptions = new Map<string, Subscription>();
  const waiting = new Set<string>();
  const inFlight = new Set<string>();

  function startSome(): void {
    for (const contactId of waiting) {
      if (inFlight.size >= IN_FLIGHT_LIMIT) return;
      waiting.delete(contactId);
      const contact = book.get(contactId);
      const target = contact === undefined ? undefined : readAddress(contact.address);
      if (target?.kind !== 'ok') continue;
      inFlight.add(contactId);
      subscriptions.set(
        contactId,
        subscriber.subscribe({
          target: target.uri,
          accept: [PIDF_CONTENT_TYPE],
          onNotify: (notification) => heard(contactId, notification),
          onState: (state) => changed(contactId, state),
        }),
      );
    }
  }

  function changed(contactId: string, state: SubscriptionState): void {
    book.setSubscription(contactId, shownSubscription(state));
    // WHY: what was heard before may be long out of date; only `active` and a renewal keep it.
    if (state.kind !== 'active' && state.kind !== 'working') book.setPresence(contactId, UNKNOWN_PRESENCE);
    if (state.kind !== 'working' && inFlight.delete(contactId)) startSome();
  }

  function heard(contactId: string, notification: Notification): void {
    if (notification.state !== 'active') return;
    if (notification.body.length === 0) return book.setPresence(contactId, mergePresence(undefined, clock.nowMs()));
    const parsed = parsePidf(notification.body);
    if (parsed.kind === 'ok') return book.setPresence(contactId, mergePresence(parsed.document, clock.nowMs()));
    log('warn', `${world.address}: a presence document cannot be read (${parsed.reason}, at ${parsed.offset})`);
  }

  return {
    watch(contact) {
      if (subscriptions.has(contact.contactId)) return;
      waiting.add(contact.contactId);
      startSome();
    },
    unwatch(contactId) {
      waiting.delete(contactId);
      inFlight.delete(contactId);
      const subscription = subscriptions.get(contactId);
      subscriptions.delete(contactId);
      if (subscription !== undefined) inBackground(world, 'unsubscribing', subscription.stop());
      startSome();
    },
    retryNow: () => subscriber.retryNow(),
    async stop() {
      waiting.clear();
      await subscriber.stop();
      for (const contactId of subscriptions.keys()) {
        book.setSubscription(contactId, { state: 'off' });
        book.setPresence(contactId, UNKNOWN_PRESENCE);
      }
      subscriptions.clear();
    },
  };
}

function shownSubscription(state: SubscriptionState): Omit<ShownSubscription, 'sinceMs'> {
  switch (state.kind) {
    case 'off':
    case 'working':
    case 'pending':
    case 'active':
      return { state: state.kind };
    case 'terminated':
      return { state: 'terminated', reason: state.reason, failure: terminatedWords(state.reason) };
    case 'failed':
      return { state: 'failed', failure: failureWords('subscription', state.failure) };
  }
}
