// An account without a server while the program runs, online or not: its key, the keys of others, and where everybody is.
import type { Address } from '../../../app/domain/address.ts';
import { CallFailure } from '../../../app/bridge/failure.ts';
import type { NearbyPeer } from '../../../app/domain/nearby.ts';
import type { Peer } from '../../simple/discovery/peers.ts';
import type { Endpoint, TlsIdentity } from '../../sip/index.ts';
import type { AccountWorld } from '../account-world.ts';
import { inBackground } from '../account-world.ts';
import { addressInput, invalid, notFound } from '../call-input.ts';
import { SignInFailure } from '../sign-in-failure.ts';
import { askPlace, isWrongPlace, readPlace } from './ask-place.ts';
import type { FoundAtPlace, TypedPlace } from './ask-place.ts';
import { IDENTITY_MAKER } from './make-identity.ts';
import type { Nearby } from './nearby.ts';
import { openOwnKey } from './own-key.ts';
import { createPeerTrust } from './peer-trust.ts';
import type { PeerTrust } from './peer-trust.ts';
import { createPlaces, printLocation } from './places.ts';
import type { FoundChange, Places } from './places.ts';
import { createShownPeers } from './shown-peers.ts';
import type { ShownPeers } from './shown-peers.ts';
import { KEY_LOST, NOBODY_AT_PLACE, NO_NEW_KEY, NO_PLACE, OTHER_NEW_KEY } from './words.ts';

/** Who we are on the network. */
export interface OwnIdentity {
  readonly identity: TlsIdentity;
  readonly key: string;
  readonly trust: PeerTrust;
}

/** What runs while the account is online, told of peers. */
export interface PeerEvents {
  /** They are there now, or elsewhere than before. */
  appeared(address: Address): void;
  disappeared(address: Address): void;
  /** They sent something. */
  heard(address: Address): void;
  /** Another key is offered, or one was accepted. */
  trustChanged(address: Address): void;
}

const NOBODY_LISTENS: PeerEvents = {
  appeared: () => undefined,
  disappeared: () => undefined,
  heard: () => undefined,
  trustChanged: () => undefined,
};
/** A place that was asked is not asked again for so long. */
const ASKED_FOR_MS = 30_000;
/** A person types few of them. */
const MOST_ASKED = 100;

export class NearbyAccount implements Nearby {
  readonly places: Places;
  readonly #world: AccountWorld;
  readonly #shown: ShownPeers;
  readonly #asked = new Map<string, { readonly atMs: number; readonly answer: Promise<FoundAtPlace | undefined> }>();
  #own: OwnIdentity | undefined;
  #opening: Promise<OwnIdentity> | undefined;
  #events: PeerEvents = NOBODY_LISTENS;
  #endpoint: Endpoint | undefined;

  constructor(world: AccountWorld) {
    this.#world = world;
    this.places = createPlaces(world.address, {
      addresses: () => this.#own?.trust.addresses() ?? [],
      locationOf: (address) => this.#own?.trust.view(address).location,
    });
    this.#shown = createShownPeers(world, this.places, () => this.#own?.trust);
  }

  /** Our key and those of others, opened once. Rejects with SignInFailure where our own can neither be read nor kept. */
  async identity(): Promise<OwnIdentity> {
    if (this.#own !== undefined) return this.#own;
    // WHY one for all who ask meanwhile: where the key is gone, each would make another.
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  async #open(): Promise<OwnIdentity> {
    const { doors, accountId, address, storage, findings } = this.#world;
    const { secrets, log, clock } = doors;
    const opened = await openOwnKey({ secrets, maker: doors.identityMaker ?? IDENTITY_MAKER, log, address });
    if (opened.kind === 'failure') throw new SignInFailure(opened.reason);
    findings.set('key-lost', opened.isFirst ? undefined : KEY_LOST);
    const { identity, key } = opened;
    const trust = createPeerTrust({
      ...{ storage, clock, accountId },
      ownAddress: address,
      ownKey: key,
      onChanged: (peer) => this.#trustChanged(peer),
    });
    inBackground(this.#world, 'preparing safety numbers', this.#prepareNumbers(trust));
    return (this.#own = { identity, key, trust });
  }

  /** WHY ahead, one in each turn: a number takes a moment, and those of hundreds of people at once would hold everything. */
  async #prepareNumbers(trust: PeerTrust): Promise<void> {
    for (const address of trust.addresses()) {
      trust.view(address);
      await new Promise<void>((resolve) => void this.#world.doors.defer(resolve));
    }
  }

  online(endpoint: Endpoint, events: PeerEvents): void {
    this.#endpoint = endpoint;
    this.#events = events;
    for (const { address } of this.places.found()) events.appeared(address);
  }

  offline(): void {
    this.#endpoint = undefined;
    this.#events = NOBODY_LISTENS;
    this.#asked.clear();
    this.found([]);
  }

  /** Everybody who is announced now. */
  found(peers: readonly Peer[]): void {
    const { appeared, disappeared }: FoundChange = this.places.setFound(peers);
    for (const address of appeared) this.#events.appeared(address);
    for (const address of disappeared) this.#events.disappeared(address);
    if (appeared.length + disappeared.length > 0) this.#shown.changed();
  }

  heard(address: Address): void {
    this.#events.heard(address);
  }

  stop(): void {
    this.#shown.stop();
  }

  list(): NearbyPeer[] {
    return this.#shown.list();
  }

  async compareKey(address: Address, isSame: boolean): Promise<void> {
    const { trust } = await this.identity();
    if (!(await trust.compare(address, isSame))) throw notFound('address', 'No key of this person is known that could be compared.');
  }

  async acceptKey(address: Address, seen?: string): Promise<void> {
    const { trust } = await this.identity();
    if (await trust.accept(address, seen)) return;
    const reason = trust.view(address).trust === 'changed' ? OTHER_NEW_KEY : NO_NEW_KEY;
    throw new CallFailure({ kind: 'refused', field: 'address', reason });
  }

  async resolve(text: string, field = 'address'): Promise<{ address: Address; display?: string }> {
    const place = readPlace(text);
    if (place === undefined && isWrongPlace(text)) throw invalid(field, NO_PLACE);
    if (place === undefined) return addressInput(text, field);
    const known = this.places.at(place.address, place.port) ?? (await this.#ask(place))?.address;
    if (known === this.#world.address) throw invalid(field, 'This is your own address.');
    if (known !== undefined) return { address: known };
    if (text.includes('@')) return addressInput(text, field);
    throw new CallFailure({ kind: 'unavailable', field, reason: NOBODY_AT_PLACE });
  }

  async #ask(place: TypedPlace): Promise<FoundAtPlace | undefined> {
    const endpoint = this.#endpoint;
    if (endpoint === undefined) return undefined;
    const { clock } = this.#world.doors;
    const key = printLocation(place);
    const before = this.#asked.get(key);
    if (before !== undefined && clock.monotonicMs() - before.atMs < ASKED_FOR_MS) return before.answer;
    if (this.#asked.size >= MOST_ASKED) this.#asked.clear();
    const answer = askPlace(endpoint, clock, this.#world.uri, place);
    this.#asked.set(key, { atMs: clock.monotonicMs(), answer });
    const found = await answer;
    if (found !== undefined) this.places.learn(found.address, found.place);
    return found;
  }

  #trustChanged(address: Address): void {
    this.#shown.changed();
    this.#events.trustChanged(address);
  }
}
