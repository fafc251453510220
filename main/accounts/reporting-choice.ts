// Whether this person gets reports and typing notices from us: their own choice first, then the account's, then yes.
import type { Reporting } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';

export function mayTell(world: AccountWorld, address: string, what: keyof Reporting): boolean {
  const { accountId } = world;
  return world.storage.read((db) => {
    if (store.getBlocked(db, { accountId, address }) !== null) return false;
    return store.getReporting(db, { accountId, address })[what] ?? store.getReporting(db, { accountId, address: '' })[what] ?? true;
  });
}
