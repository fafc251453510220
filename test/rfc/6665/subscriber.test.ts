// RFC 6665 §4.1.2 to §4.1.3, §4.1.2.4, §4.4.1: the subscriber's machine, row by row.
import { describe, expect, it } from 'vitest';
import type { ProtocolFailure } from '../../../main/simple/outcome.ts';
import { newSubscriptionMachine } from '../../../main/simple/event/subscription-machine.ts';
import type { SubscriptionEffect, SubscriptionInput, SubscriptionMachine } from '../../../main/simple/event/subscription-machine.ts';
import { deadlineOf } from '../../../main/simple/event/subscription-machine.ts';
import { stepSubscription } from '../../../main/simple/event/subscription-step.ts';

const START_MS = 1_000_000;
const NOW_MS = 1_800_000_000_000;

interface Run {
  state: SubscriptionMachine;
  readonly effects: SubscriptionEffect[];
}

/** Inputs at monotonic moments in ms after the start; no jitter. */
function run(askedSeconds: number, inputs: readonly (readonly [number, SubscriptionInput])[], isDirect = false): Run {
  const result: Run = { state: newSubscriptionMachine(askedSeconds, isDirect), effects: [] };
  for (const [atMs, input] of inputs) {
    const [next, effects] = stepSubscription(result.state, input, { monotonicMs: START_MS + atMs, nowMs: NOW_MS + atMs, fraction: 0 });
    result.state = next;
    result.effects.length = 0;
    result.effects.push(...effects);
  }
  return result;
}

function nextInMs({ state }: Run): number | undefined {
  const deadline = deadlineOf(state);
  return deadline === undefined ? undefined : deadline - START_MS;
}

const notify = (
  state: string,
  more: Partial<{ reason: string; expiresSeconds: number; retryAfterSeconds: number }> = {},
): SubscriptionInput => ({
  kind: 'notified',
  notified: { state, reason: '', expiresSeconds: undefined, retryAfterSeconds: undefined, ...more },
});
const accepted = (request: number, expiresSeconds: number | undefined = 600): SubscriptionInput => ({
  kind: 'answered',
  request,
  answer: { kind: 'accepted', expiresSeconds, isNotifyFollowing: true },
});
const refused = (request: number, status: number, retryAfterSeconds?: number): SubscriptionInput => ({
  kind: 'answered',
  request,
  answer: { kind: 'failed', failure: statusFailure(status, retryAfterSeconds) },
});
const statusFailure = (status: number, retryAfterSeconds?: number): ProtocolFailure => ({
  kind: 'status',
  status,
  reason: '',
  retryAfterSeconds,
});
const start: SubscriptionInput = { kind: 'start' };
const timer: SubscriptionInput = { kind: 'timer' };

/** Subscribed for 600 s since moment 0, healthy. */
const subscribed = [
  [0, start],
  [0, accepted(1)],
  [0, notify('active', { expiresSeconds: 600 })],
] as const;

