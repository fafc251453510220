// One subscription as its notifier sees it: which NOTIFY when, row by row (RFC 6665 §4.2).
import { describe, expect, it } from 'vitest';
import { GIVE_UP_MS, notifierDeadline, startNotifier, stepNotifier } from '../../../../../main/simple/event/notifier/notifier-step.ts';
import type {
  AccessDecision,
  NotifierEffect,
  NotifierInput,
  NotifierResult,
} from '../../../../../main/simple/event/notifier/notifier-step.ts';

const START_MS = 50_000;
const moment = (atMs: number) => ({ nowMs: 0, monotonicMs: START_MS + atMs, fraction: 0 });
const subscribed = (decision: AccessDecision, expiresSeconds = 600): Extract<NotifierInput, { kind: 'subscribed' }> => ({
  kind: 'subscribed',
  decision,
  expiresSeconds,
  minIntervalMs: 5_000,
});
const taken: NotifierInput = { kind: 'notified', result: 'taken' };
const gone: NotifierInput = { kind: 'notified', result: 'gone' };
const changed: NotifierInput = { kind: 'changed' };
const timer: NotifierInput = { kind: 'timer' };
const decided = (decision: AccessDecision): NotifierInput => ({ kind: 'decided', decision });

/** What the last of the inputs led to. */
function run(first: ReturnType<typeof subscribed>, ...inputs: readonly (readonly [number, NotifierInput])[]): NotifierResult {
  return runFrom(true, first, ...inputs);
}

/** `isProven`: it came over a connection. */
function runFrom(
  isProven: boolean,
  first: ReturnType<typeof subscribed>,
  ...inputs: readonly (readonly [number, NotifierInput])[]
): NotifierResult {
  let result = startNotifier(first, moment(0), { isProven });
  for (const [atMs, input] of inputs) result = stepNotifier(result[0], input, moment(atMs));
  return result;
}

const words = (effects: readonly NotifierEffect[]): string[] =>
  effects.map((effect) =>
    effect.kind === 'notify' ? `${effect.status} ${effect.reason ?? effect.expiresSeconds}${effect.hasState ? ' state' : ''}` : effect.kind,
  );

const nextInMs = ([state]: NotifierResult): number | undefined => {
  const deadline = notifierDeadline(state);
  return deadline === undefined ? undefined : deadline - START_MS;
};

describe('the first SUBSCRIBE', () => {
  it.each<[AccessDecision, number, string[], string]>([
    ['allow', 600, ['told', 'active 600 state'], 'active'],
    ['polite-block', 600, ['told', 'active 600 state'], 'active'],
    ['confirm', 600, ['told', 'pending 600'], 'pending'],
    ['block', 600, ['told', 'terminated rejected'], 'terminated'],
    ['allow', 0, ['told', 'terminated timeout state'], 'terminated'],
    ['polite-block', 0, ['told', 'terminated timeout state'], 'terminated'],
    ['confirm', 0, ['told', 'terminated timeout'], 'waiting'],
    ['block', 0, ['told', 'terminated rejected'], 'terminated'],
  ])('%s for %s s', (decision, seconds, effects, status) => {
    const result = run(subscribed(decision, seconds));
    expect([words(result[1]), result[0].status]).toEqual([effects, status]);
  });
});

describe('a decision', () => {
  it.each<[AccessDecision, AccessDecision, string[], string]>([
    ['confirm', 'allow', ['told', 'active 590 state'], 'active approved'],
    ['confirm', 'polite-block', ['told', 'active 590 state'], 'active approved'],
    ['confirm', 'block', ['told', 'terminated rejected'], 'terminated rejected'],
    ['confirm', 'confirm', [], 'pending subscribe'],
    ['allow', 'block', ['told', 'terminated rejected'], 'terminated rejected'],
    ['allow', 'confirm', ['told', 'terminated deactivated'], 'terminated deactivated'],
    ['allow', 'polite-block', ['active 590 state'], 'active subscribe'],
    ['polite-block', 'allow', ['active 590 state'], 'active subscribe'],
    ['allow', 'allow', [], 'active subscribe'],
  ])('%s, then %s', (before, after, effects, status) => {
    const [state, done] = run(subscribed(before), [0, taken], [10_000, decided(after)]);
    expect([words(done), `${state.status} ${state.event}`]).toEqual([effects, status]);
  });

  it('about a question whose subscription ended closes it without a word', () => {
    const [state, effects] = run(subscribed('confirm', 0), [10, taken], [60_000, decided('allow')]);
    expect([words(effects), state.status, state.event]).toEqual([['told', 'closed'], 'terminated', 'approved']);
  });
});

