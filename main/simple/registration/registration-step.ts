// The registration machine, pure (RFC 3261 §10.2, RFC 5626 §4.2): what happened → what to do.
import type { NameAddr, SipUri } from '../../sip/index.ts';
import type { Moment } from '../machine.ts';
import type { ProtocolFailure } from '../outcome.ts';
import { FRESH_REQUEST_MS, MAX_BRIEF_ANSWERS, MAX_EXPIRES_SECONDS, refreshDelayMs, retryDelayMs } from '../retry.ts';

/** How many redirects are followed for one registration (RFC 3261 §8.1.3.4): more is a loop. */
const MAX_REDIRECTS = 3;

/** Refreshes spread over this time after the flow closed, so that a server that restarts is not met by everybody at once. */
const FLOW_CLOSED_SPREAD_MS = 1_000;

/** What the 2xx said of our binding. */
export interface Granted {
  readonly expiresSeconds: number;
  readonly binding: NameAddr | undefined;
  readonly bindingCount: number;
  readonly publicGruu: SipUri | undefined;
  readonly temporaryGruu: SipUri | undefined;
  /** The registrar keeps the binding by instance and flow (RFC 5626 §6), and requests come on that flow alone. */
  readonly isOutbound: boolean;
  readonly serviceRoute: readonly NameAddr[];
  readonly flowId: string;
}

export type RegistrationPhase = 'off' | 'working' | 'registered' | 'waiting' | 'removing' | 'ended';

export interface RegistrationMachine {
  readonly phase: RegistrationPhase;
  /** Number of the request under way; undefined: none. */
  readonly request: number | undefined;
  readonly requestCount: number;
  readonly requestAtMs: number;
  readonly askedSeconds: number;
  /** Set while a redirect is followed. */
  readonly target: SipUri | undefined;
  readonly redirects: number;
  readonly briefAnswers: number;
  readonly failuresInRow: number;
  /** The registrar may hold a binding of ours: to be removed at the end. */
  readonly mayBeBound: boolean;
  readonly flowId: string | undefined;
  /** Monotonic: when the timer is due. */
  readonly dueAtMs: number | undefined;
}

export type RegistrationAnswer =
  | { readonly kind: 'granted'; readonly granted: Granted }
  /** 423. */
  | { readonly kind: 'too-brief'; readonly minSeconds: number; readonly failure: ProtocolFailure }
  /** 301, 302. */
  | { readonly kind: 'redirected'; readonly target: SipUri; readonly failure: ProtocolFailure }
  /** The same once more in another shape, at once. Whoever answers so sees to it that it ends. */
  | { readonly kind: 'again' }
  | { readonly kind: 'failed'; readonly failure: ProtocolFailure }
  | { readonly kind: 'cancelled' };

export type RegistrationInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'retry-now' }
  | { readonly kind: 'flow-closed'; readonly flowId: string }
  /** The keep-alive got no answer on that flow. */
  | { readonly kind: 'server-silent'; readonly flowId: string }
  | { readonly kind: 'timer' }
  | { readonly kind: 'answered'; readonly request: number; readonly answer: RegistrationAnswer }
  | { readonly kind: 'stop' }
  | { readonly kind: 'stop-waited' };

export type RegistrationReport =
  | { readonly kind: 'off' }
  | { readonly kind: 'working' }
  | ({ readonly kind: 'ok'; readonly untilMs: number } & Omit<Granted, 'expiresSeconds' | 'flowId'>)
  | { readonly kind: 'failed'; readonly failure: ProtocolFailure; readonly retryAtMs: number | undefined };

export type RegistrationEffect =
  | { readonly kind: 'register'; readonly request: number; readonly expiresSeconds: number; readonly target: SipUri | undefined }
  | { readonly kind: 'remove'; readonly request: number }
  | { readonly kind: 'cancel'; readonly request: number }
  | { readonly kind: 'report'; readonly state: RegistrationReport }
  | { readonly kind: 'stopped' };

