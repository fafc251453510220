// RFC 3903 §4.1 table 1 and §5: which PUBLISH is sent, and what each answer of the compositor (§6) leads to.
import { describe, expect, it } from 'vitest';
import type { ProtocolFailure } from '../../../main/simple/outcome.ts';
import { newPublicationMachine, stepPublication } from '../../../main/simple/publication/publication-step.ts';
import type {
  PublicationEffect,
  PublicationInput,
  PublicationMachine,
  PublishAnswer,
} from '../../../main/simple/publication/publication-step.ts';

const NOW_MS = 1_800_000_000_000;

/** Inputs at monotonic moments in ms; the last input's effects and the state after it. No jitter. */
function run(inputs: readonly (readonly [number, PublicationInput])[]): {
  state: PublicationMachine;
  effects: readonly PublicationEffect[];
} {
  let state = newPublicationMachine(600);
  let effects: readonly PublicationEffect[] = [];
  for (const [atMs, input] of inputs)
    [state, effects] = stepPublication(state, input, { monotonicMs: atMs, nowMs: NOW_MS + atMs, fraction: 0 });
  return { state, effects };
}

const publish = (document: string): PublicationInput => ({ kind: 'publish', document });
const answered = (request: number, answer: PublishAnswer): PublicationInput => ({ kind: 'answered', request, answer });
const stored = (request: number, etag: string | undefined, expiresSeconds = 600): PublicationInput =>
  answered(request, { kind: 'published', etag, expiresSeconds });
const failure = (status: number): ProtocolFailure => ({ kind: 'status', status, reason: '', retryAfterSeconds: undefined });
const refused = (request: number, status: number): PublicationInput => answered(request, { kind: 'failed', failure: failure(status) });
const timer: PublicationInput = { kind: 'timer' };

/** Operation, tag, seconds and document of the PUBLISH among the effects. */
function sent(effects: readonly PublicationEffect[]): readonly unknown[] | undefined {
  const effect = effects.find((candidate) => candidate.kind === 'publish');
  return effect === undefined ? undefined : [effect.request.operation, effect.etag, effect.expiresSeconds, effect.request.document];
}

const first = [
  [0, publish('one')],
  [0, stored(1, 'a')],
] as const;

describe('§4.1 table 1', () => {
  it.each<[string, readonly (readonly [number, PublicationInput])[], readonly unknown[]]>([
    ['initial: body, no tag', [[0, publish('one')]], ['initial', undefined, 600, 'one']],
    ['refresh: tag, no body', [...first, [450_000, timer]], ['refresh', 'a', 600, 'one']],
    ['modify: tag and body', [...first, [1, publish('two')]], ['modify', 'a', 600, 'two']],
    ['remove: tag, Expires 0', [...first, [1, { kind: 'withdraw' }]], ['remove', 'a', 0, undefined]],
    ['remove at the end', [...first, [1, { kind: 'stop' }]], ['remove', 'a', 0, undefined]],
  ])('%s', (_name, inputs, expected) => {
    expect(sent(run(inputs).effects)).toEqual(expected);
  });
});

describe('§5 and §6: what the answers lead to', () => {
  it('step 5, 7: the newest tag is used next, and the time granted counts', () => {
    const granted = run([
      [0, publish('one')],
      [0, stored(1, 'a', 60)],
    ]);
    expect(granted.effects).toEqual([{ kind: 'report', state: { kind: 'ok', untilMs: NOW_MS + 60_000 } }]);
    expect(granted.state.dueAtMs).toBe(45_000);
    expect(sent(run([...first, [450_000, timer], [450_000, stored(2, 'b')], [450_000, publish('two')]]).effects)).toEqual([
      'modify',
      'b',
      600,
      'two',
    ]);
  });

  it('step 3, 412: the state is gone, the newest document is published anew', () => {
    const lost = answered(2, { kind: 'condition-failed', failure: failure(412) });
    expect(sent(run([...first, [450_000, timer], [450_000, lost]]).effects)).toEqual(['initial', undefined, 600, 'one']);
    expect(sent(run([...first, [1, publish('two')], [1, publish('three')], [1, lost]]).effects)).toEqual([
      'initial',
      undefined,
      600,
      'three',
    ]);
  });

  it('step 3, 412 to a removal: there is nothing left to remove', () => {
    const lost = answered(2, { kind: 'condition-failed', failure: failure(412) });
    expect(run([...first, [1, { kind: 'withdraw' }], [1, lost]]).effects).toEqual([{ kind: 'report', state: { kind: 'off' } }]);
    expect(run([...first, [1, { kind: 'stop' }], [1, lost]]).effects.at(-1)).toEqual({ kind: 'stopped' });
  });

  it('step 4, 423: the time asked for grows, within bounds', () => {
    const brief = (request: number, minSeconds: number): PublicationInput =>
      answered(request, { kind: 'too-brief', minSeconds, failure: failure(423) });
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, brief(1, 900)],
        ]).effects,
      ),
    ).toEqual(['initial', undefined, 900, 'one']);
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, brief(1, 600)],
        ]).effects,
      ),
    ).toBe(undefined);
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, brief(1, 900_000)],
        ]).effects,
      ),
    ).toBe(undefined);
  });

  it.each<[number, number | undefined]>([
    [400, 900_000],
    [403, undefined],
    [404, 900_000],
    [408, 1_000],
    [415, undefined],
    [489, undefined],
    [500, 1_000],
    [503, 1_000],
  ])('%s: tried again after %s ms', (status, delayMs) => {
    expect(
      run([
        [0, publish('one')],
        [0, refused(1, status)],
      ]).state.dueAtMs,
    ).toBe(delayMs);
  });

  it('a 2xx without tag: the next change is a publication of its own', () => {
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, stored(1, undefined)],
          [0, publish('two')],
        ]).effects,
      ),
    ).toEqual(['initial', undefined, 600, 'two']);
  });

  it('after it expired the tag is worth nothing', () => {
    expect(sent(run([...first, [450_000, timer], [450_000, refused(2, 500)], [600_001, timer]]).effects)).toEqual([
      'initial',
      undefined,
      600,
      'one',
    ]);
  });
});

describe('one at a time', () => {
  it('nothing is sent while a PUBLISH is under way; then only the newest', () => {
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, publish('two')],
        ]).effects,
      ),
    ).toBe(undefined);
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, publish('two')],
          [0, publish('three')],
          [0, stored(1, 'a')],
        ]).effects,
      ),
    ).toEqual(['modify', 'a', 600, 'three']);
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, publish('two')],
          [0, publish('one')],
          [0, stored(1, 'a')],
        ]).effects,
      ),
    ).toBe(undefined);
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, { kind: 'withdraw' }],
          [0, stored(1, 'a')],
        ]).effects,
      ),
    ).toEqual(['remove', 'a', 0, undefined]);
  });

  it('a new document does not hurry a server that is away, nor try a wrong password again', () => {
    const wrong = answered(1, { kind: 'failed', failure: { kind: 'unauthenticated', status: 407, realm: 'r' } });
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, refused(1, 503)],
          [0, publish('two')],
        ]).effects,
      ),
    ).toBe(undefined);
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, wrong],
          [0, publish('two')],
        ]).effects,
      ),
    ).toBe(undefined);
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, wrong],
          [0, publish('two')],
          [0, { kind: 'retry-now' }],
        ]).effects,
      ),
    ).toEqual(['initial', undefined, 600, 'two']);
    expect(
      sent(
        run([
          [0, publish('one')],
          [0, refused(1, 403)],
          [0, publish('two')],
        ]).effects,
      ),
    ).toEqual(['initial', undefined, 600, 'two']);
  });
});
