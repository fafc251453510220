// The address of an account without a server: made once, when it is added. It says who somebody is, not where, and of which key.
import { createHash } from 'node:crypto';
import type { Address } from '../../../app/domain/address.ts';
import { parseAddress } from '../../../app/domain/address.ts';

const LONGEST_SLUG = 20;
/** Where a name has no letters that an address may have. */
const NO_SLUG = 'me';
/** RFC 4648 §6, in lower case. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
/**
 * SECURITY: 80 bits of a hash of the key: nobody finds another key that has the same letters, so that an address proves its key before
 * anybody has met, and whoever announces somebody else's address first gains nothing by it.
 */
const HOST_BYTES = 10;
const BITS_PER_LETTER = 5;
const PURPOSE = 'nearby address, version 1';

/** `sip:<slug of the name>@<16 letters of the key>.local`. `key`: as peers see it (`Flow.peerKey`). */
export function makeNearbyAddress(displayName: string, key: string): Address {
  const made = parseAddress(`sip:${slugOf(displayName)}@${lettersOfKey(key)}.local`);
  if (made.kind === 'failure') throw new Error(`a made address cannot be read: ${made.reason}`);
  return made.address;
}

/** Whether it looks as ours do: then the same program made it, and it belongs to one key alone. */
export function isNearbyAddress(address: string): boolean {
  return /@[a-z2-7]{16}\.local$/.test(address);
}

/** Whether an address that looks as ours do was made of this key. */
export function isAddressOfKey(address: string, key: string): boolean {
  return address.endsWith(`@${lettersOfKey(key)}.local`);
}

/** Letters of ASCII, digits and '-'; accents are taken off their letters. */
function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const slug = plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, LONGEST_SLUG);
  return slug.replace(/-$/, '') || NO_SLUG;
}

function lettersOfKey(key: string): string {
  const bytes = createHash('sha256').update(`${PURPOSE} ${key}`).digest().subarray(0, HOST_BYTES);
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(new RegExp(`.{${BITS_PER_LETTER}}`, 'g')) ?? [];
  return groups.map((group) => LETTERS.charAt(parseInt(group, 2))).join('');
}
