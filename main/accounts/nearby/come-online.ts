// Trigger: the program starts, the account is added or changed, or the networks of this computer did.
// Result: it listens, is announced on each chosen network, and knows who else is; a goodbye at the end.
// RFC: 6763, 6762, 3261 §18.
import type { Address } from '../../../app/domain/address.ts';
import { createDiscovery } from '../../simple/discovery/discovery.ts';
import type { Announcement, Discovery } from '../../simple/discovery/discovery.ts';
import { ACCEPTED_TYPES } from '../../simple/page-mode/read-content.ts';
import type { Timer } from '../../sip/index.ts';
import { printUri } from '../../sip/index.ts';
import * as store from '../../store/index.ts';
import { OFF } from '../account-states.ts';
import type { AccountWorld } from '../account-world.ts';
import { inBackground } from '../account-world.ts';
import { addressOf, canonicalAddress } from '../address-text.ts';
import type { ContactBook } from '../contact-book.ts';
import { readOwnPresence } from '../publish-presence.ts';
import type { SignedIn, SignInEvents } from '../sign-in.ts';
import { createHearing } from './hear-peer.ts';
import { chosenAddresses, listen } from './listen.ts';
import type { Listening } from './listen.ts';
import type { NearbyAccount } from './nearby-account.ts';
import { wrapEndpoint } from './nearby-endpoint.ts';
import { createNearbyNetwork } from './nearby-network.ts';

export interface Online extends SignedIn {
  /** Whether others see on the network that we are here. Either way we listen, and see them. */
  show(isShown: boolean): void;
}

/** WHY looked at by ourselves too: not every system, and no headless one, tells of networks that come and go. It costs some microseconds. */
const LOOK_EVERY_MS = 3_000;

/** Rejects with SignInFailure where there are words for why it cannot listen, else as the system does. */
export async function comeOnline(world: AccountWorld, account: NearbyAccount, book: ContactBook, events: SignInEvents): Promise<Online> {
  const { clock, random, log, product, version } = world.doors;
  const { identity, key, trust } = await account.identity();
  const addresses = chosenAddresses(world);
  const { places } = account;
  const listening = await listen(
    world,
    {
      ...{ clock, random, identity },
      network: createNearbyNetwork(world.doors.network, places, () => addresses),
      log: (level, text) => log(level, `${world.address}: ${text}`),
      product: `${product}/${version}`,
      outboundProxy: undefined,
      contactsListener: true,
      preferredTransport: undefined,
      caPem: undefined,
      accept: ACCEPTED_TYPES,
      isOurs: ({ user }) => user === undefined || user === world.uri.user,
      credentials: () => undefined,
      peerTrouble(to, flow) {
        const address = addressOf(to);
        return address === undefined ? undefined : trust.troubleWith(address, flow);
      },
    },
    addresses,
  );
  const keeping = keepPort(world, listening.port);
  inBackground(world, 'keeping the port', keeping);
  // WHY whatever comes of it: where nothing can be stored now it is another port next time, and nothing worse.
  await Promise.allSettled([keeping]);
  const hearing = createHearing({
    ...{ clock, log, trust, places },
    ownAddress: world.address,
    ownUri: world.uri,
    ownKey: key,
    isContact: (address) => book.find(address) !== undefined,
    onHeard: (address) => account.heard(address),
  });
  const { doubt, ...online } = announcing(world, account, listening, events);
  // RFC 6762 §10.4: a connection that ends may be a computer that is gone, which says no goodbye.
  listening.endpoint.onFlowClosed(({ peerUris = [] }) => {
    for (const uri of peerUris) {
      const peer = canonicalAddress(uri);
      if (peer !== undefined) doubt(peer);
    }
  });
  return { endpoint: wrapEndpoint(listening.endpoint, places, hearing, doubt), ...online };
}

/** The same port at the next start: peers who know where we are need not look for us. */
async function keepPort(world: AccountWorld, listenPort: number): Promise<void> {
  const { accountId } = world;
  if (world.stored.settings.listenPort === listenPort) return;
  const stored = await world.storage.commit((db) => {
    // WHY read here: the person may be changing the settings at this moment.
    const known = store.getAccount(db, { accountId });
    if (known === null || known.settings.listenPort !== undefined) return null;
    return store.updateAccount(db, { accountId, settings: { ...known.settings, listenPort } });
  });
  if (stored !== null) world.stored = stored;
}

function announcing(
  world: AccountWorld,
  account: NearbyAccount,
  listening: Listening,
  events: SignInEvents,
): Pick<Online, 'registration' | 'networkChanged' | 'show'> & { readonly doubt: (peer: Address) => void } {
  const { clock, random, multicast, log } = world.doors;
  const { addresses } = listening;
  let discovery: Discovery | undefined;
  let announcement: Announcement | undefined;
  let hasMoved = false;
  let looking: Timer | undefined;

  function lookSoon(): void {
    looking = clock.startTimer(LOOK_EVERY_MS, () => {
      if (!moved()) lookSoon();
    });
  }

  function show(isShown: boolean): void {
    if (isShown) announcement ??= discovery?.announce(announced(world, listening));
    else {
      announcement?.stop();
      announcement = undefined;
    }
  }

  /** Whether we must listen elsewhere. */
  function moved(): boolean {
    const now = chosenAddresses(world);
    if (hasMoved || sameAddresses(now, addresses)) return hasMoved;
    hasMoved = true;
    events.moved();
    return true;
  }

  return {
    show,
    doubt: (peer) => account.places.find(peer)?.places.forEach((place) => discovery?.doubt(place.address, place.port)),
    registration: {
      start() {
        discovery = createDiscovery({ clock, random, multicast, log, interfaces: addresses });
        show(readOwnPresence(world).availability !== 'invisible');
        discovery.browse((peers) => account.found(peers));
        world.states.set('registration', { state: 'ok' });
        lookSoon();
        events.answered();
        events.signedIn();
      },
      retryNow: () => void moved(),
      stop() {
        looking?.cancel();
        discovery?.stop();
        account.found([]);
        world.states.set('registration', OFF);
        return Promise.resolve();
      },
    },
    networkChanged() {
      if (!moved()) discovery?.refreshInterfaces(addresses);
    },
  };
}

/** draft-lee-sip-dns-sd-uri: one service for each way, all of one URI. */
function announced({ address, uri, displayName }: AccountWorld, { port, tlsPort }: Listening): Parameters<Discovery['announce']>[0] {
  const by = (transport: string): string => printUri({ ...uri, parameters: [{ name: 'transport', value: transport }] });
  return {
    name: displayName,
    uri: address,
    services: [
      { type: '_sips._tcp', port: tlsPort, contact: by('tls') },
      { type: '_sipuri._tcp', port, contact: by('tcp') },
      { type: '_sipuri._udp', port, contact: by('udp') },
    ],
  };
}

function sameAddresses(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}
