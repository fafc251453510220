// The real random source. Bytes are drawn in blocks: one system call serves many tokens.
import { randomBytes } from 'node:crypto';
import type { Random } from './random.ts';

/** One refill serves over three hundred tokens and stays small enough to be forgotten. */
const BLOCK_BYTES = 4096;
/** 32 signs carry five bits each, so a byte's low five bits choose one without bias. */
const ALPHABET = '0123456789abcdefghijklmnopqrstuv';

function signs(): Buffer<ArrayBuffer> {
  const block = randomBytes(BLOCK_BYTES);
  for (let index = 0; index < block.length; index += 1) block[index] = ALPHABET.charCodeAt((block[index] ?? 0) & 31);
  return block;
}

export function createNodeRandom(): Random {
  let block = new Uint8Array(0);
  let used = 0;
  /** Signs for tokens. WHY a block of their own: a token cut out of it is one text, where one put together sign by sign is twenty. */
  let tokens = Buffer.alloc(0);
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
      if (count > BLOCK_BYTES) throw new RangeError('a token of so many bits');
      if (tokenUsed + count > tokens.length) {
        tokens = signs();
        tokenUsed = 0;
      }
      const start = tokenUsed;
      tokenUsed += count;
      const text = tokens.toString('latin1', start, tokenUsed);
      for (let index = start; index < tokenUsed; index += 1) tokens[index] = 0;
      return text;
    },
  };
}
