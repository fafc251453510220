// The INVITE server transaction (RFC 3261 §17.2.1, Figure 7, with the Accepted state of RFC 6026 §8.5).
import {
  deliver,
  dropResponse,
  resendResponse,
  sendResponse,
  sendTrying,
  start,
  stepMachine,
  stopLife,
  stopResend,
  tellTimeout,
  tellTransportError,
} from './step.ts';
import type { Machine, Step } from './step.ts';
import { T1_MS, T4_MS, TRANSACTION_LIFE_MS, TRYING_AFTER_MS } from './timers.ts';

export type ServerInviteState = 'initial' | 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';
/** `unanswered`: the user part returned without a reply; it comes later. */
export type ServerInviteInput =
  'request' | 'ack' | 'unanswered' | 'tu-1xx' | 'tu-2xx' | 'tu-3xx-6xx' | 'T' | 'G' | 'H' | 'I' | 'L' | 'transport-error';

function rows(isReliable: boolean): Machine<ServerInviteState, ServerInviteInput> {
  const startRetransmission = isReliable ? [] : [start('G', T1_MS)];
  // Timer I is zero where no further ACK can come.
  const confirm: Step<ServerInviteState> = isReliable
    ? ['terminated', [stopResend, stopLife]]
    : ['confirmed', [stopResend, stopLife, start('I', T4_MS)]];
  return {
    initial: { request: ['proceeding', [deliver]] },
    proceeding: {
      unanswered: ['proceeding', [start('T', TRYING_AFTER_MS)]],
      request: ['proceeding', [resendResponse]],
      T: ['proceeding', [sendTrying]],
      'tu-1xx': ['proceeding', [stopResend, sendResponse]],
      'tu-2xx': ['accepted', [stopResend, start('L', TRANSACTION_LIFE_MS), sendResponse]],
      'tu-3xx-6xx': ['completed', [stopResend, ...startRetransmission, start('H', TRANSACTION_LIFE_MS), sendResponse]],
      // RFC 6026 §7.2: an error in sending changes no state; the timers end it.
      'transport-error': ['proceeding', [tellTransportError]],
    },
    accepted: {
      // RFC 6026: retransmitted INVITEs are absorbed, the user part retransmits the 2xx, and gets every ACK.
      ack: ['accepted', [deliver]],
      'tu-2xx': ['accepted', [sendResponse]],
      'tu-1xx': ['accepted', [dropResponse]],
      'tu-3xx-6xx': ['accepted', [dropResponse]],
      'transport-error': ['accepted', [tellTransportError]],
      L: ['terminated', []],
    },
    completed: {
      request: ['completed', [resendResponse]],
      G: ['completed', [start('G', 'doubled-to-T2'), resendResponse]],
      ack: confirm,
      H: ['terminated', [stopResend, tellTimeout]],
      'transport-error': ['completed', [tellTransportError]],
      'tu-1xx': ['completed', [dropResponse]],
      'tu-2xx': ['completed', [dropResponse]],
      'tu-3xx-6xx': ['completed', [dropResponse]],
    },
    confirmed: { I: ['terminated', []] },
    terminated: {},
  };
}

const RELIABLE = rows(true);
const UNRELIABLE = rows(false);

export function stepServerInvite(state: ServerInviteState, input: ServerInviteInput, isReliable: boolean): Step<ServerInviteState> {
  return stepMachine(isReliable ? RELIABLE : UNRELIABLE, state, input);
}
