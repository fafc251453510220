// The registration machine, row by row (RFC 3261 §10.2): phase × input → next phase and what is done.
import { describe, expect, it } from 'vitest';
import type { ProtocolFailure } from '../../../../main/simple/outcome.ts';
import { newRegistrationMachine, stepRegistration } from '../../../../main/simple/registration/registration-step.ts';
import type { RegistrationAnswer, RegistrationInput } from '../../../../main/simple/registration/registration-step.ts';

type Timed = readonly [number, RegistrationInput];

const NOW_MS = 1_800_000_000_000;
const failure = (status: number): ProtocolFailure => ({ kind: 'status', status, reason: '', retryAfterSeconds: undefined });
const answered = (request: number, answer: RegistrationAnswer): RegistrationInput => ({ kind: 'answered', request, answer });
const GRANTED = {
  binding: undefined,
  bindingCount: 1,
  publicGruu: undefined,
  temporaryGruu: undefined,
  isOutbound: false,
  serviceRoute: [],
  flowId: 'flow1',
};
const granted = (request: number, expiresSeconds = 600): RegistrationInput =>
  answered(request, {
    kind: 'granted',
    granted: { ...GRANTED, expiresSeconds },
  });
const refused = (request: number, status: number): RegistrationInput => answered(request, { kind: 'failed', failure: failure(status) });
const brief = (request: number, minSeconds: number): RegistrationInput =>
  answered(request, { kind: 'too-brief', minSeconds, failure: failure(423) });

const START: Timed = [0, { kind: 'start' }];
const TIMER: RegistrationInput = { kind: 'timer' };
const STOP: RegistrationInput = { kind: 'stop' };
const RETRY: RegistrationInput = { kind: 'retry-now' };
const BOUND: readonly Timed[] = [START, [0, granted(1)]];

function run(inputs: readonly Timed[]) {
  let state = newRegistrationMachine(600);
  let effects: ReturnType<typeof stepRegistration>[1] = [];
  for (const [atMs, input] of inputs)
    [state, effects] = stepRegistration(state, input, { monotonicMs: atMs, nowMs: NOW_MS + atMs, fraction: 0 });
  const done = effects.map((effect) => (effect.kind === 'report' ? `report ${effect.state.kind}` : effect.kind));
  return { phase: state.phase, dueAtMs: state.dueAtMs, done };
}

describe('registration step', () => {
  it.each<[string, readonly Timed[], ReturnType<typeof run>]>([
    ['start', [START], { phase: 'working', dueAtMs: undefined, done: ['report working', 'register'] }],
    ['start twice', [START, START], { phase: 'working', dueAtMs: undefined, done: [] }],
    [
      'once more in another shape',
      [START, [0, answered(1, { kind: 'again' })]],
      { phase: 'working', dueAtMs: undefined, done: ['register'] },
    ],
    ['granted', BOUND, { phase: 'registered', dueAtMs: 450_000, done: ['report ok'] }],
    ['a timer too early', [...BOUND, [449_999, TIMER]], { phase: 'registered', dueAtMs: 450_000, done: [] }],
    ['time to refresh', [...BOUND, [450_000, TIMER]], { phase: 'registered', dueAtMs: undefined, done: ['register'] }],
    [
      'refresh refused',
      [...BOUND, [450_000, TIMER], [450_000, refused(2, 503)]],
      { phase: 'waiting', dueAtMs: 451_000, done: ['report failed'] },
    ],
    ['refused for good', [START, [0, refused(1, 403)]], { phase: 'waiting', dueAtMs: undefined, done: ['report failed'] }],
    ['an answer to an older request', [START, [5_000, RETRY], [5_000, granted(1)]], { phase: 'working', dueAtMs: undefined, done: [] }],
    ['retry now, just sent', [START, [1_999, RETRY]], { phase: 'working', dueAtMs: undefined, done: [] }],
    ['retry now, long sent', [START, [2_000, RETRY]], { phase: 'working', dueAtMs: undefined, done: ['cancel', 'register'] }],
    [
      'retry now, waiting',
      [START, [0, refused(1, 403)], [0, RETRY]],
      { phase: 'working', dueAtMs: undefined, done: ['report working', 'register'] },
    ],
    ['retry now, registered', [...BOUND, [9_000, RETRY]], { phase: 'registered', dueAtMs: undefined, done: ['register'] }],
    ['423', [START, [0, brief(1, 900)]], { phase: 'working', dueAtMs: undefined, done: ['register'] }],
    ['423 asking for less', [START, [0, brief(1, 600)]], { phase: 'waiting', dueAtMs: 1_000, done: ['report failed'] }],
    ['423 asking for weeks', [START, [0, brief(1, 864_000)]], { phase: 'waiting', dueAtMs: 1_000, done: ['report failed'] }],
    [
      'our flow closed',
      [...BOUND, [9_000, { kind: 'flow-closed', flowId: 'flow1' }]],
      { phase: 'waiting', dueAtMs: 9_000, done: ['report working'] },
    ],
    [
      'another flow closed',
      [...BOUND, [9_000, { kind: 'flow-closed', flowId: 'flow2' }]],
      { phase: 'registered', dueAtMs: 450_000, done: [] },
    ],
    ['stop before start', [[0, STOP]], { phase: 'ended', dueAtMs: undefined, done: ['report off', 'stopped'] }],
    ['stop', [...BOUND, [1, STOP]], { phase: 'removing', dueAtMs: undefined, done: ['remove'] }],
    ['stop while asking', [START, [1, STOP]], { phase: 'removing', dueAtMs: undefined, done: ['cancel', 'remove'] }],
    [
      'stop while the server is away',
      [START, [0, refused(1, 503)], [1, STOP]],
      { phase: 'ended', dueAtMs: undefined, done: ['report off', 'stopped'] },
    ],
    ['removed', [...BOUND, [1, STOP], [2, granted(2, 0)]], { phase: 'ended', dueAtMs: undefined, done: ['report off', 'stopped'] }],
    ['not removed', [...BOUND, [1, STOP], [2, refused(2, 500)]], { phase: 'ended', dueAtMs: undefined, done: ['report off', 'stopped'] }],
    [
      'waited long enough',
      [...BOUND, [1, STOP], [2, { kind: 'stop-waited' }]],
      { phase: 'ended', dueAtMs: undefined, done: ['cancel', 'report off', 'stopped'] },
    ],
    [
      'nothing after the end',
      [...BOUND, [1, STOP], [2, { kind: 'stop-waited' }], [3, RETRY]],
      { phase: 'ended', dueAtMs: undefined, done: [] },
    ],
  ])('%s', (_name, inputs, expected) => {
    expect(run(inputs)).toEqual(expected);
  });
});
