// The INVITE client transaction (RFC 3261 §17.1.1, Figure 5, with the Accepted state of RFC 6026 §8.4).
import { deliver, sendAck, sendRequest, start, stepMachine, stopLife, stopResend, tellTimeout, tellTransportError } from './step.ts';
import type { Machine, Step } from './step.ts';
import { T1_MS, TIMER_D_MS, TRANSACTION_LIFE_MS } from './timers.ts';

export type ClientInviteState = 'initial' | 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';
export type ClientInviteInput = 'start' | '1xx' | '2xx' | '3xx-6xx' | 'A' | 'B' | 'D' | 'M' | 'transport-error';

type Rows = Machine<ClientInviteState, ClientInviteInput>;

function rows(isReliable: boolean): Rows {
  const startRetransmission = isReliable ? [] : [start('A', T1_MS)];
  // Timer D is zero where nothing can be retransmitted: the machine ends with the ACK.
  const fail: Step<ClientInviteState> = isReliable
    ? ['terminated', [stopResend, stopLife, sendAck, deliver]]
    : ['completed', [stopResend, stopLife, start('D', TIMER_D_MS), sendAck, deliver]];
  const accept: Step<ClientInviteState> = ['accepted', [stopResend, stopLife, start('M', TRANSACTION_LIFE_MS), deliver]];
  return {
    initial: { start: ['calling', [...startRetransmission, start('B', TRANSACTION_LIFE_MS), sendRequest]] },
    calling: {
      A: ['calling', [start('A', 'doubled'), sendRequest]],
      B: ['terminated', [tellTimeout]],
      'transport-error': ['terminated', [tellTransportError]],
      '1xx': ['proceeding', [stopResend, stopLife, deliver]],
      '2xx': accept,
      '3xx-6xx': fail,
    },
    proceeding: { '1xx': ['proceeding', [deliver]], '2xx': accept, '3xx-6xx': fail },
    accepted: { '2xx': ['accepted', [deliver]], M: ['terminated', []] },
    completed: {
      '3xx-6xx': ['completed', [sendAck]],
      'transport-error': ['terminated', [tellTransportError]],
      D: ['terminated', []],
    },
    terminated: {},
  };
}

const RELIABLE = rows(true);
const UNRELIABLE = rows(false);

export function stepClientInvite(state: ClientInviteState, input: ClientInviteInput, isReliable: boolean): Step<ClientInviteState> {
  return stepMachine(isReliable ? RELIABLE : UNRELIABLE, state, input);
}
