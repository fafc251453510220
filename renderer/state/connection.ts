// The five parts that an account keeps alive, and what they come to together.
import type { Account, PartState } from '../../app/domain/account.ts';

export const partNames = ['registration', 'publication', 'watcherInfo', 'policy', 'contactList'] as const;
export type PartName = (typeof partNames)[number];
export type ConnectionSummary = 'fine' | 'working' | 'partly' | 'offline' | 'off';

export function parts(account: Account): readonly (readonly [PartName, PartState])[] {
  return partNames.map((name) => [name, account[name]] as const);
}

/** Registration decides whether one is there at all; the other parts only whether everything works. */
export function summary(account: Account): ConnectionSummary {
  if (account.registration.state === 'failed') return 'offline';
  if (account.registration.state === 'off') return 'off';
  if (account.registration.state === 'working') return 'working';
  const others = parts(account).map(([, part]) => part.state);
  if (others.includes('failed')) return 'partly';
  return others.includes('working') ? 'working' : 'fine';
}

const ORDER: readonly ConnectionSummary[] = ['offline', 'partly', 'working', 'off', 'fine'];

/** The worst of several accounts. */
export function overall(accounts: readonly Account[]): ConnectionSummary {
  const all = accounts.map(summary);
  return ORDER.find((kind) => all.includes(kind)) ?? 'off';
}

/** Signing in failed for a reason that no further try mends: only the person can. */
export function needsPerson({ registration }: Account): boolean {
  return registration.state === 'failed' && registration.untilMs === undefined;
}

/** What to copy for somebody who helps: one line for each part, without any secret. */
export function technicalText(account: Account): string {
  const lines = parts(account).map(([name, part]) =>
    [name, part.state, part.reason, part.detail].filter((word) => word !== undefined).join(' · '),
  );
  return [account.address, ...lines].join('\n');
}
