// One subscription finds out whether min-interval is taken; the others follow.
import { expect, it } from 'vitest';
import { createRateKnowledge } from '../../../../main/simple/event/rate-knowledge.ts';

const [ONE, OTHER] = [{}, {}];

it('one asks until it is known; then all, or nobody', () => {
  for (const isTaken of [true, false]) {
    const learned: boolean[] = [];
    const rate = createRateKnowledge(undefined, (value) => learned.push(value));
    expect([rate.mayAsk(ONE), rate.mayAsk(OTHER), rate.mayAsk(ONE)]).toEqual([true, false, true]);
    if (isTaken) rate.taken();
    else rate.refused();
    // A server of somebody else may think otherwise; that is not learned of ours.
    rate.refused();
    expect([rate.mayAsk(ONE), rate.mayAsk(OTHER), learned]).toEqual([isTaken, isTaken, [isTaken]]);
  }
});

it('what is remembered is not asked again', () => {
  const learned: boolean[] = [];
  const rate = createRateKnowledge(false, (value) => learned.push(value));
  rate.taken();
  expect([rate.mayAsk(ONE), learned]).toEqual([false, []]);
});

it('where the one that asks goes, the next may', () => {
  const rate = createRateKnowledge(undefined, () => undefined);
  rate.mayAsk(ONE);
  rate.ended(OTHER);
  expect(rate.mayAsk(OTHER)).toBe(false);
  rate.ended(ONE);
  expect(rate.mayAsk(OTHER)).toBe(true);
});
