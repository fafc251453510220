// The four machines row by row: RFC 3261 Figures 5 to 8, RFC 6026 §8.4 and §8.5, RFC 4320.
import { describe, expect, it } from 'vitest';
import { stepClientInvite } from '../../../../main/sip/transaction/client-invite.ts';
import { stepClientNonInvite } from '../../../../main/sip/transaction/client-non-invite.ts';
import { stepServerInvite } from '../../../../main/sip/transaction/server-invite.ts';
import { stepServerNonInvite } from '../../../../main/sip/transaction/server-non-invite.ts';
import type { Effect } from '../../../../main/sip/transaction/step.ts';

/** `A 500` starts timer A, `stop resend` ends a wait, everything else is the effect's own name. */
function words(effects: readonly Effect[]): string {
  return effects
    .map((effect) => {
      if (effect.kind === 'start') return `${effect.timer} ${effect.delay}`;
      return effect.kind === 'stop' ? `stop ${effect.slot}` : effect.kind;
    })
    .join(', ');
}

/** state, input, next state, effects over an unreliable transport, and over a reliable one where that differs. */
type Row = readonly [string, string, string, string, (readonly [string, string])?];
type Stepper = (state: never, input: never, isReliable: boolean) => readonly [string, readonly Effect[]];

function check(step: Stepper, rows: readonly Row[], states: readonly string[], inputs: readonly string[]): void {
  const expected = new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row]));
  for (const state of states) {
    for (const input of inputs) {
      const row = expected.get(`${state} ${input}`);
      for (const isReliable of [false, true]) {
        const [next, effects] = step(state as never, input as never, isReliable);
        const want = isReliable && row?.[4] !== undefined ? row[4] : row === undefined ? [state, ''] : [row[2], row[3]];
        expect([state, input, isReliable, next, words(effects)]).toEqual([state, input, isReliable, ...want]);
      }
    }
  }
  expect(rows.filter((row) => !states.includes(row[0]) || !inputs.includes(row[1]))).toEqual([]);
}

