// The life of a session row by row: RFC 3261 §13 to §15, RFC 3262 §3, RFC 4028 §10.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextResendMs, stepSession } from '../../../../main/sip/session/session-step.ts';
import type { SessionEffect, SessionInput, SessionPhase, SessionRole } from '../../../../main/sip/session/session-step.ts';

const PHASES: SessionPhase[] = ['early', 'accepted', 'confirmed', 'reaccepted', 'hanging-up', 'ended'];
const INPUTS: SessionInput[] = [
  ...(['accept', 'reaccept', '2xx', 'refused', 'ack', 'cancel', 'bye', 'hang-up', 'resend-due'] as const),
  ...(['ack-overdue', 'prack-overdue', 'refresh-due', 'expired', 'lost', 'unanswered'] as const),
];

function words(effects: readonly SessionEffect[]): string {
  return effects
    .map((effect) => {
      switch (effect.kind) {
        case 'answer-invite':
          return `answer ${effect.status}`;
        case 'start-resend':
          return `resend ${effect.delay}`;
        case 'start-ack-wait':
          return `ack-wait ${effect.delayMs}`;
        case 'tell-ended':
          return `ended ${effect.reason}`;
        default:
          return effect.kind;
      }
    })
    .join(', ');
}

type Row = readonly [phase: SessionPhase, input: SessionInput, next: SessionPhase, effects: string];

const ACCEPT = 'send-accept, resend 500, ack-wait 32000';
const AGAIN = 'resend-accept, resend doubled-to-T2';
const confirmedEnds = (phase: SessionPhase): Row[] => [
  [phase, 'bye', 'ended', 'stop-accept, answer-bye, ended peer'],
  [phase, 'lost', 'ended', 'stop-accept, ended lost'],
  [phase, 'unanswered', 'ended', 'stop-accept, send-bye, ended lost'],
];
const confirmed: Row[] = [
  ...confirmedEnds('confirmed'),
  ['confirmed', 'hang-up', 'ended', 'stop-accept, send-bye, ended local'],
  ['confirmed', 'expired', 'ended', 'stop-accept, send-bye, ended expired'],
  ['confirmed', 'refresh-due', 'confirmed', 'send-refresh'],
  ['confirmed', 'reaccept', 'reaccepted', ACCEPT],
];
const awaitingAck = (phase: SessionPhase): Row[] => [
  ...confirmedEnds(phase),
  [phase, 'hang-up', 'hanging-up', ''],
  [phase, 'expired', 'hanging-up', ''],
  [phase, 'refresh-due', phase, 'send-refresh'],
  [phase, 'resend-due', phase, AGAIN],
  [phase, 'ack-overdue', 'ended', 'stop-accept, send-bye, ended no-ack'],
];
const reaccepted: Row[] = [
  ...awaitingAck('reaccepted'),
  ['reaccepted', 'ack', 'confirmed', 'stop-accept'],
  ['reaccepted', 'reaccept', 'reaccepted', ACCEPT],
];
const hangingUp: Row[] = [
  ['hanging-up', 'ack', 'ended', 'stop-accept, send-bye, ended local'],
  ['hanging-up', 'ack-overdue', 'ended', 'stop-accept, send-bye, ended local'],
  ['hanging-up', 'resend-due', 'hanging-up', AGAIN],
  ['hanging-up', 'bye', 'ended', 'stop-accept, answer-bye, ended peer'],
];

const ROWS: Record<SessionRole, Row[]> = {
  uac: [
    ['early', '2xx', 'confirmed', 'send-ack, tell-confirmed'],
    ['early', 'refused', 'ended', 'ended refused'],
    ['early', 'hang-up', 'ended', 'send-bye, ended local'],
    ['early', 'bye', 'ended', 'answer-bye, ended peer'],
    ['early', 'lost', 'ended', 'ended lost'],
    ['early', 'unanswered', 'ended', 'ended lost'],
    ...confirmed,
    ['confirmed', '2xx', 'confirmed', 'send-ack'],
    ...reaccepted,
    ['reaccepted', '2xx', 'reaccepted', 'send-ack'],
    ...hangingUp,
    ['hanging-up', '2xx', 'hanging-up', 'send-ack'],
    ['ended', '2xx', 'ended', 'send-ack, send-bye'],
  ],
  uas: [
    ['early', 'accept', 'accepted', ACCEPT],
    ['early', 'refused', 'ended', 'ended refused'],
    ['early', 'cancel', 'ended', 'answer 487, ended cancelled'],
    ['early', 'bye', 'ended', 'answer-bye, answer 487, ended peer'],
    ['early', 'hang-up', 'ended', 'answer 480, ended local'],
    ['early', 'prack-overdue', 'ended', 'answer 504, ended no-prack'],
    ['early', 'lost', 'ended', 'answer 500, ended lost'],
    ['early', 'unanswered', 'ended', 'answer 500, ended lost'],
    ...awaitingAck('accepted'),
    ['accepted', 'ack', 'confirmed', 'stop-accept, tell-confirmed'],
    ['accepted', 'reaccept', 'reaccepted', `stop-accept, tell-confirmed, ${ACCEPT}`],
    ...confirmed,
    ...reaccepted,
    ...hangingUp,
  ],
};

describe.each(['uac', 'uas'] as const)('as %s', (role) => {
  it.each(PHASES)('in %s', (phase) => {
    const expected = INPUTS.map((input) => {
      const row = ROWS[role].find(([at, on]) => at === phase && on === input);
      return `${input} → ${row?.[2] ?? phase} [${row?.[3] ?? ''}]`;
    });
    const actual = INPUTS.map((input) => {
      const [next, effects] = stepSession(role, phase, input);
      return `${input} → ${next} [${words(effects)}]`;
    });
    expect(actual).toEqual(expected);
  });
});

it('a 2xx is sent again after 0.5, 1, 2, 4, 4… seconds (§13.3.1.4)', () => {
  const waits = [500];
  for (let count = 0; count < 4; count++) waits.push(nextResendMs(waits.at(-1)!));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 4_000]);
});

it('for all inputs: confirmed at most once, ended at most once, and then only what is left to say', () => {
  fc.assert(
    fc.property(fc.constantFrom<SessionRole>('uac', 'uas'), fc.array(fc.constantFrom(...INPUTS), { maxLength: 30 }), (role, inputs) => {
      let phase: SessionPhase = 'early';
      const told: string[] = [];
      for (const input of inputs) {
        const wasOver = phase === 'ended';
        const [next, effects] = stepSession(role, phase, input);
        phase = next;
        if (wasOver) expect([next, effects.filter(({ kind }) => kind !== 'send-ack' && kind !== 'send-bye')]).toEqual(['ended', []]);
        told.push(...effects.map(({ kind }) => kind).filter((kind) => kind.startsWith('tell')));
      }
      expect(told.filter((kind) => kind === 'tell-ended').length).toBe(phase === 'ended' ? 1 : 0);
      expect(told.filter((kind) => kind === 'tell-confirmed').length).toBeLessThanOrEqual(1);
    }),
  );
});
