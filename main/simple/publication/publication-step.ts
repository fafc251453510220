// The publication machine, pure (RFC 3903 §4, §5): what happened → what to do. One PUBLISH under way at a time.
import type { Moment } from '../machine.ts';
import type { ProtocolFailure } from '../outcome.ts';
import { FRESH_REQUEST_MS, MAX_BRIEF_ANSWERS, MAX_EXPIRES_SECONDS, refreshDelayMs, retryDelayMs } from '../retry.ts';
import type { PublicationState } from './publication-state.ts';

/** RFC 3903 §4.1, table 1. */
export type PublishOperation = 'initial' | 'refresh' | 'modify' | 'remove';

/** 412 in a row before it counts as a failure: one is normal after a server lost its memory. */
const MAX_CONDITION_FAILURES = 3;

export interface PublishRequest {
  readonly id: number;
  readonly operation: PublishOperation;
  /** What the server holds once it is answered; undefined after `remove`. */
  readonly document: string | undefined;
  readonly atMs: number;
}

/** What the server holds. `etag` undefined: it did not say, so the document can only be sent again, never changed. */
export interface Published {
  readonly etag: string | undefined;
  readonly document: string;
  readonly untilMonotonicMs: number;
}

export interface PublicationMachine {
  readonly isEnding: boolean;
  readonly hasEnded: boolean;
  readonly wanted: string | undefined;
  readonly published: Published | undefined;
  readonly request: PublishRequest | undefined;
  readonly requestCount: number;
  readonly askedSeconds: number;
  readonly briefAnswers: number;
  readonly conditionFailures: number;
  readonly failuresInRow: number;
  readonly failure: ProtocolFailure | undefined;
  /** Monotonic: refresh, or try again after a failure. */
  readonly dueAtMs: number | undefined;
}

export type PublishAnswer =
  | { readonly kind: 'published'; readonly etag: string | undefined; readonly expiresSeconds: number }
  /** 412. */
  | { readonly kind: 'condition-failed'; readonly failure: ProtocolFailure }
  /** 423. */
  | { readonly kind: 'too-brief'; readonly minSeconds: number; readonly failure: ProtocolFailure }
  | { readonly kind: 'failed'; readonly failure: ProtocolFailure }
  | { readonly kind: 'cancelled' };

export type PublicationInput =
  | { readonly kind: 'publish'; readonly document: string }
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'retry-now' }
  | { readonly kind: 'timer' }
  | { readonly kind: 'answered'; readonly request: number; readonly answer: PublishAnswer }
  | { readonly kind: 'stop' }
  | { readonly kind: 'stop-waited' };

export type PublicationEffect =
  | { readonly kind: 'publish'; readonly request: PublishRequest; readonly etag: string | undefined; readonly expiresSeconds: number }
  | { readonly kind: 'cancel'; readonly request: number }
  | { readonly kind: 'report'; readonly state: PublicationState }
  | { readonly kind: 'stopped' };

type Result = readonly [PublicationMachine, readonly PublicationEffect[]];

export function newPublicationMachine(expiresSeconds: number): PublicationMachine {
  return {
    isEnding: false,
    hasEnded: false,
    wanted: undefined,
    published: undefined,
    request: undefined,
    requestCount: 0,
    askedSeconds: expiresSeconds,
    briefAnswers: 0,
    conditionFailures: 0,
    failuresInRow: 0,
    failure: undefined,
    dueAtMs: undefined,
  };
}

export function stepPublication(state: PublicationMachine, input: PublicationInput, moment: Moment): Result {
  if (state.hasEnded) return [state, []];
  switch (input.kind) {
    case 'publish':
      return state.isEnding || input.document === state.wanted ? [state, []] : changed({ ...state, wanted: input.document }, moment);
    case 'withdraw':
      return state.isEnding || state.wanted === undefined ? [state, []] : changed({ ...state, wanted: undefined }, moment);
    case 'retry-now':
      return retryNow(state, moment);
    case 'timer':
      return state.dueAtMs !== undefined && moment.monotonicMs >= state.dueAtMs ? sendNext(state, moment) : [state, []];
    case 'answered':
      return state.request?.id === input.request ? answered(state, state.request, input.answer, moment) : [state, []];
    case 'stop':
      return state.isEnding ? [state, []] : stop(state, moment);
    case 'stop-waited':
      return end(state);
  }
}

/** The person wants something else now. */
function changed(state: PublicationMachine, moment: Moment): Result {
  if (state.request !== undefined) return [state, []];
  // WHY: a change of mood must not hurry a server that is away, nor try a wrong password again.
  if (isWaiting(state) || state.failure?.kind === 'unauthenticated') return state.wanted === undefined ? giveUpWaiting(state) : [state, []];
  return withWorking(sendNext({ ...state, failure: undefined, failuresInRow: 0 }, moment));
}

function isWaiting(state: PublicationMachine): boolean {
  return state.failure !== undefined && state.dueAtMs !== undefined;
}

/** Nothing is wanted any more: where the server holds nothing either, there is nothing to try again. */
function giveUpWaiting(state: PublicationMachine): Result {
  if (state.published !== undefined) return [state, []];
  return [{ ...state, failure: undefined, failuresInRow: 0, dueAtMs: undefined }, [{ kind: 'report', state: { kind: 'off' } }]];
}

function withWorking([state, effects]: Result): Result {
  return state.request === undefined ? [state, effects] : [state, [{ kind: 'report', state: { kind: 'working' } }, ...effects]];
}

