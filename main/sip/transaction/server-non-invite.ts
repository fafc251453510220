// The non-INVITE server transaction (RFC 3261 §17.2.2, Figure 8, with RFC 4320 on 100 and on late answers).
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
import { NON_INVITE_TRYING_AFTER_MS, TRANSACTION_LIFE_MS } from './timers.ts';

export type ServerNonInviteState = 'initial' | 'trying' | 'proceeding' | 'completed' | 'terminated';
/** `unanswered`: the user part returned without a reply; it comes later. */
export type ServerNonInviteInput = 'request' | 'unanswered' | 'tu-1xx' | 'tu-2xx-6xx' | 'T' | 'X' | 'J' | 'transport-error';

function rows(isReliable: boolean): Machine<ServerNonInviteState, ServerNonInviteInput> {
  // Timer J is zero where no retransmission of the request can come.
  const finish: Step<ServerNonInviteState> = isReliable
    ? ['terminated', [stopResend, stopLife, sendResponse]]
    : ['completed', [stopResend, stopLife, start('J', TRANSACTION_LIFE_MS), sendResponse]];
  // RFC 4320 §4.2: after the client gave up no answer is sent any more, a 408 least of all.
  const tooLate: Step<ServerNonInviteState> = ['terminated', [stopResend, tellTimeout]];
  const broken: Step<ServerNonInviteState> = ['terminated', [stopResend, stopLife, tellTransportError]];
  return {
    initial: { request: ['trying', [deliver]] },
    trying: {
      unanswered: ['trying', [start('T', NON_INVITE_TRYING_AFTER_MS), start('X', TRANSACTION_LIFE_MS)]],
      T: ['proceeding', [sendTrying]],
      'tu-1xx': ['proceeding', [stopResend, sendResponse]],
      'tu-2xx-6xx': finish,
      X: tooLate,
    },
    proceeding: {
      request: ['proceeding', [resendResponse]],
      'tu-1xx': ['proceeding', [sendResponse]],
      'tu-2xx-6xx': finish,
      X: tooLate,
      'transport-error': broken,
    },
    completed: {
      request: ['completed', [resendResponse]],
      'tu-1xx': ['completed', [dropResponse]],
      'tu-2xx-6xx': ['completed', [dropResponse]],
      'transport-error': ['terminated', [tellTransportError]],
      J: ['terminated', []],
    },
    terminated: { 'tu-1xx': ['terminated', [dropResponse]], 'tu-2xx-6xx': ['terminated', [dropResponse]] },
  };
}

const RELIABLE = rows(true);
const UNRELIABLE = rows(false);

export function stepServerNonInvite(
  state: ServerNonInviteState,
  input: ServerNonInviteInput,
  isReliable: boolean,
): Step<ServerNonInviteState> {
  return stepMachine(isReliable ? RELIABLE : UNRELIABLE, state, input);
}
