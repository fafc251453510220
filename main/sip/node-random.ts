// The real random source.
import { randomBytes } from 'node:crypto';
import type { Random } from './random.ts';

export function createNodeRandom(): Random {
  return {
    bytes: (count) => randomBytes(count),
    fraction: () => Math.random(),
    token: (bits = 96) => randomBytes(Math.ceil(bits / 8)).toString('hex'),
  };
}