describe('§4.1.3 terminated: when to subscribe anew', () => {
  const AT = 100_000;
  it.each<[string, number | undefined, number | undefined]>([
    ['deactivated', undefined, 0],
    ['deactivated', 90, 0],
    ['probation', undefined, 60_000],
    ['probation', 90, 90_000],
    ['rejected', undefined, undefined],
    ['rejected', 90, undefined],
    ['timeout', undefined, 0],
    ['timeout', 90, 0],
    ['giveup', undefined, 0],
    ['giveup', 90, 90_000],
    ['noresource', undefined, undefined],
    ['noresource', 90, undefined],
    ['invariant', undefined, undefined],
    ['', undefined, 0],
    ['', 90, 90_000],
    ['toString', 90, 90_000],
    ['something-new', undefined, 0],
  ])('%s with retry-after %s: after %s ms', (reason, retryAfterSeconds, delayMs) => {
    const more = retryAfterSeconds === undefined ? { reason } : { reason, retryAfterSeconds };
    const result = run(600, [...subscribed, [AT, notify('terminated', more)]]);
    const retryAtMs = delayMs === undefined ? undefined : NOW_MS + AT + delayMs;
    expect(result.effects).toEqual([{ kind: 'report', state: { kind: 'terminated', reason, retryAtMs } }, { kind: 'forget-dialog' }]);
    expect(nextInMs(result)).toBe(delayMs === undefined ? undefined : AT + delayMs);
    if (delayMs === undefined) return;
    const again = stepSubscription(result.state, timer, { monotonicMs: START_MS + AT + delayMs, nowMs: NOW_MS, fraction: 0 })[1];
    expect(again).toEqual([{ kind: 'forget-dialog' }, { kind: 'subscribe', request: 2, how: 'initial', expiresSeconds: 600 }]);
  });

  it('is at once for the first end only: the next ends in a row wait longer and longer', () => {
    const waits: (number | undefined)[] = [];
    let inputs: (readonly [number, SubscriptionInput])[] = [[0, start]];
    for (let request = 1; request <= 7; request++) {
      inputs = [...inputs, [0, accepted(request)], [0, notify('terminated', { reason: 'timeout' })]];
      const result = run(600, inputs);
      waits.push(nextInMs(result));
      inputs.push([waits.at(-1) ?? 0, timer]);
    }
    expect(waits).toEqual([0, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });
});

describe('§4.1.3 expires in NOTIFY', () => {
  it.each<[string, number | undefined, number, number]>([
    ['shortens', 100, 100, 75_000],
    ['is not given: the 2xx holds', undefined, 600, 450_000],
  ])('%s', (_name, expiresSeconds, untilSeconds, refreshInMs) => {
    const more = expiresSeconds === undefined ? {} : { expiresSeconds };
    const result = run(3600, [
      [0, start],
      [0, accepted(1, 600)],
      [0, notify('pending', more)],
    ]);
    expect(result.effects).toEqual([{ kind: 'report', state: { kind: 'pending', untilMs: NOW_MS + untilSeconds * 1000 } }]);
    expect(nextInMs(result)).toBe(refreshInMs);
  });
});

describe('§4.1.2.2 answers to a refresh', () => {
  const AT = 450_000;
  const refresh = [...subscribed, [AT, timer]] as const;

  it.each([
    [false, 'subscribed'],
    [true, 'waiting'],
  ])('a refresh that cannot be delivered, no server between: %s (RFC 5057 §5.1)', (isDirect, phase) => {
    const failure: ProtocolFailure = { kind: 'transport', cause: 'unreachable', reason: '' };
    const undelivered = [...refresh, [AT, { kind: 'answered', request: 2, answer: { kind: 'failed', failure } }]] as const;
    const { state } = run(600, undelivered, isDirect);
    const anew = run(600, [...undelivered, [AT + 10_000, timer]], isDirect).effects.at(-1);
    expect([state.phase, state.hasDialog, anew]).toEqual([
      phase,
      !isDirect,
      { kind: 'subscribe', request: 3, how: isDirect ? 'initial' : 'refresh', expiresSeconds: 600 },
    ]);
  });

  it('goes out in time', () => {
    expect(run(600, refresh).effects).toEqual([{ kind: 'subscribe', request: 2, how: 'refresh', expiresSeconds: 600 }]);
  });

  it.each<[number, 'lives on' | 'ends' | 'anew']>([
    [400, 'lives on'],
    [403, 'lives on'],
    [404, 'ends'],
    [405, 'ends'],
    [408, 'lives on'],
    [410, 'ends'],
    [416, 'ends'],
    [480, 'ends'],
    [481, 'anew'],
    [482, 'ends'],
    [483, 'ends'],
    [484, 'ends'],
    [485, 'ends'],
    [489, 'ends'],
    [491, 'lives on'],
    [500, 'lives on'],
    [501, 'ends'],
    [503, 'lives on'],
    [604, 'ends'],
  ])('%s: %s', (status, fate) => {
    const { state, effects } = run(600, [...refresh, [AT, refused(2, status)]]);
    expect({ hasDialog: state.hasDialog, isForgotten: effects.some((effect) => effect.kind === 'forget-dialog') }).toEqual({
      hasDialog: fate === 'lives on',
      isForgotten: fate !== 'lives on',
    });
    if (fate === 'anew') expect(nextInMs({ state, effects })).toBe(AT);
  });

  it('481 after a long absence of the server is followed at once: waits for requests do not count for it', () => {
    const away = [2, 3, 4, 5, 6].map((request) => [AT, refused(request, 503)] as const);
    const tries = away.flatMap((answer) => [answer, [AT + 60_000, timer] as const]);
    expect(nextInMs(run(600, [...refresh, ...tries, [AT + 60_000, refused(7, 481)]]))).toBe(AT + 60_000);
  });

  it('subscribes anew when it expired in spite of all tries', () => {
    const result = run(600, [...refresh, [AT, refused(2, 500)], [600_000, timer]]);
    expect(result.effects[0]).toEqual({
      kind: 'report',
      state: { kind: 'failed', failure: { kind: 'timeout' }, retryAtMs: NOW_MS + 600_000 },
    });
  });

  it('obeys 423 in the dialog, but not for ever', () => {
    const brief = (request: number, minSeconds: number): SubscriptionInput => ({
      kind: 'answered',
      request,
      answer: { kind: 'too-brief', minSeconds, failure: statusFailure(423) },
    });
    expect(run(600, [...refresh, [AT, brief(2, 900)]]).effects).toEqual([
      { kind: 'subscribe', request: 3, how: 'refresh', expiresSeconds: 900 },
    ]);
    const endless = [2, 3, 4, 5].map((request) => [AT, brief(request, 900 + request)] as const);
    expect(run(600, [...refresh, ...endless]).effects[0]).toMatchObject({ kind: 'report', state: { kind: 'failed' } });
    expect(run(600, [...refresh, [AT, brief(2, 600)]]).effects[0]).toMatchObject({ kind: 'report', state: { kind: 'failed' } });
  });
});

describe('§4.1.2.4 timer N', () => {
  it('ends a subscription whose first NOTIFY does not come', () => {
    const result = run(600, [
      [0, start],
      [0, accepted(1)],
    ]);
    expect(nextInMs(result)).toBe(32_000);
    const late = run(600, [
      [0, start],
      [0, accepted(1)],
      [32_000, timer],
    ]);
    expect(late.effects[0]).toMatchObject({ kind: 'report', state: { kind: 'failed', failure: { kind: 'timeout' } } });
  });

  it('ends one whose refresh brings no NOTIFY, but not after 204 (RFC 5839 §5.2), and not where the NOTIFY overtook the 2xx', () => {
    const refresh = [...subscribed, [450_000, timer]] as const;
    expect(nextInMs(run(600, [...refresh, [450_000, accepted(2)]]))).toBe(482_000);
    const silent: SubscriptionInput = {
      kind: 'answered',
      request: 2,
      answer: { kind: 'accepted', expiresSeconds: 600, isNotifyFollowing: false },
    };
    expect(nextInMs(run(600, [...refresh, [450_000, silent]]))).toBe(900_000);
    expect(nextInMs(run(600, [...refresh, [450_000, notify('active')], [450_000, accepted(2)]]))).toBe(900_000);
  });
});

describe('§4.4.1 NOTIFY before the 2xx', () => {
  it('makes the dialog; a failed answer after it changes nothing', () => {
    const early = [
      [0, start],
      [0, notify('active', { expiresSeconds: 300 })],
    ] as const;
    expect(run(600, [...early, [0, accepted(1)]]).state).toMatchObject({ phase: 'subscribed', notified: 'active', hasDialog: true });
    expect(run(600, [...early, [0, refused(1, 500)]]).state).toMatchObject({ phase: 'subscribed', hasDialog: true });
  });
});

describe('answers to the first SUBSCRIBE', () => {
  it.each<[number, number | undefined]>([
    [403, undefined],
    [404, 900_000],
    [405, undefined],
    [408, 1_000],
    [489, undefined],
    [500, 1_000],
    [503, 1_000],
    [603, undefined],
  ])('%s: tried again after %s ms', (status, delayMs) => {
    expect(
      nextInMs(
        run(600, [
          [0, start],
          [0, refused(1, status)],
        ]),
      ),
    ).toBe(delayMs);
  });

  it('Retry-After counts, whatever the status', () => {
    expect(
      [403, 404, 480, 503].map((status) =>
        nextInMs(
          run(600, [
            [0, start],
            [0, refused(1, status, 20)],
          ]),
        ),
      ),
    ).toEqual([20_000, 20_000, 20_000, 20_000]);
  });

  it('a wrong password is never tried again by itself', () => {
    const failure: ProtocolFailure = { kind: 'unauthenticated', status: 407, realm: 'r' };
    expect(
      nextInMs(
        run(600, [
          [0, start],
          [0, { kind: 'answered', request: 1, answer: { kind: 'failed', failure } }],
        ]),
      ),
    ).toBe(undefined);
  });
});

describe('leaving', () => {
  it.each<[string, readonly (readonly [number, SubscriptionInput])[], string[]]>([
    ['subscribed', subscribed, ['subscribe']],
    [
      'before the first NOTIFY',
      [
        [0, start],
        [0, accepted(1)],
      ],
      ['subscribe'],
    ],
    [
      'while waiting',
      [
        [0, start],
        [0, refused(1, 500)],
      ],
      ['forget-dialog', 'report', 'stopped'],
    ],
    ['while the first request is out', [[0, start]], []],
  ])('%s', (_name, inputs, kinds) => {
    expect(run(600, [...inputs, [0, { kind: 'stop' }]]).effects.map((effect) => effect.kind)).toEqual(kinds);
  });

  it('is over with the last NOTIFY, or soon after the answer, or when nobody answers', () => {
    const leaving = [...subscribed, [0, { kind: 'stop' }]] as const;
    const isOver = (inputs: readonly (readonly [number, SubscriptionInput])[]): boolean => run(600, inputs).state.phase === 'ended';
    expect([
      isOver([...leaving, [0, accepted(2, 0)]]),
      isOver([...leaving, [0, accepted(2, 0)], [10, notify('terminated', { reason: 'timeout' })]]),
      isOver([...leaving, [0, notify('terminated', { reason: 'timeout' })]]),
      isOver([...leaving, [0, accepted(2, 0)], [500, timer]]),
      isOver([...leaving, [2_999, timer]]),
      isOver([...leaving, [3_000, timer]]),
      isOver([...leaving, [0, refused(2, 481)]]),
    ]).toEqual([false, true, true, true, false, true, true]);
  });
});
