// The address of an account without a server: made once, when it is added. It says who somebody is, not where.
import type { Address } from '../../../app/domain/address.ts';
import { parseAddress } from '../../../app/domain/address.ts';
import type { Random } from '../../sip/index.ts';

const LONGEST_SLUG = 20;
/** Where a name has no letters that an address may have. */
const NO_SLUG = 'me';
/** RFC 4648 §6, in lower case: 8 of them from 40 random bits, so that nobody on any network has the same. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const HOST_BYTES = 5;
const BITS_PER_LETTER = 5;

/** `sip:<slug of the name>@<random letters>.local`. */
export function makeNearbyAddress(displayName: string, random: Random): Address {
  const made = parseAddress(`sip:${slugOf(displayName)}@${lettersOf(random.bytes(HOST_BYTES))}.local`);
  if (made.kind === 'failure') throw new Error(`a made address cannot be read: ${made.reason}`);
  return made.address;
}

/** Whether it looks as ours do: then the same program made it. */
export function isNearbyAddress(address: string): boolean {
  return /@[a-z2-7]{8}\.local$/.test(address);
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

function lettersOf(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(new RegExp(`.{${BITS_PER_LETTER}}`, 'g')) ?? [];
  return groups.map((group) => LETTERS.charAt(parseInt(group, 2))).join('');
}
