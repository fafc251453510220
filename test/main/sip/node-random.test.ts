// Tokens of the real random source: long enough, of signs that every field may hold, and never the same.
import { expect, test } from 'vitest';
import { createNodeRandom } from '../../../main/sip/index.ts';

/** Several refills of the block. */
const MANY = 2_000;

test('tokens hold the bits asked for and do not repeat', () => {
  const random = createNodeRandom();
  for (const [bits, length] of [
    [64, 13],
    [96, 20],
    [undefined, 20],
    [256, 52],
  ] as const) {
    const tokens = Array.from({ length: MANY }, () => random.token(bits));
    expect(tokens.filter((token) => token.length !== length || !/^[0-9a-v]+$/.test(token))).toEqual([]);
    expect(new Set(tokens).size).toBe(MANY);
  }
});

test('each sign comes equally often', () => {
  const random = createNodeRandom();
  const counts = new Map<string, number>();
  for (let index = 0; index < MANY; index += 1) for (const sign of random.token(160)) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  const expected = (MANY * 32) / 32;
  expect([...counts.values()].filter((count) => Math.abs(count - expected) > expected / 4)).toEqual([]);
  expect(counts.size).toBe(32);
});

test('branches have their cookie, 96 bits behind it, and do not repeat', () => {
  const random = createNodeRandom();
  const branches = Array.from({ length: MANY }, () => random.branch());
  expect(branches.filter((branch) => !/^z9hG4bK[0-9a-v]{20}$/.test(branch))).toEqual([]);
  expect(new Set(branches).size).toBe(MANY);
});
