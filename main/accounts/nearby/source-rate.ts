// SECURITY: how often one source may ask something of us: a bucket each, so that a flood from one leaves room for the others.
import type { Clock } from '../../sip/index.ts';

/** `burst`: at once; `perSecond`: after that. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface SourceRate {
  /** Undefined: it may; else the seconds after which it may ask again. */
  refuse(source: string, rate: Rate): number | undefined;
}

/** A network has fewer computers. SECURITY: beyond, who asked longest ago begins anew, and never all together: they share buckets, too. */
const MOST_SOURCES = 10_000;

export function createSourceRate(clock: Clock): SourceRate {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return {
    refuse(source, { burst, perSecond }) {
      const nowMs = clock.monotonicMs();
      const bucket = buckets.get(source) ?? { left: burst, atMs: nowMs };
      buckets.delete(source);
      if (buckets.size >= MOST_SOURCES) buckets.delete(buckets.keys().next().value ?? '');
      const left = Math.min(burst, bucket.left + ((nowMs - bucket.atMs) / 1000) * perSecond);
      buckets.set(source, { left: left < 1 ? left : left - 1, atMs: nowMs });
      return left < 1 ? Math.max(1, Math.ceil((1 - left) / perSecond)) : undefined;
    },
  };
}
