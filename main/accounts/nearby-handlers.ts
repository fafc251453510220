// What the calls about people on the same network do; an account that signs in to a server has nobody nearby.
import type { CallHandlers } from '../../app/bridge/contract.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import { listInterfaces } from '../simple/discovery/usable-interfaces.ts';
import type { SystemInterfaces } from '../simple/discovery/usable-interfaces.ts';
import type { AccountRegistry } from './account-registry.ts';
import { addressInput } from './call-input.ts';
import type { Nearby } from './nearby/nearby.ts';

interface NearbyCallParts {
  readonly accounts: AccountRegistry;
  readonly interfaces: () => SystemInterfaces;
}

export function createNearbyCalls({ accounts, interfaces }: NearbyCallParts) {
  const nearbyOf = (accountId: string): Nearby => {
    const { nearby } = accounts.get(accountId);
    if (nearby !== undefined) return nearby;
    throw new CallFailure({
      kind: 'refused',
      field: 'accountId',
      reason: 'This account signs in to a server. People nearby are found by an account of the kind “Nearby”.',
    });
  };
  return {
    listNearby: ({ accountId }) => ({ peers: nearbyOf(accountId).list() }),
    compareKey: async ({ accountId, address, isSame }) => {
      await nearbyOf(accountId).compareKey(addressInput(address).address, isSame);
      return {};
    },
    acceptKey: async ({ accountId, address, safetyNumber }) => {
      await nearbyOf(accountId).acceptKey(addressInput(address).address, safetyNumber);
      return {};
    },
    listInterfaces: () => ({ interfaces: listInterfaces(interfaces()) }),
  } satisfies Partial<CallHandlers>;
}
