// The machine runner: inputs in order, one timer, nothing left over.
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../main/simple/gate.ts';
import { createMachine } from '../../../main/simple/machine.ts';
import type { Machine } from '../../../main/simple/machine.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeRandom } from '../../support/fake-random.ts';

interface Counter {
  readonly seen: readonly string[];
  readonly dueAtMs: number | undefined;
}

function setUp() {
  const clock = createFakeClock();
  const machine: Machine<Counter, string> = createMachine<Counter, string, string>({
    clock,
    random: createFakeRandom(1),
    initial: { seen: [], dueAtMs: undefined },
    step(state, input, moment) {
      const seen = [...state.seen, input];
      if (input.startsWith('wait ')) return [{ seen, dueAtMs: moment.monotonicMs + Number(input.slice(5)) }, []];
      if (input === 'timer') return [{ seen, dueAtMs: undefined }, []];
      return [{ ...state, seen }, input === 'echo' ? ['one', 'two'] : []];
    },
    perform: (effect) => machine.input(effect),
    deadline: (state) => state.dueAtMs,
    timerInput: 'timer',
  });
  return { clock, machine };
}

describe('machine', () => {
  it('takes inputs that effects bring after the step that brought them', () => {
    const { machine } = setUp();
    machine.input('echo');
    machine.input('last');
    expect(machine.state.seen).toEqual(['echo', 'one', 'two', 'last']);
  });

  it('keeps one timer, moved when the deadline moves', async () => {
    const { clock, machine } = setUp();
    for (const input of ['wait 1000', 'wait 50', 'other', 'wait 200']) machine.input(input);
    expect(clock.pendingTimers()).toBe(1);
    await clock.advance(199);
    expect(machine.state.seen.length).toBe(4);
    await clock.advance(5_000);
    expect(machine.state.seen.slice(4)).toEqual(['timer']);
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('gate', () => {
  it('lets so many in, the others in order, and forgets those that leave the queue', () => {
    const gate = createGate(2);
    const entered: number[] = [];
    const visits = [0, 1, 2, 3, 4].map((visitor) => gate.enter(() => entered.push(visitor)));
    expect(entered).toEqual([0, 1]);
    visits[2]?.leave();
    visits[0]?.leave();
    visits[0]?.leave();
    expect(entered).toEqual([0, 1, 3]);
    visits[1]?.leave();
    visits[3]?.leave();
    expect(entered).toEqual([0, 1, 3, 4]);
  });
});
