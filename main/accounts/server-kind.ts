// How an account's server reads permission rules, as far as it can be known: by the name it gives itself (RFC 3261 §20.35).
import * as store from '../store/index.ts';
import type { WritableDb } from '../store/index.ts';
import type { Storage } from './storage.ts';

/**
 * `first-match`: takes the first rule and looks at domains and spheres hardly. `exact`: not known to do so. `unknown`: it does not say who
 * it is; then nothing is written that would let in too many where it is of the first kind.
 */
export type ServerKind = 'first-match' | 'exact' | 'unknown';

const FACT = 'server-kind';

/** INTEROP(Kamailio): the whole family of servers that share its presence modules. */
const FIRST_MATCH = /kamailio|opensips|openser|sip express router|\bser\b/i;

export function kindByName(server: string | undefined): ServerKind {
  if (server === undefined || server.trim() === '') return 'unknown';
  return FIRST_MATCH.test(server) ? 'first-match' : 'exact';
}

export function readServerKind(world: { readonly storage: Storage; readonly accountId: string }): ServerKind {
  const known = world.storage.read((db) => store.getServerFact(db, { accountId: world.accountId, name: FACT }));
  return known === 'first-match' || known === 'exact' ? known : 'unknown';
}

/** true: it is not what was known. */
export function saveServerKind(db: WritableDb, world: { readonly accountId: string }, kind: ServerKind): boolean {
  const { accountId } = world;
  if ((store.getServerFact(db, { accountId, name: FACT }) ?? 'unknown') === kind) return false;
  store.saveServerFact(db, { accountId, name: FACT, value: kind });
  return true;
}