describe('transaction machines', () => {
  it('client INVITE is Figure 5 with RFC 6026', () => {
    const stop = 'stop resend, stop life';
    const accept: readonly [string, string] = ['accepted', `${stop}, M 32000, deliver`];
    const fail: readonly [string, string] = ['completed', `${stop}, D 32000, send-ack, deliver`];
    const failReliable: readonly [string, string] = ['terminated', `${stop}, send-ack, deliver`];
    check(
      stepClientInvite,
      [
        ['initial', 'start', 'calling', 'A 500, B 32000, send-request', ['calling', 'B 32000, send-request']],
        ['calling', 'A', 'calling', 'A doubled, send-request'],
        ['calling', 'B', 'terminated', 'tell-timeout'],
        ['calling', 'transport-error', 'terminated', 'tell-transport-error'],
        ['calling', '1xx', 'proceeding', `${stop}, deliver`],
        ['calling', '2xx', ...accept],
        ['calling', '3xx-6xx', ...fail, failReliable],
        ['proceeding', '1xx', 'proceeding', 'deliver'],
        ['proceeding', '2xx', ...accept],
        ['proceeding', '3xx-6xx', ...fail, failReliable],
        ['accepted', '2xx', 'accepted', 'deliver'],
        ['accepted', 'M', 'terminated', ''],
        ['completed', '3xx-6xx', 'completed', 'send-ack'],
        ['completed', 'transport-error', 'terminated', 'tell-transport-error'],
        ['completed', 'D', 'terminated', ''],
      ],
      ['initial', 'calling', 'proceeding', 'accepted', 'completed', 'terminated'],
      ['start', '1xx', '2xx', '3xx-6xx', 'A', 'B', 'D', 'M', 'transport-error'],
    );
  });

  it('client non-INVITE is Figure 6', () => {
    const finish: readonly [string, string] = ['completed', 'stop resend, stop life, K 5000, deliver'];
    const finishReliable: readonly [string, string] = ['terminated', 'stop resend, stop life, deliver'];
    check(
      stepClientNonInvite,
      [
        ['initial', 'start', 'trying', 'E 500, F 32000, send-request', ['trying', 'F 32000, send-request']],
        ['trying', 'E', 'trying', 'E doubled-to-T2, send-request'],
        ['trying', 'F', 'terminated', 'tell-timeout'],
        ['trying', 'transport-error', 'terminated', 'tell-transport-error'],
        ['trying', '1xx', 'proceeding', 'deliver'],
        ['trying', '2xx-6xx', ...finish, finishReliable],
        ['proceeding', 'E', 'proceeding', 'E 4000, send-request'],
        ['proceeding', 'F', 'terminated', 'tell-timeout'],
        ['proceeding', 'transport-error', 'terminated', 'tell-transport-error'],
        ['proceeding', '1xx', 'proceeding', 'deliver'],
        ['proceeding', '2xx-6xx', ...finish, finishReliable],
        ['completed', 'K', 'terminated', ''],
      ],
      ['initial', 'trying', 'proceeding', 'completed', 'terminated'],
      ['start', '1xx', '2xx-6xx', 'E', 'F', 'K', 'transport-error'],
    );
  });

  it('server INVITE is Figure 7 with RFC 6026', () => {
    const drop = (state: string, input: string): Row => [state, input, state, 'drop-response'];
    check(
      stepServerInvite,
      [
        ['initial', 'request', 'proceeding', 'deliver'],
        ['proceeding', 'unanswered', 'proceeding', 'T 200'],
        ['proceeding', 'request', 'proceeding', 'resend-response'],
        ['proceeding', 'T', 'proceeding', 'send-trying'],
        ['proceeding', 'tu-1xx', 'proceeding', 'stop resend, send-response'],
        ['proceeding', 'tu-2xx', 'accepted', 'stop resend, L 32000, send-response'],
        [
          'proceeding',
          'tu-3xx-6xx',
          'completed',
          'stop resend, G 500, H 32000, send-response',
          ['completed', 'stop resend, H 32000, send-response'],
        ],
        ['proceeding', 'transport-error', 'proceeding', 'tell-transport-error'],
        ['accepted', 'ack', 'accepted', 'deliver'],
        ['accepted', 'tu-2xx', 'accepted', 'send-response'],
        drop('accepted', 'tu-1xx'),
        drop('accepted', 'tu-3xx-6xx'),
        ['accepted', 'transport-error', 'accepted', 'tell-transport-error'],
        ['accepted', 'L', 'terminated', ''],
        ['completed', 'request', 'completed', 'resend-response'],
        ['completed', 'G', 'completed', 'G doubled-to-T2, resend-response'],
        ['completed', 'ack', 'confirmed', 'stop resend, stop life, I 5000', ['terminated', 'stop resend, stop life']],
        ['completed', 'H', 'terminated', 'stop resend, tell-timeout'],
        ['completed', 'transport-error', 'completed', 'tell-transport-error'],
        drop('completed', 'tu-1xx'),
        drop('completed', 'tu-2xx'),
        drop('completed', 'tu-3xx-6xx'),
        ['confirmed', 'I', 'terminated', ''],
      ],
      ['initial', 'proceeding', 'accepted', 'completed', 'confirmed', 'terminated'],
      ['request', 'ack', 'unanswered', 'tu-1xx', 'tu-2xx', 'tu-3xx-6xx', 'T', 'G', 'H', 'I', 'L', 'transport-error'],
    );
  });

  it('server non-INVITE is Figure 8 with RFC 4320', () => {
    const finish: readonly [string, string] = ['completed', 'stop resend, stop life, J 32000, send-response'];
    const finishReliable: readonly [string, string] = ['terminated', 'stop resend, stop life, send-response'];
    check(
      stepServerNonInvite,
      [
        ['initial', 'request', 'trying', 'deliver'],
        ['trying', 'unanswered', 'trying', 'T 3500, X 32000'],
        ['trying', 'T', 'proceeding', 'send-trying'],
        ['trying', 'tu-1xx', 'proceeding', 'stop resend, send-response'],
        ['trying', 'tu-2xx-6xx', ...finish, finishReliable],
        ['trying', 'X', 'terminated', 'stop resend, tell-timeout'],
        ['proceeding', 'request', 'proceeding', 'resend-response'],
        ['proceeding', 'tu-1xx', 'proceeding', 'send-response'],
        ['proceeding', 'tu-2xx-6xx', ...finish, finishReliable],
        ['proceeding', 'X', 'terminated', 'stop resend, tell-timeout'],
        ['proceeding', 'transport-error', 'terminated', 'stop resend, stop life, tell-transport-error'],
        ['completed', 'request', 'completed', 'resend-response'],
        ['completed', 'tu-1xx', 'completed', 'drop-response'],
        ['completed', 'tu-2xx-6xx', 'completed', 'drop-response'],
        ['completed', 'transport-error', 'terminated', 'tell-transport-error'],
        ['completed', 'J', 'terminated', ''],
        ['terminated', 'tu-1xx', 'terminated', 'drop-response'],
        ['terminated', 'tu-2xx-6xx', 'terminated', 'drop-response'],
      ],
      ['initial', 'trying', 'proceeding', 'completed', 'terminated'],
      ['request', 'unanswered', 'tu-1xx', 'tu-2xx-6xx', 'T', 'X', 'J', 'transport-error'],
    );
  });
});
