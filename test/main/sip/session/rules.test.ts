// The rules between two sides row by row: glare (RFC 3261 §14, RFC 3311 §5, RFC 6337 §4), reliable responses (RFC 3262), session timers (RFC 4028).
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../main/sip/index.ts';
import type { SipMessage } from '../../../../main/sip/index.ts';
import { glareWaitMs, maySend, receivingVerdict, retryAfterSeconds } from '../../../../main/sip/session/gate.ts';
import type { ModifyingMethod, UnderWay, Verdict } from '../../../../main/sip/session/gate.ts';
import { isNextReliable, mustWaitForPrack, startReliable, stepReliable } from '../../../../main/sip/session/reliable-provisional.ts';
import type { Reliable, ReliableEffect, ReliableInput } from '../../../../main/sip/session/reliable-provisional.ts';
import {
  answerTimer,
  expiresAfterMs,
  refreshAfterMs,
  timerAnswerFields,
  timerAsUac,
  timerAsUas,
  timerFields,
} from '../../../../main/sip/session/session-timer.ts';
import type { TimerPolicy } from '../../../../main/sip/session/session-timer.ts';

const IDLE: UnderWay = {
  exchange: 'stable',
  isConfirmed: true,
  localInvite: false,
  remoteInvite: false,
  localUpdate: false,
  remoteUpdate: false,
};

describe('a change of the peer', () => {
  it.each<[string, ModifyingMethod, boolean, Partial<UnderWay>, Verdict]>([
    ['re-INVITE while nothing is under way', 'INVITE', true, {}, 'go'],
    ['re-INVITE before our answer to the one before (3261 §14.2)', 'INVITE', true, { remoteInvite: true }, 500],
    ['re-INVITE while ours is out (§14.2)', 'INVITE', true, { localInvite: true, exchange: 'local-offer' }, 491],
    ['re-INVITE without offer while ours is out', 'INVITE', false, { localInvite: true }, 491],
    ['re-INVITE while the answer in an ACK is awaited', 'INVITE', true, { exchange: 'local-offer' }, 491],
    ['re-INVITE while our UPDATE with an offer is out', 'INVITE', true, { localUpdate: true, exchange: 'local-offer' }, 491],
    ['re-INVITE while their UPDATE is not answered', 'INVITE', true, { remoteUpdate: true, exchange: 'remote-offer' }, 500],
    ['re-INVITE while our refreshing UPDATE is out', 'INVITE', true, { localUpdate: true }, 'go'],
    ['UPDATE while nothing is under way', 'UPDATE', true, {}, 'go'],
    ['UPDATE before our answer to the one before (3311 §5.2)', 'UPDATE', false, { remoteUpdate: true }, 500],
    ['UPDATE with offer while our offer is out (§5.2)', 'UPDATE', true, { exchange: 'local-offer' }, 491],
    ['UPDATE with offer while theirs is not answered (§5.2)', 'UPDATE', true, { exchange: 'remote-offer', remoteInvite: true }, 500],
    ['UPDATE with offer before any exchange', 'UPDATE', true, { exchange: 'none' }, 500],
    ['UPDATE without offer while our offer is out', 'UPDATE', false, { exchange: 'local-offer', localInvite: true }, 'go'],
    ['UPDATE with offer in an early dialog, exchange complete', 'UPDATE', true, { isConfirmed: false, remoteInvite: true }, 'go'],
    ['PRACK with the answer', 'PRACK', true, { exchange: 'local-offer', remoteInvite: true }, 'go'],
    ['PRACK with a new offer', 'PRACK', true, { remoteInvite: true }, 'go'],
    ['PRACK with an offer before our answer', 'PRACK', true, { exchange: 'remote-offer' }, 500],
    ['PRACK without body', 'PRACK', false, { exchange: 'remote-offer' }, 'go'],
  ])('%s', (_name, method, hasOffer, underWay, verdict) => {
    expect(receivingVerdict(method, hasOffer, { ...IDLE, ...underWay })).toBe(verdict);
  });
});

