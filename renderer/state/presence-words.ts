// Presence, subscriptions and decisions in words and marks.
import type { Contact } from '../../app/domain/contact.ts';
import type { DecisionKind, Watcher } from '../../app/domain/watcher.ts';
import { ago, moment } from '../text/format.ts';
import { said } from '../text/said.ts';
import { t } from '../text/text.svelte.ts';
import type { MarkKind } from '../ui/PresenceMark.svelte';
import { activityWords } from './rich-presence.ts';
import { progress } from './watchers.svelte.ts';

/** What a contact's presence looks like. Not being allowed yet is a state of its own. */
export function contactMark(contact: Contact | undefined): MarkKind {
  if (contact === undefined) return 'unknown';
  if (contact.subscription.state === 'pending') return 'pending';
  return contact.presence.availability;
}

/** `Busy`, `Not allowed yet`. */
export function contactWord(contact: Contact | undefined): string {
  return t(`presence.${contactMark(contact)}`);
}

/** Why we do not see a contact, or '' when we do. */
export function subscriptionWords(contact: Contact, nowMs: number): string {
  const { state, reason, failure, sinceMs } = contact.subscription;
  switch (state) {
    case 'pending':
      return t('people.askedAgo', { ago: ago(sinceMs, nowMs) });
    case 'terminated':
      return reason === 'rejected' || reason === 'noresource' ? t('people.notAllowed') : t('people.ended');
    case 'failed':
      return failure === undefined ? t('people.failed') : said(failure);
    case 'working':
      return contact.presence.availability === 'unknown' ? t('people.working') : '';
    case 'off':
      return t('people.off');
    case 'active':
      return '';
  }
}

/** The second line of a contact's row: note or activity, else why nothing is seen, else the availability's word. `isAway`: of a network without a server, and not on it now. */
export function contactLine(contact: Contact, nowMs: number, isAway = false): string {
  if (isAway) return t('nearby.away');
  const why = subscriptionWords(contact, nowMs);
  if (why !== '') return why;
  const { note, activities } = contact.presence;
  return [contactWord(contact), note === '' ? activityWords(activities) : note].filter((part) => part !== '').join(' · ');
}

/** `Allowed until 18:00`, `Politely blocked`. */
export function decisionWords(decision: DecisionKind | null, untilMs: number | null, nowMs: number): string {
  switch (decision) {
    case 'allow':
      return untilMs === null ? t('requests.allowed') : t('requests.allowedUntil', { until: moment(untilMs, nowMs) });
    case 'block':
      return t('requests.blocked');
    case 'politely-block':
      return t('requests.politelyBlocked');
    case 'later':
      return t('requests.later');
    case null:
      return t('requests.noAnswer');
  }
}

/** What the server makes of a decision: on its way, in force since, refused, ended. '' without a decision. */
export function progressWords(watcher: Watcher, nowMs: number): string {
  switch (progress(watcher, nowMs)) {
    case 'none':
      return '';
    case 'working':
      return t('requests.onItsWay');
    case 'confirmed':
      return watcher.confirmedAtMs === null
        ? t('requests.inForcePlain')
        : t('requests.inForce', { since: moment(watcher.confirmedAtMs, nowMs) });
    case 'refused':
      return t('requests.refused', { reason: said(watcher.failure ?? '') });
    case 'ended':
      return t('requests.ended', { since: ago(watcher.untilMs ?? nowMs, nowMs) });
  }
}

/** What somebody sees of us, in the details: `until 18:00`, `as offline`. */
export function seesUsWords(watcher: Watcher | undefined, nowMs: number): string {
  if (watcher === undefined) return t('details.seesNothing');
  if (watcher.untilMs !== null && watcher.untilMs <= nowMs) return t('details.seesNothing');
  switch (watcher.decision) {
    case 'allow':
      return watcher.untilMs === null ? t('details.seesYes') : t('details.seesUntil', { until: moment(watcher.untilMs, nowMs) });
    case 'politely-block':
      return t('details.seesOffline');
    case 'block':
      return t('details.seesNo');
    case 'later':
    case null:
      if (watcher.state === 'active') return t('details.seesYes');
      return watcher.state === 'pending' || watcher.state === 'waiting' ? t('details.seesAsked') : t('details.seesNothing');
  }
}
