// The real random source. Bytes are drawn in blocks: one system call serves many tokens.
import { randomBytes } from 'node:crypto';
import type { Random } from './random.ts';

/** One refill serves over three hundred tokens and stays small enough to be forgotten. */
const BLOCK_BYTES = 4096;
/** 32 signs carry five bits each, so a byte's low five bits choose one without bias. */
const ALPHABET = '0123456789abcdefghijklmnopqrstuv';

/** So many signs at a time. WHY no more: a token that is kept keeps all those that were drawn with it. */
const SIGNS = 1_600;
const SIGN_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => ALPHABET.charCodeAt(byte & 31));

function signs(count: number): string {
  const block = randomBytes(count);
  for (let index = 0; index < count; index += 1) block[index] = SIGN_OF_BYTE[block[index] ?? 0] ?? 0;
  return block.toString('latin1');
}

export function createNodeRandom(): Random {
  let block = new Uint8Array(0);
  let used = 0;
  /** Signs for tokens, as one text. WHY: a token cut out of it costs a tenth of one made from bytes. */
  let tokens = '';
  let tokenUsed = 0;

  function take(count: number): Uint8Array {
    if (count > BLOCK_BYTES) return new Uint8Array(randomBytes(count));
    if (used + count > block.length) {
      block = new Uint8Array(randomBytes(BLOCK_BYTES));
      used = 0;
    }
    const taken = block.slice(used, used + count);
    // SECURITY: what was handed out is not kept.
    block.fill(0, used, used + count);
    used += count;
    return taken;
  }

  return {
    bytes: take,
    fraction: () => Math.random(),
    token(bits = 96) {
      const count = Math.ceil(bits / 5);
      if (count > SIGNS) throw new RangeError('a token of so many bits');
      if (tokenUsed + count > tokens.length) {
        tokens = signs(SIGNS);
        tokenUsed = 0;
      }
      tokenUsed += count;
      return tokens.slice(tokenUsed - count, tokenUsed);
    },
  };
}