type Result = readonly [RegistrationMachine, readonly RegistrationEffect[]];

export function newRegistrationMachine(expiresSeconds: number): RegistrationMachine {
  return {
    phase: 'off',
    request: undefined,
    requestCount: 0,
    requestAtMs: 0,
    askedSeconds: expiresSeconds,
    target: undefined,
    redirects: 0,
    briefAnswers: 0,
    failuresInRow: 0,
    mayBeBound: false,
    flowId: undefined,
    dueAtMs: undefined,
  };
}

export function stepRegistration(state: RegistrationMachine, input: RegistrationInput, moment: Moment): Result {
  switch (input.kind) {
    case 'start':
      return state.phase === 'off' ? withReport(register(fresh(state), moment), { kind: 'working' }) : [state, []];
    case 'retry-now':
      return retryNow(state, moment);
    case 'flow-closed':
      return flowClosed(state, input.flowId, moment);
    case 'server-silent':
      return serverSilent(state, input.flowId, moment);
    case 'timer':
      return isDue(state, moment) ? register(state, moment) : [state, []];
    case 'answered':
      return input.request === state.request ? answered({ ...state, request: undefined }, input.answer, moment) : [state, []];
    case 'stop':
      return stop(state, moment);
    case 'stop-waited':
      return state.phase === 'removing' ? end(state, state.request) : [state, []];
  }
}

function fresh(state: RegistrationMachine): RegistrationMachine {
  return { ...state, failuresInRow: 0, redirects: 0, briefAnswers: 0, target: undefined };
}

function isDue(state: RegistrationMachine, moment: Moment): boolean {
  const isIdle = state.phase === 'registered' || state.phase === 'waiting';
  return isIdle && state.dueAtMs !== undefined && moment.monotonicMs >= state.dueAtMs;
}

/** Sends REGISTER; a refresh stays `registered` until it is answered. */
function register(state: RegistrationMachine, moment: Moment): Result {
  const request = state.requestCount + 1;
  const next: RegistrationMachine = {
    ...state,
    phase: state.phase === 'registered' ? 'registered' : 'working',
    request,
    requestCount: request,
    requestAtMs: moment.monotonicMs,
    mayBeBound: true,
    dueAtMs: undefined,
  };
  return [next, [{ kind: 'register', request, expiresSeconds: state.askedSeconds, target: state.target }]];
}

function withReport([state, effects]: Result, report: RegistrationReport): Result {
  return [state, [{ kind: 'report', state: report }, ...effects]];
}

function retryNow(state: RegistrationMachine, moment: Moment): Result {
  if (state.phase === 'off' || state.phase === 'removing' || state.phase === 'ended') return [state, []];
  if (state.request === undefined) {
    const result = register(fresh(state), moment);
    return state.phase === 'waiting' ? withReport(result, { kind: 'working' }) : result;
  }
  if (moment.monotonicMs - state.requestAtMs < FRESH_REQUEST_MS) return [state, []];
  // WHY: the network may have changed under a request that now waits for an answer that cannot come.
  const [next, effects] = register(fresh(state), moment);
  return [next, [{ kind: 'cancel', request: state.request }, ...effects]];
}

function flowClosed(state: RegistrationMachine, flowId: string, moment: Moment): Result {
  if (state.phase !== 'registered' || state.request !== undefined || flowId !== state.flowId) return [state, []];
  const dueAtMs = moment.monotonicMs + Math.round(FLOW_CLOSED_SPREAD_MS * moment.fraction);
  return withReport([{ ...state, phase: 'waiting', flowId: undefined, dueAtMs }, []], { kind: 'working' });
}

