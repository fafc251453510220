// Whether this person gets reports and typing notices from us: their own choice first, then the account's, then yes.
import type { Reporting } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { isBlocked } from './block-address.ts';

export function mayTell(world: AccountWorld, address: string, what: keyof Reporting): boolean {
  // Also who is blocked by an answer to their request, for as long as that holds.
  if (isBlocked(world, address)) return false;
  const { accountId } = world;
  return world.storage.read((db) => {
    return store.getReporting(db, { accountId, address })[what] ?? store.getReporting(db, { accountId, address: '' })[what] ?? true;
  });
}
