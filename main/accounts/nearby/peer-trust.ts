// Who a peer is by its key: kept at first contact, compared by people, held against each connection.
import type { Address } from '../../../app/domain/address.ts';
import type { Clock } from '../../sip/index.ts';
import type { PeerKey } from '../../store/index.ts';
import { listPeerKeys, savePeerKey, sweepPeerKeys } from '../../store/index.ts';
import type { Storage } from '../storage.ts';
import { judgePeer } from './judge-peer.ts';
import type { Offered, Verdict } from './judge-peer.ts';
import { safetyNumber } from './safety-number.ts';
import { KEY_CHANGED, KEY_MISSING, OTHER_NAME } from './words.ts';

/** `isVerified`: TLS with the key kept for this address. */
type Heard =
  | { readonly isAllowed: true; readonly verdict: Exclude<Verdict, Refused>; readonly isVerified: boolean }
  /** To be answered 403. */
  | { readonly isAllowed: false; readonly verdict: Refused };

type Refused = 'changed' | 'downgrade' | 'other-name';

interface TrustView {
  /** `unknown`: no key is kept; whether such a peer is `plain` says its announcement. */
  readonly trust: 'unknown' | 'pinned' | 'compared' | 'changed';
  /** Of our key and the peer's; for `changed` of the offered key. Six groups of five digits. */
  readonly safetyNumber?: string;
  /** As `rememberLocation` was given it. */
  readonly location?: string;
}

/** The keys of all peers of one account: in memory what is asked at each request, in the store what must survive. */
export interface PeerTrust {
  /** For a request that came in: `from` is the address of its From. Keeps a first key, remembers a changed one. */
  hear(from: Address, flow: Offered): Heard;
  /**
   * For `EndpointOptions.peerTrouble`, which asks before each request goes out. Undefined: it may; else a sentence for a person why not.
   * `to`: the address of its To. A numeric host is a place and nobody's name, so whoever is there may be asked, and no key is kept.
   */
  troubleWith(to: Address, flow: Offered): string | undefined;
  view(address: Address): TrustView;
  /** Addresses whose key is kept. */
  addresses(): readonly Address[];
  /** The person compared the safety numbers. False: no key is kept for this address, or another one is offered. Rejects as storing does. */
  compare(address: Address, isSame: boolean): Promise<boolean>;
  /**
   * The offered key is kept in place of the old one; messages may go again. `seen`: the safety number the person saw, where it is known.
   * False: none is offered, or another one than the person saw. Rejects as storing does.
   */
  accept(address: Address, seen?: string): Promise<boolean>;
  /** Where the peer was last, e.g. `192.0.2.7:25062`; kept only beside a key. */
  rememberLocation(address: Address, location: string): void;
}

interface PeerTrustParts {
  readonly storage: Pick<Storage, 'commit' | 'read'>;
  readonly clock: Clock;
  readonly accountId: string;
  readonly ownAddress: Address;
  /** Our own key, as peers see it: who has it is ourselves. */
  readonly ownKey: string;
  /** What `view` says of this address is different now: tell the page, and let what waits for it go. */
  readonly onChanged: (address: Address) => void;
}

/** Strangers whose keys are kept: they need not be known again for long, and can be as many as they like. */
export const MOST_STRANGERS = 500;
/** Keys added between two looks at who is a stranger. */
const SWEEP_AFTER = 50;
/** In memory, where even the sweep fails: more people than anybody knows. */
const MOST_IN_MEMORY = 5_000;
/** SECURITY: who offers key after key under somebody's name must neither wear out the disk nor change what the person is looking at. */
const OFFER_HOLD_MS = 10_000;
/** The time of last contact is written this exactly. */
const SEEN_STEP_MS = 3_600_000;

export function createPeerTrust(parts: PeerTrustParts): PeerTrust {
  return new Keeper(parts);
}

class Keeper implements PeerTrust {
  readonly #parts: PeerTrustParts;
  readonly #kept: Map<Address, PeerKey>;
  /** Until when the key offered under an address is not replaced, in monotonic time. */
  readonly #heldUntilMs = new Map<Address, number>();
  /** By the peer's key: a number takes some milliseconds. */
  readonly #numbers = new Map<string, string>();
  #addedCount = 0;

  constructor(parts: PeerTrustParts) {
    this.#parts = parts;
    const rows = parts.storage.read((db) => listPeerKeys(db, parts));
    this.#kept = new Map(rows.map((row) => [row.address as Address, row]));
  }

  hear(from: Address, flow: Offered): Heard {
    const verdict = this.#judge(from, flow);
    if (verdict === 'changed' || verdict === 'downgrade' || verdict === 'other-name') return { isAllowed: false, verdict };
    return { isAllowed: true, verdict, isVerified: verdict !== 'plain' };
  }

  troubleWith(to: Address, flow: Offered): string | undefined {
    switch (this.#judge(to, flow)) {
      case 'changed':
        return KEY_CHANGED;
      case 'downgrade':
        return KEY_MISSING;
      case 'other-name':
        return isPlace(to) && !this.#kept.has(to) ? undefined : OTHER_NAME;
      default:
        return undefined;
    }
  }