/** As a lost flow, but said at once: a REGISTER takes half a minute to find out the same. */
function serverSilent(state: RegistrationMachine, flowId: string, moment: Moment): Result {
  const [next] = flowClosed(state, flowId, moment);
  if (next === state) return [state, []];
  const waitMs = (next.dueAtMs ?? moment.monotonicMs) - moment.monotonicMs;
  return withReport([next, []], { kind: 'failed', failure: { kind: 'timeout' }, retryAtMs: moment.nowMs + waitMs });
}

function answered(state: RegistrationMachine, answer: RegistrationAnswer, moment: Moment): Result {
  if (state.phase === 'removing') return end(state, undefined);
  switch (answer.kind) {
    case 'granted':
      return granted(state, answer.granted, moment);
    case 'too-brief': {
      const isUseful = answer.minSeconds > state.askedSeconds && answer.minSeconds <= MAX_EXPIRES_SECONDS;
      if (!isUseful || state.briefAnswers >= MAX_BRIEF_ANSWERS) return failed(state, answer.failure, moment);
      return register({ ...state, askedSeconds: answer.minSeconds, briefAnswers: state.briefAnswers + 1 }, moment);
    }
    case 'redirected':
      if (state.redirects >= MAX_REDIRECTS) return failed({ ...state, target: undefined }, answer.failure, moment);
      return register({ ...state, target: answer.target, redirects: state.redirects + 1 }, moment);
    case 'again':
      return register(state, moment);
    case 'failed':
      return failed(state, answer.failure, moment);
    case 'cancelled':
      // Only the endpoint's own end cancels a request we still wait for: nothing can be sent any more.
      return [{ ...state, phase: 'waiting', dueAtMs: undefined }, []];
  }
}

function granted(state: RegistrationMachine, answer: Granted, moment: Moment): Result {
  const { expiresSeconds, flowId, ...rest } = answer;
  const next: RegistrationMachine = {
    ...fresh(state),
    phase: 'registered',
    flowId,
    dueAtMs: moment.monotonicMs + refreshDelayMs(expiresSeconds, moment.fraction),
  };
  return withReport([next, []], { kind: 'ok', untilMs: moment.nowMs + expiresSeconds * 1000, ...rest });
}

function failed(state: RegistrationMachine, failure: ProtocolFailure, moment: Moment): Result {
  const failuresInRow = state.failuresInRow + 1;
  const delay = retryDelayMs(failure, failuresInRow, moment.fraction);
  const next: RegistrationMachine = {
    ...state,
    phase: 'waiting',
    failuresInRow,
    redirects: 0,
    briefAnswers: 0,
    target: undefined,
    dueAtMs: delay === undefined ? undefined : moment.monotonicMs + delay,
  };
  return withReport([next, []], { kind: 'failed', failure, retryAtMs: delay === undefined ? undefined : moment.nowMs + delay });
}

function stop(state: RegistrationMachine, moment: Moment): Result {
  if (state.phase === 'removing' || state.phase === 'ended') return [state, []];
  const cancel: RegistrationEffect[] = state.request === undefined ? [] : [{ kind: 'cancel', request: state.request }];
  // WHY: after a failed try there is nothing to remove, and a server that is away must not hold up quitting.
  if (!state.mayBeBound || state.phase === 'off' || state.phase === 'waiting') {
    const [ended, effects] = end(state, undefined);
    return [ended, [...cancel, ...effects]];
  }
  const request = state.requestCount + 1;
  const next: RegistrationMachine = {
    ...state,
    phase: 'removing',
    request,
    requestCount: request,
    requestAtMs: moment.monotonicMs,
    dueAtMs: undefined,
  };
  return [next, [...cancel, { kind: 'remove', request }]];
}

function end(state: RegistrationMachine, request: number | undefined): Result {
  const cancel: RegistrationEffect[] = request === undefined ? [] : [{ kind: 'cancel', request }];
  const next: RegistrationMachine = { ...state, phase: 'ended', request: undefined, mayBeBound: false, dueAtMs: undefined };
  return [next, [...cancel, { kind: 'report', state: { kind: 'off' } }, { kind: 'stopped' }]];
}
