// Who somebody nearby really is, in words and groups of digits.
import type { NearbyPeer, PeerTrust } from '../../app/domain/nearby.ts';
import { t, type TextKey } from '../text/text.svelte.ts';

/** The mark of a row: only what sets somebody apart. */
const MARKS: Readonly<Partial<Record<PeerTrust, TextKey>>> = {
  plain: 'nearby.unverified',
  changed: 'nearby.keyChanged',
  compared: 'nearby.compared',
};

/** `unverified`, `key changed`, `compared`; '' where there is nothing to point out. */
export function trustMark(peer: NearbyPeer): string {
  const key = MARKS[peer.trust];
  return key === undefined ? '' : t(key);
}

/** One sentence or two on how sure it is. */
export function trustWords(peer: NearbyPeer, name: string): string {
  return t(`trust.${peer.trust}`, { name });
}

/** The groups of a safety number, whatever stands between them. */
export function numberGroups(safetyNumber: string): string[] {
  return safetyNumber.match(/\d{1,5}/gu)?.slice(0, 6) ?? [];
}

/** For readers: digit by digit, a pause after each group. */
export function spokenNumber(safetyNumber: string): string {
  return numberGroups(safetyNumber)
    .map((group) => [...group].join(' '))
    .join(', ');
}
