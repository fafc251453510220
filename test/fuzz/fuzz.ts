// The loop: feeds inputs to the targets and notes what broke, in a way that can be repeated.
import { createDice } from './dice.ts';
import { nextInput } from './mutate.ts';
import type { FuzzTarget } from './targets.ts';

export interface Finding {
  readonly target: string;
  readonly what: string;
  readonly input: Uint8Array;
}

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  readonly targets: readonly FuzzTarget[];
  /** Called after each input with the time it took; a returned text is a finding. */
  readonly onInput?: (target: FuzzTarget, input: Uint8Array, index: number) => string | undefined;
}

/** More say nothing new. */
const MOST_FINDINGS = 10;

export function fuzz({ seed, count, targets, onInput }: FuzzOptions): Finding[] {
  const dice = createDice(seed);
  const weighted = targets.flatMap((target) => Array.from({ length: target.weight }, () => target));
  const findings: Finding[] = [];
  for (let index = 0; index < count && findings.length < MOST_FINDINGS; index += 1) {
    const target = dice.pick(weighted);
    const input = nextInput(target.seeds, dice);
    const what = failureOf(target, input) ?? onInput?.(target, input, index);
    if (what !== undefined) findings.push({ target: target.name, what, input });
  }
  return findings;
}

function failureOf(target: FuzzTarget, input: Uint8Array): string | undefined {
  try {
    target.run(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
