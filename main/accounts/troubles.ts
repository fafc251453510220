// What is wrong with the program itself, by kind: one trouble that ends takes no other away.
import type { Trouble } from '../../app/domain/change.ts';
import type { Announce } from './broadcast.ts';

/** The most important first: that one is shown. `storage`: commits fail now. `damaged`: the file is, since some time. */
const KINDS = ['storage', 'damaged', 'secrets'] as const;
export type TroubleKind = (typeof KINDS)[number];

export interface Troubles {
  raise(kind: TroubleKind, reason: string): void;
  clear(kind: TroubleKind): void;
  /** The most important one, as announced last. */
  current(): Trouble | null;
}

export function createTroubles(announce: Announce): Troubles {
  const reasons = new Map<TroubleKind, string>();
  let shown: Trouble | null = null;

  function tell(): void {
    const kind = KINDS.find((one) => reasons.has(one));
    const next: Trouble | null =
      kind === undefined ? null : { kind: kind === 'secrets' ? 'secrets' : 'storage', reason: reasons.get(kind) ?? '' };
    if (next?.kind === shown?.kind && next?.reason === shown?.reason) return;
    shown = next;
    announce({ type: 'trouble-changed', trouble: next });
  }

  return {
    raise(kind, reason) {
      reasons.set(kind, reason);
      tell();
    },
    clear(kind) {
      if (reasons.delete(kind)) tell();
    },
    current: () => shown,
  };
}
