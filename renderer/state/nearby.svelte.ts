// The people nearby of all accounts: who is there, whose key is trusted. Rows keep their places while a hand is on the list.
import type { Contact } from '../../app/domain/contact.ts';
import type { NearbyPeer } from '../../app/domain/nearby.ts';
import type { AppClient } from '../app-client.ts';
import { folded } from './folded.ts';
import { personName } from './naming.ts';

const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

/** One key for a person of one account. */
export const peerKey = (accountId: string, address: string): string => `${accountId} ${address}`;

/** By name, and by address among those of one name. */
export function inOrder(peers: readonly NearbyPeer[]): NearbyPeer[] {
  const named = peers.map((peer) => ({ peer, name: personName(peer.address, '', peer.displayName) }));
  named.sort((a, b) => collator.compare(a.name, b.name) || (a.peer.address < b.peer.address ? -1 : 1));
  return named.map(({ peer }) => peer);
}

export class NearbyState {
  /** Everybody the core told of, by `peerKey`: those here, and those remembered. */
  byKey = $state.raw<ReadonlyMap<string, NearbyPeer>>(new Map());
  /** Keys of those here. While held, whoever comes is put at the end and whoever goes keeps the place. */
  order = $state.raw<readonly string[]>([]);
  readonly #client: AppClient;
  readonly #told = new Map<string, readonly NearbyPeer[]>();
  #isHeld = false;

  constructor(client: AppClient) {
    this.#client = client;
  }

  async load(accountId: string): Promise<void> {
    const reply = await this.#client.call('listNearby', { accountId });
    if (reply.kind === 'ok') this.applyPeers(accountId, reply.output.peers);
  }

  find(accountId: string, address: string): NearbyPeer | undefined {
    return this.byKey.get(peerKey(accountId, address));
  }

  applyPeers(accountId: string, peers: readonly NearbyPeer[]): void {
    this.#told.set(accountId, peers);
    this.#arrange();
  }

  applyAccountRemoved(accountId: string): void {
    this.#told.delete(accountId);
    this.#arrange();
  }

  /** A pointer or the focus is on the list: no row moves from under it. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#arrange();
  }

  /** Returns why not, or undefined. */
  async compare(peer: NearbyPeer, isSame: boolean): Promise<string | undefined> {
    const reply = await this.#client.call('compareKey', { accountId: peer.accountId, address: peer.address, isSame });
    return reply.kind === 'failure' ? reply.failure.reason : undefined;
  }

  /** The key whose safety number `peer` has. Returns why not, or undefined. */
  async acceptKey({ accountId, address, safetyNumber }: NearbyPeer): Promise<string | undefined> {
    const reply = await this.#client.call('acceptKey', { accountId, address, safetyNumber });
    return reply.kind === 'failure' ? reply.failure.reason : undefined;
  }

  #arrange(): void {
    const before = this.byKey;
    const all = [...this.#told.values()].flat();
    const byKey = new Map(all.map((peer) => [peerKey(peer.accountId, peer.address), peer]));
    const here = inOrder(all.filter((peer) => peer.isHere)).map((peer) => peerKey(peer.accountId, peer.address));
    if (!this.#isHeld) {
      this.byKey = byKey;
      this.order = here;
      return;
    }
    for (const key of this.order) {
      const gone = before.get(key);
      if (gone !== undefined && !byKey.has(key)) byKey.set(key, { ...gone, isHere: false });
    }
    const placed = new Set(this.order);
    this.byKey = byKey;
    this.order = [...this.order, ...here.filter((key) => !placed.has(key))];
  }
}

/** Keys of those whose name, as it is read, somebody else has too: another one nearby, or one of `names`. Case and accents do not matter. */
export function twinsOf(peers: readonly NearbyPeer[], names: readonly string[]): ReadonlySet<string> {
  const nameOf = (peer: NearbyPeer): string => folded(personName(peer.address, '', peer.displayName));
  const counts = new Map<string, number>();
  for (const name of [...names.map(folded), ...peers.map(nameOf)]) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Set(peers.filter((peer) => (counts.get(nameOf(peer)) ?? 0) > 1).map((peer) => peerKey(peer.accountId, peer.address)));
}

/** Those here who are not among the people of their account: with them the person has nothing to do yet. */
export function strangersHere(nearby: NearbyState, find: (accountId: string, address: string) => Contact | undefined): string[] {
  return nearby.order.filter((key) => {
    const peer = nearby.byKey.get(key);
    return peer !== undefined && find(peer.accountId, peer.address) === undefined;
  });
}
