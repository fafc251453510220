// A bounded part of `npm run fuzz`: the same inputs each time, over every parser that meets bytes from strangers.
import { describe, expect, it } from 'vitest';
import { fuzz } from '../../fuzz/fuzz.ts';
import { codecs, targets } from '../../fuzz/targets.ts';

const COUNT = 2_000;

describe('damaged inputs never throw, and what is read prints and reads again', () => {
  it.each(targets)('$name', (target) => {
    expect(fuzz({ seed: 4475, count: COUNT, targets: [target] })).toEqual([]);
  });

  it('over every header codec there is', () => {
    expect(codecs.length).toBeGreaterThan(40);
  });

  it('a failing target is found and can be repeated', () => {
    const target = {
      name: 'broken',
      weight: 1,
      seeds: [Buffer.from('abc')],
      run: (bytes: Uint8Array) => {
        if (bytes.includes(0)) throw new Error('zero');
      },
    };
    const once = fuzz({ seed: 1, count: COUNT, targets: [target] });
    expect(once.length).toBeGreaterThan(0);
    expect(fuzz({ seed: 1, count: COUNT, targets: [target] }).map(({ input }) => input)).toEqual(once.map(({ input }) => input));
  });
});
