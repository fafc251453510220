// What the four transaction machines have in common: their effects (RFC 3261 §17).
import type { TimerName, TimerSlot } from './timers.ts';

/**
 * What a step asks the table to do, in order.
 * `start`: `delay` says how long; 'doubled' is twice the last one of that timer, 'doubled-to-T2' the same with T2 as the most.
 */
export type Effect =
  | { readonly kind: 'send-request' }
  | { readonly kind: 'send-ack' }
  /** Hand the response, or the request, to the user part. */
  | { readonly kind: 'deliver' }
  /** Send the response the input brought, and keep it for retransmission. */
  | { readonly kind: 'send-response' }
  | { readonly kind: 'resend-response' }
  | { readonly kind: 'send-trying' }
  | { readonly kind: 'tell-timeout' }
  | { readonly kind: 'tell-transport-error' }
  /** An answer came after the client gave up, or where one was given already. */
  | { readonly kind: 'drop-response' }
  | { readonly kind: 'start'; readonly timer: TimerName; readonly delay: Delay }
  | { readonly kind: 'stop'; readonly slot: TimerSlot };

export type Delay = number | 'doubled' | 'doubled-to-T2';

export type Step<State extends string> = readonly [State, readonly Effect[]];

/** Rows of a machine: what each input does in each state. A missing row means: nothing happens. */
export type Machine<State extends string, Input extends string> = Readonly<Record<State, Readonly<Partial<Record<Input, Step<State>>>>>>;

const NOTHING: readonly Effect[] = [];

export function stepMachine<State extends string, Input extends string>(
  machine: Machine<State, Input>,
  state: State,
  input: Input,
): Step<State> {
  return machine[state][input] ?? [state, NOTHING];
}

export const sendRequest: Effect = { kind: 'send-request' };
export const sendAck: Effect = { kind: 'send-ack' };
export const deliver: Effect = { kind: 'deliver' };
export const sendResponse: Effect = { kind: 'send-response' };
export const resendResponse: Effect = { kind: 'resend-response' };
export const sendTrying: Effect = { kind: 'send-trying' };
export const tellTimeout: Effect = { kind: 'tell-timeout' };
export const tellTransportError: Effect = { kind: 'tell-transport-error' };
export const dropResponse: Effect = { kind: 'drop-response' };
export const stopResend: Effect = { kind: 'stop', slot: 'resend' };
export const stopLife: Effect = { kind: 'stop', slot: 'life' };

export function start(timer: TimerName, delay: Delay): Effect {
  return { kind: 'start', timer, delay };
}