describe('a change of ours', () => {
  const states: Record<string, Partial<UnderWay>> = {
    idle: {},
    'without description': { exchange: 'none' },
    'early, agreed': { isConfirmed: false, localInvite: true },
    'early, not agreed': { isConfirmed: false, localInvite: true, exchange: 'local-offer' },
    'our INVITE': { localInvite: true, exchange: 'local-offer' },
    'their INVITE': { remoteInvite: true, exchange: 'remote-offer' },
    'our UPDATE': { localUpdate: true },
    'their UPDATE': { remoteUpdate: true, exchange: 'remote-offer' },
    'ACK awaited': { isConfirmed: false },
  };
  it('waits its turn (re-INVITE, UPDATE with offer, UPDATE without)', () => {
    const rows = Object.entries(states).map(([name, state]) => {
      const underWay = { ...IDLE, ...state };
      const may = [maySend('INVITE', true, underWay), maySend('UPDATE', true, underWay), maySend('UPDATE', false, underWay)];
      return `${name}: ${may.map((one) => (one ? 'go' : 'wait')).join(' ')}`;
    });
    expect(rows).toEqual([
      'idle: go go go',
      'without description: go go go',
      'early, agreed: wait go go',
      'early, not agreed: wait wait go',
      'our INVITE: wait wait go',
      'their INVITE: wait wait go',
      'our UPDATE: wait wait wait',
      'their UPDATE: wait wait go',
      'ACK awaited: wait go go',
    ]);
  });

  it('waits after a 491 in steps of 10 ms: 2.1 to 4 s as owner of the Call-ID, else 0 to 2 s (§14.1)', () => {
    const last = 1 - Number.EPSILON;
    expect([glareWaitMs(true, 0), glareWaitMs(true, last), glareWaitMs(false, 0), glareWaitMs(false, last)]).toEqual([
      2_100, 4_000, 0, 2_000,
    ]);
    expect([retryAfterSeconds(0), retryAfterSeconds(last)]).toEqual([0, 10]);
  });
});

