// Does the server's watcher information agree with what the person decided? One table (RFC 3857 §4.7.1 states).
import type { DecisionKind, Watcher } from '../../app/domain/watcher.ts';

/** `silent`: what the server says proves nothing either way. */
export type Agreement = 'agrees' | 'contradicts' | 'silent';

const BY_STATE: Readonly<Record<DecisionKind, Readonly<Record<Watcher['state'], Agreement>>>> = {
  allow: { active: 'agrees', pending: 'contradicts', waiting: 'contradicts', terminated: 'silent', none: 'silent' },
  // A politely blocked watcher is active for all to see (RFC 5025 §3.2.1).
  'politely-block': { active: 'agrees', pending: 'contradicts', waiting: 'contradicts', terminated: 'silent', none: 'silent' },
  // WHY none agrees: full state leaves terminated subscriptions out, and who is not listed does not watch.
  block: { active: 'contradicts', pending: 'contradicts', waiting: 'contradicts', terminated: 'agrees', none: 'agrees' },
  later: { active: 'contradicts', pending: 'agrees', waiting: 'agrees', terminated: 'silent', none: 'silent' },
};

export function agreement(decision: DecisionKind, state: Watcher['state']): Agreement {
  return BY_STATE[decision][state];
}
