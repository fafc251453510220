// Runs a pure step machine: feeds it inputs one at a time, performs its effects, keeps one timer for its next deadline.
import type { Clock, Random, Timer } from '../sip/index.ts';

/** When and with what luck a step happens. `fraction` in [0, 1) is for jitter. */
export interface Moment {
  readonly nowMs: number;
  readonly monotonicMs: number;
  readonly fraction: number;
}

export type Step<State, Input, Effect> = (state: State, input: Input, moment: Moment) => readonly [State, readonly Effect[]];

export interface MachineOptions<State, Input, Effect> {
  readonly clock: Clock;
  readonly random: Random;
  readonly initial: State;
  readonly step: Step<State, Input, Effect>;
  readonly perform: (effect: Effect) => void;
  /** The earliest monotonic moment at which `timerInput` is due; undefined: none. */
  readonly deadline: (state: State) => number | undefined;
  readonly timerInput: Input;
}

export interface Machine<State, Input> {
  readonly state: State;
  /** Takes the input now, or right after the one being worked on. */
  input(input: Input): void;
}

/** The earliest of some deadlines. */
export function earliest(...deadlines: readonly (number | undefined)[]): number | undefined {
  let first: number | undefined;
  for (const deadline of deadlines) if (deadline !== undefined && (first === undefined || deadline < first)) first = deadline;
  return first;
}

export function createMachine<State, Input, Effect>(options: MachineOptions<State, Input, Effect>): Machine<State, Input> {
  const { clock, random, step, perform, deadline, timerInput } = options;
  let state = options.initial;
  let timer: Timer | undefined;
  let armedFor: number | undefined;
  let isWorking = false;
  const queue: Input[] = [];

  function arm(): void {
    const next = deadline(state);
    if (next === armedFor) return;
    timer?.cancel();
    armedFor = next;
    timer = next === undefined ? undefined : clock.startTimer(next - clock.monotonicMs(), onTimer);
  }

  function onTimer(): void {
    armedFor = undefined;
    input(timerInput);
  }

  function input(first: Input): void {
    queue.push(first);
    // WHY: an effect may lead to an input at once; working on it inside would let steps overtake each other.
    if (isWorking) return;
    isWorking = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) work(next);
    } finally {
      isWorking = false;
      arm();
    }
  }

  function work(next: Input): void {
    const moment = { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs(), fraction: random.fraction() };
    const [after, effects] = step(state, next, moment);
    state = after;
    for (const effect of effects) perform(effect);
  }

  return {
    get state() {
      return state;
    },
    input,
  };
}
