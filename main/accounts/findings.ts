// What an account's server turned out to do where that is not what a person would expect: one sentence of each kind.
import type { ServerFinding } from '../../app/domain/account.ts';

export type FindingKind = ServerFinding['kind'];

export interface Findings {
  all(): ServerFinding[];
  /** undefined: it is not so (any more). */
  set(kind: FindingKind, reason: string | undefined): void;
}

/** `onChanged` is called for each call that changed something. */
export function createFindings(onChanged: () => void): Findings {
  const found = new Map<FindingKind, string>();
  return {
    all: () => [...found].map(([kind, reason]) => ({ kind, reason })),
    set(kind, reason) {
      if (found.get(kind) === reason) return;
      if (reason === undefined) found.delete(kind);
      else found.set(kind, reason);
      onChanged();
    },
  };
}
