// Peers as the page shows them: who is announced now, and whose keys are kept; told at most every 100 ms.
import type { Address } from '../../../app/domain/address.ts';
import type { NearbyPeer } from '../../../app/domain/nearby.ts';
import type { Timer } from '../../sip/index.ts';
import type { AccountWorld } from '../account-world.ts';
import type { PeerTrust } from './peer-trust.ts';
import { printLocation } from './places.ts';
import type { Places } from './places.ts';

export interface ShownPeers {
  list(): NearbyPeer[];
  /** Something of it may be different. */
  changed(): void;
  stop(): void;
}

const TELL_EVERY_MS = 100;

/** `trust`: undefined while there is no key of our own. */
export function createShownPeers(world: AccountWorld, places: Places, trust: () => PeerTrust | undefined): ShownPeers {
  const { accountId, announce, doors } = world;
  let timer: Timer | undefined;
  let told = '';

  function list(): NearbyPeer[] {
    const found = places.found().map(({ address }) => address);
    const here = new Set(found);
    const away = (trust()?.addresses() ?? []).filter((address) => !here.has(address));
    return [...found, ...away].map((address) => shownPeer(accountId, address, places, trust()));
  }

  function tell(): void {
    timer = undefined;
    const peers = list();
    const text = JSON.stringify(peers);
    if (text === told) return;
    told = text;
    announce({ type: 'nearby-changed', accountId, peers });
  }

  return {
    list,
    changed() {
      timer ??= doors.clock.startTimer(TELL_EVERY_MS, tell);
    },
    stop() {
      timer?.cancel();
      timer = undefined;
    },
  };
}

function shownPeer(accountId: string, address: Address, places: Places, trust: PeerTrust | undefined): NearbyPeer {
  const found = places.find(address);
  const [place] = found?.places ?? [];
  const view = trust?.view(address) ?? { trust: 'unknown' as const };
  const isPlain = view.trust === 'unknown' && found?.places.every(({ protocol }) => protocol !== 'tls') === true;
  const location = place === undefined ? view.location : printLocation(place);
  return {
    accountId,
    address,
    displayName: found?.name ?? userOf(address),
    isVerified: view.trust === 'pinned' || view.trust === 'compared',
    trust: isPlain ? 'plain' : view.trust,
    isHere: found !== undefined,
    ...(view.safetyNumber === undefined ? {} : { safetyNumber: view.safetyNumber }),
    ...(location === undefined ? {} : { location }),
  };
}

function userOf(address: Address): string {
  return address.replace(/^sip:/, '').replace(/@.*$/, '');
}
