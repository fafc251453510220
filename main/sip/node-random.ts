// The real random source. Bytes are drawn in blocks: one system call serves many tokens.
import { randomBytes } from 'node:crypto';
import type { Random } from './random.ts';

/** One refill serves over three hundred tokens and stays small enough to be forgotten. */
const BLOCK_BYTES = 4096;
/** 32 signs carry five bits each, so a byte's low five bits choose one without bias. */
const ALPHABET = '0123456789abcdefghijklmnopqrstuv';

export function createNodeRandom(): Random {
  let block = new Uint8Array(0);
  let used = 0;

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
      let text = '';
      for (const byte of take(Math.ceil(bits / 5))) text += ALPHABET.charAt(byte & 31);
      return text;
    },
  };
}