function retryNow(state: PublicationMachine, moment: Moment): Result {
  if (state.isEnding || (state.wanted === undefined && state.published === undefined)) return [state, []];
  const fresh = { ...state, failure: undefined, failuresInRow: 0 };
  if (state.request === undefined) return state.failure === undefined ? sendNext(fresh, moment) : withWorking(sendNext(fresh, moment));
  if (moment.monotonicMs - state.request.atMs < FRESH_REQUEST_MS) return [state, []];
  const [next, effects] = sendNext({ ...fresh, request: undefined }, moment);
  return [next, [{ kind: 'cancel', request: state.request.id }, ...effects]];
}

/** What leads from what the server holds to what is wanted (RFC 3903 §4.1, table 1). */
function nextOperation(state: PublicationMachine, moment: Moment): PublishOperation | undefined {
  const published = stillPublished(state, moment);
  if (state.wanted === undefined) return published?.etag === undefined ? undefined : 'remove';
  if (published?.etag === undefined) return 'initial';
  return published.document === state.wanted ? 'refresh' : 'modify';
}

function stillPublished(state: PublicationMachine, moment: Moment): Published | undefined {
  const { published } = state;
  return published !== undefined && published.untilMonotonicMs > moment.monotonicMs ? published : undefined;
}

function sendNext(state: PublicationMachine, moment: Moment): Result {
  const operation = nextOperation(state, moment);
  if (operation === undefined) return nothingLeft(state);
  const id = state.requestCount + 1;
  const request: PublishRequest = { id, operation, document: operation === 'remove' ? undefined : state.wanted, atMs: moment.monotonicMs };
  const etag = operation === 'initial' ? undefined : state.published?.etag;
  const expiresSeconds = operation === 'remove' ? 0 : state.askedSeconds;
  return [{ ...state, request, requestCount: id, dueAtMs: undefined }, [{ kind: 'publish', request, etag, expiresSeconds }]];
}

function nothingLeft(state: PublicationMachine): Result {
  if (state.isEnding) return end(state);
  const next = { ...state, published: undefined, failure: undefined, failuresInRow: 0, dueAtMs: undefined };
  return [next, [{ kind: 'report', state: { kind: 'off' } }]];
}

function answered(before: PublicationMachine, request: PublishRequest, answer: PublishAnswer, moment: Moment): Result {
  const state = { ...before, request: undefined };
  switch (answer.kind) {
    case 'published':
      return published(state, request, answer, moment);
    case 'condition-failed':
      // RFC 3903 §5: the server knows nothing of our entity tag, so what it held is gone.
      if (state.conditionFailures >= MAX_CONDITION_FAILURES) return failed({ ...state, published: undefined }, answer.failure, moment);
      return sendNext({ ...state, published: undefined, conditionFailures: state.conditionFailures + 1 }, moment);
    case 'too-brief': {
      const isUseful = answer.minSeconds > state.askedSeconds && answer.minSeconds <= MAX_EXPIRES_SECONDS;
      if (!isUseful || state.briefAnswers >= MAX_BRIEF_ANSWERS) return failed(state, answer.failure, moment);
      return sendNext({ ...state, askedSeconds: answer.minSeconds, briefAnswers: state.briefAnswers + 1 }, moment);
    }
    case 'failed':
      return failed(state, answer.failure, moment);
    case 'cancelled':
      if (state.isEnding) return end(state);
      // Only the endpoint's own end cancels a request we still wait for: nothing can be sent any more.
      return [{ ...state, dueAtMs: undefined }, []];
  }
}

function published(
  state: PublicationMachine,
  request: PublishRequest,
  { etag, expiresSeconds }: Extract<PublishAnswer, { kind: 'published' }>,
  moment: Moment,
): Result {
  const settled = { ...state, failure: undefined, failuresInRow: 0, briefAnswers: 0, conditionFailures: 0 };
  if (request.document === undefined) {
    const removed = { ...settled, published: undefined };
    return removed.wanted === undefined ? nothingLeft(removed) : sendNext(removed, moment);
  }
  const untilMonotonicMs = moment.monotonicMs + expiresSeconds * 1000;
  const next = { ...settled, published: { etag, document: request.document, untilMonotonicMs } };
  if (next.wanted !== request.document) return sendNext(next, moment);
  const dueAtMs = moment.monotonicMs + refreshDelayMs(expiresSeconds, moment.fraction);
  return [{ ...next, dueAtMs }, [{ kind: 'report', state: { kind: 'ok', untilMs: moment.nowMs + expiresSeconds * 1000 } }]];
}

function failed(state: PublicationMachine, failure: ProtocolFailure, moment: Moment): Result {
  if (state.isEnding) return end(state);
  const failuresInRow = state.failuresInRow + 1;
  const delay = retryDelayMs(failure, failuresInRow, moment.fraction);
  const next = {
    ...state,
    failure,
    failuresInRow,
    briefAnswers: 0,
    conditionFailures: 0,
    dueAtMs: delay === undefined ? undefined : moment.monotonicMs + delay,
  };
  return [
    next,
    [{ kind: 'report', state: { kind: 'failed', failure, retryAtMs: delay === undefined ? undefined : moment.nowMs + delay } }],
  ];
}

function stop(state: PublicationMachine, moment: Moment): Result {
  const ending = { ...state, isEnding: true, wanted: undefined };
  // The answer under way brings the entity tag that the removal needs.
  if (state.request !== undefined) return [ending, []];
  // WHY: a server that is away must not hold up quitting; what it holds ends by itself.
  return state.failure === undefined ? sendNext(ending, moment) : end(ending);
}

function end(state: PublicationMachine): Result {
  const cancel: PublicationEffect[] = state.request === undefined ? [] : [{ kind: 'cancel', request: state.request.id }];
  const next = {
    ...state,
    isEnding: true,
    hasEnded: true,
    wanted: undefined,
    published: undefined,
    request: undefined,
    dueAtMs: undefined,
  };
  return [next, [...cancel, { kind: 'report', state: { kind: 'off' } }, { kind: 'stopped' }]];
}
