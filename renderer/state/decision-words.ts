// Records of the log, rules and watchers in words.
import type { DecisionRecord, PolicyRule, SeenParts, Watcher } from '../../app/domain/watcher.ts';
import { moment } from '../text/format.ts';
import { said } from '../text/said.ts';
import { t } from '../text/text.svelte.ts';
import { shownAddress } from './naming.ts';
import { decisionWords } from './presence-words.ts';
import { shownName } from './safe-text.ts';

export const seenNames = ['notes', 'activities', 'place', 'devices'] as const satisfies readonly (keyof SeenParts)[];
export const EVERYTHING_SEEN: SeenParts = { notes: true, activities: true, place: true, devices: true };

/** `only whether you are there`, `shown: Notes, Place`; '' when everything is shown. */
export function seenWords(seen: SeenParts | null | undefined): string {
  if (seen === null || seen === undefined) return '';
  const shown = seenNames.filter((name) => seen[name]);
  if (shown.length === seenNames.length) return '';
  if (shown.length === 0) return t('requests.onlyStatus');
  return t('requests.onlySeen', { parts: shown.map((name) => t(`requests.seen.${name}`)).join(', ') });
}

export function sphereWords(sphere: string | undefined): string {
  if (sphere === undefined || sphere === '') return '';
  if (sphere === 'work') return t('requests.atWork');
  return sphere === 'home' ? t('requests.atHome') : sphere;
}

/** `Allowed until 18:00, while at work, shown: Notes`. */
export function recordWords(record: DecisionRecord, nowMs: number): string {
  const word = record.decision === 'none' ? t('requests.takenBack') : decisionWords(record.decision, record.untilMs, nowMs);
  return [word, sphereWords(record.sphere), seenWords(record.seen)].filter((part) => part !== '').join(', ');
}

export type RecordProgress = 'refused' | 'confirmed' | 'working' | 'past';

export function recordProgress(record: DecisionRecord): RecordProgress {
  if (!record.isCurrent) return 'past';
  if (record.failure !== undefined) return 'refused';
  return record.confirmedAtMs === null ? 'working' : 'confirmed';
}

/** What the server made of it: `in force since 10:05 (the server says: active)`. */
export function recordProgressWords(record: DecisionRecord, nowMs: number): string {
  switch (recordProgress(record)) {
    case 'past':
      return t('requests.replaced');
    case 'refused':
      return t('requests.refused', { reason: said(record.failure ?? '') });
    case 'working':
      return record.decision === 'later' ? '' : t('requests.onItsWay');
    case 'confirmed': {
      if (record.confirmedAtMs === null) return '';
      const since = t('requests.inForce', { since: moment(record.confirmedAtMs, nowMs) });
      return record.confirmedState === '' ? since : `${since} (${t('requests.confirmedAs', { state: record.confirmedState })})`;
    }
  }
}

/** `Everybody at example.org`, `Everybody`, or '' for one watcher. */
export function scopeName(address: string): string {
  if (address === '*') return t('requests.everybody');
  return address.startsWith('*@') ? t('requests.domainAll', { domain: shownAddress(address.slice(2)) }) : '';
}

/** As the core names the device that it runs on. */
const THIS_DEVICE = 'this computer';

export function deviceName(device: string): string {
  return device.toLowerCase() === THIS_DEVICE ? t('requests.thisDevice') : shownName(said(device));
}

/** Whom a rule is about; addresses as people write them. */
export function ruleSubject(rule: PolicyRule): string {
  return rule.subject.replace(/(?<![\w.-])(?:sips?|pres|im):/giu, '');
}

const RULE_WORDS = { confirm: 'requests.ruleConfirm', unknown: 'requests.ruleUnknown' } as const;

export function ruleWords(rule: PolicyRule, nowMs: number): string {
  const { decision } = rule;
  // Ours without an answer says what is shown to those whom another rule allows.
  if (decision === 'unknown' && rule.isOurs)
    return [t('requests.ruleSeen'), sphereWords(rule.sphere)].filter((part) => part !== '').join(', ');
  const word = decision === 'confirm' || decision === 'unknown' ? t(RULE_WORDS[decision]) : decisionWords(decision, rule.untilMs, nowMs);
  return [word, sphereWords(rule.sphere)].filter((part) => part !== '').join(', ');
}

const STATE_WORDS = {
  active: 'requests.stateActive',
  pending: 'requests.statePending',
  waiting: 'requests.stateWaiting',
  terminated: 'requests.stateTerminated',
  none: 'requests.stateTerminated',
} as const;
const BY_WORDS = { decision: 'requests.byDecision', rule: 'requests.byRule', everybody: 'requests.byEverybody' } as const;

/** `sees you since 10:05, by your answer`. */
export function watchingWords(watcher: Watcher, nowMs: number): string {
  const since = watcher.sinceMs === undefined ? '' : t('requests.watchSince', { since: moment(watcher.sinceMs, nowMs) });
  const state = [t(STATE_WORDS[watcher.state]), since].filter((part) => part !== '').join(' ');
  const by = watcher.byRule === undefined || watcher.byRule === '' || watcher.state !== 'active' ? '' : t(BY_WORDS[watcher.byRule]);
  return [state, by].filter((part) => part !== '').join(', ');
}
