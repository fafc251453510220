// When everybody on a network is asked who is there, as a pure machine: soon, then ever rarer (RFC 6762 §5.2).
import type { Moment } from '../machine.ts';
import { FIRST_QUESTION_MS, FIRST_QUESTION_SPREAD_MS, LONGEST_QUESTION_GAP_MS, QUESTION_GAP_MS } from './limits.ts';

export interface QuestionState {
  /** Monotonic; undefined: nobody wants to know. */
  readonly dueMs: number | undefined;
  readonly gapMs: number;
}

export type QuestionInput = 'start' | 'timer' | 'stop';

export const NO_QUESTION: QuestionState = { dueMs: undefined, gapMs: QUESTION_GAP_MS };

/** The next state, and whether to ask now. */
export function stepQuestion(
  state: QuestionState,
  input: QuestionInput,
  { monotonicMs, fraction }: Moment,
): readonly [QuestionState, boolean] {
  if (input === 'stop') return [NO_QUESTION, false];
  if (input === 'start') {
    return [{ dueMs: monotonicMs + FIRST_QUESTION_MS + FIRST_QUESTION_SPREAD_MS * fraction, gapMs: QUESTION_GAP_MS }, false];
  }
  if (state.dueMs === undefined || monotonicMs < state.dueMs) return [state, false];
  return [{ dueMs: monotonicMs + state.gapMs, gapMs: Math.min(state.gapMs * 2, LONGEST_QUESTION_GAP_MS) }, true];
}
