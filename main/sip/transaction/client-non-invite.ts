// The non-INVITE client transaction (RFC 3261 §17.1.2, Figure 6).
import { deliver, sendRequest, start, stepMachine, stopLife, stopResend, tellTimeout, tellTransportError } from './step.ts';
import type { Machine, Step } from './step.ts';
import { T1_MS, T2_MS, T4_MS, TRANSACTION_LIFE_MS } from './timers.ts';

export type ClientNonInviteState = 'initial' | 'trying' | 'proceeding' | 'completed' | 'terminated';
export type ClientNonInviteInput = 'start' | '1xx' | '2xx-6xx' | 'E' | 'F' | 'K' | 'transport-error';

function rows(isReliable: boolean): Machine<ClientNonInviteState, ClientNonInviteInput> {
  const startRetransmission = isReliable ? [] : [start('E', T1_MS)];
  // Timer K is zero where no retransmission of the response can come.
  const finish: Step<ClientNonInviteState> = isReliable
    ? ['terminated', [stopResend, stopLife, deliver]]
    : ['completed', [stopResend, stopLife, start('K', T4_MS), deliver]];
  return {
    initial: { start: ['trying', [...startRetransmission, start('F', TRANSACTION_LIFE_MS), sendRequest]] },
    trying: {
      E: ['trying', [start('E', 'doubled-to-T2'), sendRequest]],
      F: ['terminated', [tellTimeout]],
      'transport-error': ['terminated', [tellTransportError]],
      '1xx': ['proceeding', [deliver]],
      '2xx-6xx': finish,
    },
    proceeding: {
      E: ['proceeding', [start('E', T2_MS), sendRequest]],
      F: ['terminated', [tellTimeout]],
      'transport-error': ['terminated', [tellTransportError]],
      '1xx': ['proceeding', [deliver]],
      '2xx-6xx': finish,
    },
    completed: { K: ['terminated', []] },
    terminated: {},
  };
}

const RELIABLE = rows(true);
const UNRELIABLE = rows(false);

export function stepClientNonInvite(
  state: ClientNonInviteState,
  input: ClientNonInviteInput,
  isReliable: boolean,
): Step<ClientNonInviteState> {
  return stepMachine(isReliable ? RELIABLE : UNRELIABLE, state, input);
}
