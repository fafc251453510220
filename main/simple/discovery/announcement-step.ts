// One announcement's life as a pure machine: probe, announce, defend, rename, withdraw (RFC 6762 §8, §9, §10.1).
import type { Moment } from '../machine.ts';
import {
  ANNOUNCEMENTS,
  CONFLICT_SPAN_MS,
  CONFLICT_WAIT_MS,
  CONFLICTS_BEFORE_WAIT,
  FIRST_ANNOUNCEMENT_GAP_MS,
  LOST_PROBE_WAIT_MS,
  PROBE_WAIT_MS,
  PROBES,
} from './limits.ts';

export interface AnnouncementState {
  readonly phase: 'idle' | 'probing' | 'announcing' | 'announced' | 'stopped';
  /** Of the phase: probes or announcements sent. */
  readonly sent: number;
  /** Monotonic; undefined: nothing is due. */
  readonly dueMs: number | undefined;
  /** From 2 on part of the name. */
  readonly number: number;
  /** When the last conflicts were. */
  readonly conflictsMs: readonly number[];
}

export type AnnouncementInput =
  /** Also after a change of networks: what was unique there may not be here (RFC 6762 §8). */
  | { readonly kind: 'start' }
  | { readonly kind: 'timer' }
  /** Somebody else answers to the name. */
  | { readonly kind: 'taken' }
  /** Somebody else probes for the name and wins. */
  | { readonly kind: 'lost' }
  /** What is told under the name is another now. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'stop' };

export type AnnouncementEffect = 'probe' | 'announce' | 'renamed';

export const INITIAL_ANNOUNCEMENT: AnnouncementState = { phase: 'idle', sent: 0, dueMs: undefined, number: 1, conflictsMs: [] };

type Result = readonly [AnnouncementState, readonly AnnouncementEffect[]];

/** Whether questions are answered with it. */
export function isAnswering(state: AnnouncementState): boolean {
  return state.phase === 'announcing' || state.phase === 'announced';
}

export function stepAnnouncement(state: AnnouncementState, input: AnnouncementInput, moment: Moment): Result {
  if (state.phase === 'stopped') return [state, []];
  switch (input.kind) {
    case 'start':
      return [probing(state, moment.monotonicMs + PROBE_WAIT_MS * moment.fraction), []];
    case 'timer':
      return state.dueMs === undefined || moment.monotonicMs < state.dueMs ? [state, []] : onTimer(state, moment.monotonicMs);
    case 'taken':
      return onTaken(state, moment);
    case 'lost':
      // RFC 6762 §8.2: the same name again a second later; by then the winner answers, and that is `taken`.
      return state.phase === 'probing' ? [probing(state, moment.monotonicMs + LOST_PROBE_WAIT_MS), []] : [state, []];
    case 'changed':
      // RFC 6762 §8.4: a changed record is announced anew, without a probe.
      return isAnswering(state) ? [{ ...state, phase: 'announcing', sent: 0, dueMs: moment.monotonicMs }, []] : [state, []];
    case 'stop':
      return [{ ...state, phase: 'stopped', dueMs: undefined }, []];
  }
}

function probing(state: AnnouncementState, dueMs: number): AnnouncementState {
  return { ...state, phase: 'probing', sent: 0, dueMs };
}

function onTimer(state: AnnouncementState, nowMs: number): Result {
  if (state.phase === 'probing') {
    if (state.sent < PROBES) return [{ ...state, sent: state.sent + 1, dueMs: nowMs + PROBE_WAIT_MS }, ['probe']];
    return onTimer({ ...state, phase: 'announcing', sent: 0 }, nowMs);
  }
  if (state.phase !== 'announcing') return [{ ...state, dueMs: undefined }, []];
  const sent = state.sent + 1;
  if (sent >= ANNOUNCEMENTS) return [{ ...state, phase: 'announced', sent, dueMs: undefined }, ['announce']];
  return [{ ...state, sent, dueMs: nowMs + FIRST_ANNOUNCEMENT_GAP_MS * 2 ** state.sent }, ['announce']];
}

function onTaken(state: AnnouncementState, { monotonicMs, fraction }: Moment): Result {
  if (state.phase === 'idle') return [state, []];
  const conflictsMs = [...state.conflictsMs.filter((ms) => ms > monotonicMs - CONFLICT_SPAN_MS), monotonicMs].slice(-CONFLICTS_BEFORE_WAIT);
  // SECURITY: somebody who claims every name makes us slow, not busy (RFC 6762 §8.1).
  const waitMs = conflictsMs.length >= CONFLICTS_BEFORE_WAIT ? CONFLICT_WAIT_MS : PROBE_WAIT_MS * fraction;
  const next = { ...probing(state, monotonicMs + waitMs), conflictsMs };
  // RFC 6762 §9: a name once ours is probed for again before it is given up.
  if (state.phase !== 'probing') return [next, []];
  // WHY: while a wait is on, more of the same answers change nothing.
  if (state.sent === 0) return [{ ...state, conflictsMs }, []];
  return [{ ...next, number: state.number + 1 }, ['renamed']];
}