describe('reliable provisional responses', () => {
  function run(inputs: readonly ReliableInput[], start: Reliable = startReliable(0)): [Reliable, string[]] {
    let state = start;
    const told: string[] = [];
    for (const input of inputs) {
      const [next, effects] = stepReliable(state, input);
      state = next;
      told.push(effects.map(word).join(', '));
    }
    return [state, told];
  }
  function word(effect: ReliableEffect): string {
    const { kind, ...rest } = effect;
    return [kind, ...Object.values(rest)].join(' ');
  }
  const send = (id: number, hasDescription = false): ReliableInput => ({ kind: 'send', item: { id, hasDescription } });

  it('go one after the other, each acknowledged', () => {
    const [state, told] = run([send(1, true), send(2), { kind: 'prack', rseq: 2 }, { kind: 'prack', rseq: 1 }, { kind: 'prack', rseq: 2 }]);
    expect(told).toEqual(['send 1 1, wait 500', '', 'unmatched', 'stop, acknowledged 1, send 2 2, wait 500', 'stop, acknowledged 2']);
    expect(state).toEqual({ nextRSeq: 3, outstanding: undefined, queue: [], isClosed: false });
  });

  it('are sent again at 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s, and fail at 32 s (§3)', () => {
    const due: ReliableInput = { kind: 'due' };
    const [, told] = run([send(1), due, due, due, due, due, due, due]);
    expect(told).toEqual([
      'send 1 1, wait 500',
      'resend 1, wait 1000',
      'resend 1, wait 2000',
      'resend 1, wait 4000',
      'resend 1, wait 8000',
      'resend 1, wait 16000',
      'resend 1, wait 500',
      'overdue 1',
    ]);
  });

  it('stop with the final response, but a late PRACK still matches', () => {
    const [, told] = run([
      send(1),
      send(2),
      { kind: 'close' },
      { kind: 'due' },
      send(3),
      { kind: 'prack', rseq: 1 },
      { kind: 'prack', rseq: 1 },
    ]);
    expect(told).toEqual(['send 1 1, wait 500', '', 'stop', '', '', 'stop, acknowledged 1', 'unmatched']);
  });

  it('hold a 2xx back while one with a description waits (§5)', () => {
    expect(mustWaitForPrack(run([send(1)])[0])).toBe(false);
    expect(mustWaitForPrack(run([send(1, true)])[0])).toBe(true);
    expect(mustWaitForPrack(run([send(1), send(2, true)])[0])).toBe(true);
    expect(mustWaitForPrack(run([send(1, true), { kind: 'prack', rseq: 1 }])[0])).toBe(false);
  });

  it('begin at a random number from 1 to 2^31 − 1', () => {
    expect([startReliable(0).nextRSeq, startReliable(1 - Number.EPSILON).nextRSeq]).toEqual([1, 2 ** 31 - 1]);
  });

  it('are taken in order by the caller (§4)', () => {
    expect([isNextReliable(undefined, 700), isNextReliable(700, 700), isNextReliable(700, 701), isNextReliable(700, 702)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('session timers', () => {
  function request(...lines: string[]): SipMessage {
    const head = [
      'INVITE sip:b@b.test SIP/2.0',
      'Via: SIP/2.0/UDP a;branch=z9hG4bK1',
      'From: <sip:a@a>;tag=a',
      'To: <sip:b@b>',
      'Call-ID: c',
      'CSeq: 1 INVITE',
    ];
    const result = parseMessage(Buffer.from([...head, ...lines, 'Content-Length: 0', '', ''].join('\r\n')));
    if (result.kind === 'failure') throw new Error(result.reason);
    return result.message;
  }
  const OURS: TimerPolicy = { intervalSeconds: 600, minimumSeconds: 120 };
  const NONE: TimerPolicy = { intervalSeconds: undefined, minimumSeconds: 90 };
  const timer = (intervalSeconds: number, refresher: 'uac' | 'uas'): unknown => ({
    kind: 'timer',
    intervalSeconds,
    refresher,
    isRequired: refresher === 'uac',
  });

  it.each<[string, string[], TimerPolicy, unknown]>([
    ['supported, none named: the caller refreshes', ['Supported: timer', 'Session-Expires: 500'], OURS, timer(500, 'uac')],
    ['supported, uac named', ['Supported: timer', 'Session-Expires: 500;refresher=uac'], OURS, timer(500, 'uac')],
    ['supported, uas named', ['Supported: timer', 'Session-Expires: 500;refresher=uas'], OURS, timer(500, 'uas')],
    ['not supported: we refresh', ['Session-Expires: 500'], OURS, timer(500, 'uas')],
    ['longer than ours: shortened', ['Supported: timer', 'Session-Expires: 1800'], OURS, timer(600, 'uac')],
    ['not below their Min-SE', ['Supported: timer', 'Session-Expires: 1800', 'Min-SE: 900'], OURS, timer(900, 'uac')],
    ['too short: 422', ['Supported: timer', 'Session-Expires: 100'], OURS, { kind: 'too-small', minimumSeconds: 120 }],
    ['too short without support: kept', ['Session-Expires: 100'], OURS, timer(100, 'uas')],
    ['below what the RFC allows without support', ['Session-Expires: 10'], OURS, timer(90, 'uas')],
    ['not asked for: ours', ['Supported: timer'], OURS, timer(600, 'uac')],
    ['not asked for and not supported: ours alone', [], OURS, timer(600, 'uas')],
    ['not asked for and not wanted', ['Supported: timer'], NONE, { kind: 'none' }],
    ['asked for and not wanted: as asked', ['Supported: timer', 'Session-Expires: 1800'], NONE, timer(1_800, 'uac')],
    ['unreadable: as not asked for', ['Session-Expires: soon'], NONE, { kind: 'none' }],
  ])('%s (§9, Table 2)', (_name, lines, policy, expected) => {
    expect(answerTimer(request(...lines), policy)).toEqual(expected);
  });

  it('are said in requests, refreshes and answers', () => {
    expect(timerFields(OURS, 0, undefined)).toEqual([{ name: 'Session-Expires', value: '600' }]);
    expect(timerFields(OURS, 900, undefined)).toEqual([
      { name: 'Session-Expires', value: '900' },
      { name: 'Min-SE', value: '900' },
    ]);
    expect(timerFields(NONE, 0, undefined)).toEqual([]);
    expect(timerFields(NONE, 0, { intervalSeconds: 300, isOurs: false })).toEqual([
      { name: 'Session-Expires', value: '300;refresher=uas' },
    ]);
    const asked = answerTimer(request('Supported: timer', 'Session-Expires: 500'), OURS);
    expect(timerAnswerFields(asked)).toEqual([
      { name: 'Session-Expires', value: '500;refresher=uac' },
      { name: 'Require', value: 'timer' },
    ]);
    expect(timerAnswerFields({ kind: 'none' })).toEqual([]);
    expect([timerAsUas(asked), timerAsUas({ kind: 'none' })]).toEqual([{ intervalSeconds: 500, isOurs: false }, undefined]);
  });

  it('are read from a 2xx: refresher, none, and never below 90 s', () => {
    expect([
      timerAsUac(request('Session-Expires: 300;refresher=uas')),
      timerAsUac(request('Session-Expires: 300;refresher=UAC')),
      timerAsUac(request('Session-Expires: 300')),
      timerAsUac(request('Session-Expires: 1')),
      timerAsUac(request()),
    ]).toEqual([
      { intervalSeconds: 300, isOurs: false },
      { intervalSeconds: 300, isOurs: true },
      { intervalSeconds: 300, isOurs: true },
      { intervalSeconds: 90, isOurs: true },
      undefined,
    ]);
  });

  it('refresh at half, and end 32 s or a third before the end (§7.2, §10)', () => {
    const long = { intervalSeconds: 1_800, isOurs: true };
    const short = { intervalSeconds: 90, isOurs: true };
    expect([refreshAfterMs(long), expiresAfterMs(long), refreshAfterMs(short), expiresAfterMs(short)]).toEqual([
      900_000, 1_768_000, 45_000, 60_000,
    ]);
  });
});
