// Repeatable randomness: the same seed gives the same run.
import { BRANCH_COOKIE, type Random } from '../../main/sip/random.ts';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';

/** A mulberry32 generator: small, fast, and good enough to shuffle a test's packets. */
export function createFakeRandom(seed = 1): Random {
  let state = seed >>> 0;

  function fraction(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  function token(bits = 96): string {
    let text = '';
    for (let length = Math.ceil(bits / 5); length > 0; length--) text += ALPHABET.charAt(Math.floor(fraction() * ALPHABET.length));
    return text;
  }

  return {
    fraction,
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(fraction() * 256)),
    token,
    branch: () => BRANCH_COOKIE + token(),
  };
}