describe('the rate', () => {
  it('a burst becomes one NOTIFY, five seconds after the one before', () => {
    const burst = [
      [0, taken],
      [1_000, changed],
      [1_100, changed],
      [2_000, changed],
    ] as const;
    expect([words(run(subscribed('allow'), ...burst)[1]), nextInMs(run(subscribed('allow'), ...burst))]).toEqual([[], 5_000]);
    expect(words(run(subscribed('allow'), ...burst, [5_000, timer])[1])).toEqual(['active 595 state']);
  });

  it('a refresh is answered at once, and what politely blocked people do not see makes no NOTIFY', () => {
    expect(words(run(subscribed('allow'), [0, taken], [100, subscribed('allow')])[1])).toEqual(['active 600 state']);
    const polite = run(subscribed('polite-block'), [0, taken], [60_000, changed]);
    expect([words(polite[1]), nextInMs(polite)]).toEqual([[], 600_000]);
  });

  it('waits for the answer to the NOTIFY before, and for Retry-After', () => {
    expect(words(run(subscribed('allow'), [60_000, changed])[1])).toEqual([]);
    expect(words(run(subscribed('allow'), [60_000, changed], [60_001, taken])[1])).toEqual(['active 540 state']);
    const later = run(subscribed('allow'), [0, { kind: 'notified', result: 'later', waitMs: 30_000 }]);
    expect(nextInMs(later)).toBe(30_000);
  });
});

describe('the end', () => {
  it.each<[string, NotifierResult, string[], string]>([
    ['it expires', run(subscribed('allow'), [0, taken], [600_000, timer]), ['told', 'terminated timeout state'], 'terminated timeout'],
    ['a question expires', run(subscribed('confirm'), [0, taken], [600_000, timer]), ['told', 'terminated timeout'], 'waiting timeout'],
    [
      'the watcher leaves',
      run(subscribed('allow'), [0, taken], [9, subscribed('allow', 0)]),
      ['told', 'terminated timeout state'],
      'terminated timeout',
    ],
    ['the watcher is gone', run(subscribed('allow'), [0, gone]), ['told', 'closed'], 'terminated timeout'],
    ['who asked is gone', run(subscribed('confirm'), [0, gone]), ['told'], 'waiting timeout'],
    ['who asked was never there', runFrom(false, subscribed('confirm'), [0, gone]), ['told', 'closed'], 'terminated giveup'],
    ['who fetched was never there', runFrom(false, subscribed('confirm', 0), [0, gone]), ['told', 'closed'], 'terminated giveup'],
    ['who asked answered once', runFrom(false, subscribed('confirm', 0), [0, taken], [9, gone]), [], 'waiting timeout'],
    ['the last NOTIFY was taken', run(subscribed('block'), [0, taken]), ['closed'], 'terminated rejected'],
    ['the last NOTIFY was not', run(subscribed('block'), [0, gone]), ['closed'], 'terminated rejected'],
    [
      'we end it',
      run(subscribed('allow'), [0, taken], [9, { kind: 'end', event: 'noresource' }]),
      ['told', 'terminated noresource'],
      'terminated noresource',
    ],
    ['nobody ever answers', run(subscribed('confirm', 0), [0, taken], [GIVE_UP_MS, timer]), ['told', 'closed'], 'terminated giveup'],
    ['it asks anew', run(subscribed('confirm', 0), [0, taken], [9, { kind: 'asked-anew' }]), ['told', 'closed'], 'terminated subscribe'],
  ])('%s', (_name, [state, effects], expected, status) => {
    expect([words(effects), `${state.status} ${state.event}`]).toEqual([expected, status]);
  });

  it('has one last NOTIFY, whatever happens after it', () => {
    const ended = run(
      subscribed('confirm'),
      [0, taken],
      [600_000, timer],
      [600_001, decided('block')],
      [600_002, changed],
      [600_003, taken],
    );
    expect(words(ended[1])).toEqual(['closed']);
    expect(nextInMs(ended)).toBeUndefined();
  });
});