  view(address: Address): TrustView {
    const kept = this.#kept.get(address);
    if (kept === undefined) return { trust: 'unknown' };
    const trust = kept.offeredKey !== undefined ? 'changed' : kept.comparedAtMs !== undefined ? 'compared' : 'pinned';
    return {
      trust,
      safetyNumber: this.#numberOf(kept.offeredKey ?? kept.key),
      ...(kept.lastLocation !== '' && { location: kept.lastLocation }),
    };
  }

  addresses(): readonly Address[] {
    return [...this.#kept.keys()];
  }

  async compare(address: Address, isSame: boolean): Promise<boolean> {
    const kept = this.#kept.get(address);
    if (kept === undefined || kept.offeredKey !== undefined) return false;
    const { comparedAtMs: _, ...rest } = kept;
    await this.#change(kept, isSame ? { ...rest, comparedAtMs: this.#parts.clock.nowMs() } : rest);
    return true;
  }

  async accept(address: Address, seen?: string): Promise<boolean> {
    const kept = this.#kept.get(address);
    const offered = kept?.offeredKey;
    if (kept === undefined || offered === undefined) return false;
    if (seen !== undefined && seen !== this.#numberOf(offered)) return false;
    const nowMs = this.#parts.clock.nowMs();
    const { lastLocation } = kept;
    await this.#change(kept, { address, key: offered, firstSeenAtMs: nowMs, seenAtMs: nowMs, lastLocation });
    return true;
  }

  rememberLocation(address: Address, location: string): void {
    const kept = this.#kept.get(address);
    if (kept === undefined || kept.lastLocation === location) return;
    this.#keep({ ...kept, lastLocation: location });
    this.#parts.onChanged(address);
  }

  #judge(address: Address, flow: Offered): Verdict {
    const { ownAddress, ownKey } = this.#parts;
    if (address === ownAddress) return judgePeer(ownKey, flow, address);
    const kept = this.#kept.get(address);
    const verdict = judgePeer(kept?.key, flow, address);
    const { peerKey } = flow;
    if (peerKey === undefined) return verdict;
    // SECURITY: our own key under another name is our own mirror, or somebody who passes our bytes on.
    if (peerKey === ownKey) return 'other-name';
    if (verdict === 'first') this.#keepFirst(address, peerKey);
    else if (verdict === 'changed' && kept !== undefined) this.#noteOffer(kept, peerKey);
    else if (verdict === 'same' && kept !== undefined) this.#noteSame(kept);
    return verdict;
  }

  #keepFirst(address: Address, key: string): void {
    if (this.#kept.size >= MOST_IN_MEMORY) return;
    const nowMs = this.#parts.clock.nowMs();
    this.#keep({ address, key, firstSeenAtMs: nowMs, seenAtMs: nowMs, lastLocation: '' });
    this.#parts.onChanged(address);
    this.#addedCount += 1;
    if (this.#addedCount % SWEEP_AFTER === 0) this.#sweep();
  }

  #noteOffer(kept: PeerKey, offeredKey: string): void {
    if (kept.offeredKey === offeredKey) return;
    const address = kept.address as Address;
    const nowMs = this.#parts.clock.monotonicMs();
    if (nowMs < (this.#heldUntilMs.get(address) ?? 0)) return;
    this.#heldUntilMs.set(address, nowMs + OFFER_HOLD_MS);
    this.#keep({ ...kept, offeredKey });
    this.#parts.onChanged(address);
  }

  #noteSame(kept: PeerKey): void {
    const nowMs = this.#parts.clock.nowMs();
    const { offeredKey, ...rest } = kept;
    if (offeredKey === undefined && Math.abs(nowMs - kept.seenAtMs) < SEEN_STEP_MS) return;
    this.#keep({ ...rest, seenAtMs: nowMs });
    if (offeredKey !== undefined) this.#parts.onChanged(kept.address as Address);
  }

  /** At once in memory; when storing fails, storage.ts tells the person, and memory goes on. */
  #keep(peer: PeerKey): void {
    const { storage, accountId } = this.#parts;
    this.#kept.set(peer.address as Address, peer);
    storage.commit((db) => savePeerKey(db, { accountId, peer })).catch(() => undefined);
  }

  /** What a person decides: durable first. */
  async #change(from: PeerKey, to: PeerKey): Promise<void> {
    const { storage, accountId, onChanged } = this.#parts;
    const address = from.address as Address;
    await storage.commit((db) => savePeerKey(db, { accountId, peer: to }));
    this.#kept.set(address, to);
    onChanged(address);
  }

  #sweep(): void {
    const { storage, accountId } = this.#parts;
    storage
      .commit((db) => sweepPeerKeys(db, { accountId, most: MOST_STRANGERS }))
      .then(
        (gone) => gone.forEach((address) => this.#forget(address as Address)),
        () => undefined,
      );
  }

  #forget(address: Address): void {
    const kept = this.#kept.get(address);
    this.#kept.delete(address);
    this.#heldUntilMs.delete(address);
    if (kept !== undefined) this.#numbers.delete(kept.key);
    this.#parts.onChanged(address);
  }

  #numberOf(key: string): string {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const made = safetyNumber(this.#parts.ownKey, key);
    if (this.#numbers.size >= MOST_IN_MEMORY) this.#numbers.clear();
    this.#numbers.set(key, made);
    return made;
  }
}

/** `sip:bob@192.0.2.7:5060`: a place on the network. */
function isPlace(address: Address): boolean {
  return /@(\[|\d{1,3}(\.\d{1,3}){3}(:|$))/.test(address);
}
