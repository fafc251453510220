// Made-up decisions, conflicts, rules and blocked addresses for the window's tests.
import type { BlockedAddress } from '../../../renderer/state/blocked.svelte.ts';
import type { ContactPresence } from '../../../app/domain/presence.ts';
import type { Conflict, DecisionKind, DecisionRecord, PolicyRule, SeenParts } from '../../../app/domain/watcher.ts';

const ACCOUNT_ID = 'account-1';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let lastDecision = 0;
export function makeDecision(
  address: string,
  decision: DecisionRecord['decision'],
  decidedAtMs: number,
  more: Partial<DecisionRecord> = {},
): DecisionRecord {
  lastDecision += 1;
  return {
    decisionId: `decision-${lastDecision}`,
    accountId: ACCOUNT_ID,
    address,
    displayName: '',
    decision,
    decidedAtMs,
    untilMs: null,
    sphere: '',
    seen: null,
    device: 'this computer',
    confirmedAtMs: decidedAtMs + 2_000,
    confirmedState: 'active',
    isCurrent: true,
    canUndo: true,
    ...more,
  };
}

export function makeDecisions(nowMs: number): DecisionRecord[] {
  return [
    makeDecision('sip:erin@example.org', 'politely-block', nowMs - 2 * MINUTE_MS, { confirmedAtMs: null, confirmedState: '' }),
    makeDecision('sip:bob@example.org', 'allow', nowMs - 20 * HOUR_MS, {
      untilMs: nowMs + 3 * HOUR_MS,
      seen: { notes: true, activities: false, place: false, devices: true },
    }),
    makeDecision('sip:carol@example.org', 'allow', nowMs - 20 * HOUR_MS, { sphere: 'work', device: 'Ada’s laptop' }),
    makeDecision('sip:ivan@example.org', 'block', nowMs - 21 * HOUR_MS, {
      confirmedAtMs: null,
      confirmedState: '',
      failure: 'The rules are locked by an administrator.',
    }),
    makeDecision('*@partner.example.com', 'allow', nowMs - 50 * HOUR_MS, { confirmedState: '' }),
    makeDecision('sip:carol@example.org', 'none', nowMs - 70 * HOUR_MS, { isCurrent: false, canUndo: false, confirmedState: 'pending' }),
  ];
}

export function makeConflicts(nowMs: number): Conflict[] {
  return [
    {
      conflictId: 'conflict-1',
      accountId: ACCOUNT_ID,
      address: 'sip:victor@example.net',
      displayName: 'Victor',
      ours: { decision: 'allow', untilMs: nowMs + HOUR_MS, decidedAtMs: nowMs - 5 * MINUTE_MS },
      theirs: { decision: 'block', untilMs: null, seenAtMs: nowMs - 3 * MINUTE_MS },
    },
  ];
}

export function makeRules(nowMs: number): PolicyRule[] {
  const rule = (ruleId: string, more: Partial<PolicyRule>): PolicyRule => ({
    ruleId,
    isOurs: true,
    subject: 'everybody',
    decision: 'confirm',
    untilMs: null,
    sphere: '',
    text: `<rule id="${ruleId}">\n  <conditions/>\n</rule>`,
    ...more,
  });
  return [
    rule('ww-bob', { subject: 'bob@example.org', decision: 'allow', untilMs: nowMs + 3 * HOUR_MS }),
    rule('ww-carol', { subject: 'carol@example.org', decision: 'allow', sphere: 'work' }),
    rule('wp_prs_grantedcontacts', { isOurs: false, subject: 'members of a contact list', decision: 'allow' }),
    rule('x-17', { isOurs: false, subject: 'somebody this app cannot name', decision: 'unknown' }),
    rule('ww-everybody', {}),
  ];
}

export function makeBlocked(nowMs: number): BlockedAddress[] {
  const blocked = { accountId: ACCOUNT_ID, isSilent: false, sinceMs: nowMs - 90 * HOUR_MS, refusedCount: 12 };
  return [
    { ...blocked, address: 'sip:spam@example.com' },
    { ...blocked, address: 'sip:mallory@example.com', refusedCount: 3, isByAnswer: true },
  ];
}

/** What somebody gets of ours. */
export function makePreview(
  decision: DecisionKind | undefined,
  seen: SeenParts | undefined,
  nowMs: number,
): { presence: ContactPresence; document: string } {
  const isSeen = decision === undefined || decision === 'allow';
  const shown = seen ?? { notes: true, activities: true, place: true, devices: true };
  const device = { deviceId: 'd1', name: 'Laptop', availability: 'available' as const, note: '', address: 'sip:ada@192.0.2.7' };
  const note = isSeen && shown.notes ? 'writing' : '';
  const availability = isSeen ? 'available' : decision === 'politely-block' ? 'offline' : 'unknown';
  return {
    presence: {
      availability,
      note,
      activities: isSeen && shown.activities ? ['meeting'] : [],
      devices: isSeen && shown.devices ? [device] : [],
      changedAtMs: nowMs - MINUTE_MS,
    },
    document:
      decision === 'block'
        ? ''
        : `<?xml version="1.0"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:ada@example.org">\n  <tuple id="d1"><status><basic>${isSeen ? 'open' : 'closed'}</basic></status>${note === '' ? '' : `<note>${note}</note>`}</tuple>\n</presence>`,
  };
}
