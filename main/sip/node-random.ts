// The real random source. Bytes are drawn in blocks: one system call serves many tokens.
import { randomBytes, randomFillSync } from 'node:crypto';
import { BRANCH_COOKIE, type Random } from './random.ts';

/** One refill serves over three hundred tokens and stays small enough to be forgotten. */
const BLOCK_BYTES = 4096;
/** 32 signs carry five bits each, so a byte's low five bits choose one without bias. */
const ALPHABET = '0123456789abcdefghijklmnopqrstuv';

/** Drawn at a time for tokens: a system's byte costs a fifth of what it does in small draws. */
const DRAWN_BYTES = 16_000;
/** So many signs as one text. WHY no more: a token that is kept keeps all those that were cut out of the same. */
const SIGNS = 1_600;
/** 96 bits. */
const BRANCH_SIGNS = 20;
const EACH_BRANCH = /.{20}/g;
const SIGN_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => ALPHABET.charCodeAt(byte & 31));

/** Gives `SIGNS` signs, each time others. */
function createSigns(): () => string {
  const drawn = Buffer.alloc(DRAWN_BYTES);
  let used = DRAWN_BYTES;
  return () => {
    if (used === DRAWN_BYTES) {
      randomFillSync(drawn);
      for (let index = 0; index < DRAWN_BYTES; index += 1) drawn[index] = SIGN_OF_BYTE[drawn[index] ?? 0] ?? 0;
      used = 0;
    }
    used += SIGNS;
    return drawn.toString('latin1', used - SIGNS, used);
  };
}

/** Cuts pieces of the length asked for out of the texts that `next` gives. WHY: that costs a tenth of one made from bytes. */
function createCutter(next: () => string): (length: number) => string {
  let text = '';
  let used = 0;
  return (length) => {
    if (used + length > text.length) {
      text = next();
      used = 0;
    }
    used += length;
    return text.slice(used - length, used);
  };
}

export function createNodeRandom(): Random {
  const signs = createSigns();
  const cutToken = createCutter(signs);
  // WHY with their cookies already: a joined text is put together when it is first read, which costs as much as four tokens.
  const cutBranch = createCutter(() => signs().replace(EACH_BRANCH, `${BRANCH_COOKIE}$&`));
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
      const count = Math.ceil(bits / 5);
      if (count > SIGNS) throw new RangeError('a token of so many bits');
      return cutToken(count);
    },
    branch: () => cutBranch(BRANCH_COOKIE.length + BRANCH_SIGNS),
  };
}
