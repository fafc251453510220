// Decisions about many: which of them covers a watcher. The narrower one counts; who is excepted is asked about.
import type { StoredDecision } from '../store/index.ts';

/** `*` or `*@domain`. */
export function isWideAddress(address: string): boolean {
  return address.startsWith('*');
}

/** Whether a wide decision is about this address. */
export function covers(wide: Pick<StoredDecision, 'address' | 'except'>, address: string): boolean {
  if (wide.except.includes(address)) return false;
  return wide.address === '*' || address.slice(address.lastIndexOf('@')).toLowerCase() === wide.address.slice(1).toLowerCase();
}

/** Of those in force, narrowest first, the one that answers for this address. An exception of a domain is none of everybody. */
export function coveringDecision(wide: readonly StoredDecision[], address: string): StoredDecision | undefined {
  if (wide.some(({ except }) => except.includes(address))) return undefined;
  return wide.find((decision) => decision.decision !== 'later' && covers(decision, address));
}
