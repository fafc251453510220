// The life of one session, as caller and as callee (RFC 3261 §13 to §15, RFC 6026, RFC 3262 §3, RFC 4028 §10). A pure machine.
import { T1_MS, T2_MS, TRANSACTION_LIFE_MS } from '../transaction/timers.ts';

/**
 * `early`: no 2xx yet. `accepted`: our 2xx waits for its ACK. `reaccepted`: the same for a re-INVITE.
 * `hanging-up`: a callee that wants to end must not send BYE before that ACK (§15).
 */
export type SessionPhase = 'early' | 'accepted' | 'confirmed' | 'reaccepted' | 'hanging-up' | 'ended';
export type SessionRole = 'uac' | 'uas';

export type SessionInput =
  /** UAS: the 2xx to the INVITE, or to a re-INVITE, is to go out. */
  | 'accept'
  | 'reaccept'
  /** UAC: a 2xx to the first INVITE came in this dialog. */
  | '2xx'
  /** The first INVITE ended in a final response that is no 2xx, sent or received; or another fork's 2xx came and no own. */
  | 'refused'
  | 'ack'
  | 'cancel'
  | 'bye'
  | 'hang-up'
  | 'resend-due'
  | 'ack-overdue'
  | 'prack-overdue'
  | 'refresh-due'
  | 'expired'
  /** A request of ours was answered 481: the peer knows the dialog no more. */
  | 'lost'
  /** A request of ours got no answer, or 408 (§12.2.1.2). */
  | 'unanswered';

export type EndReason =
  | 'peer'
  | 'local'
  | 'refused'
  | 'cancelled'
  /** Our 2xx was never acknowledged. */
  | 'no-ack'
  /** Our reliable provisional response was never acknowledged. */
  | 'no-prack'
  /** Nobody refreshed it in time. */
  | 'expired'
  | 'lost'
  /** All sessions were closed; the peer was not told. */
  | 'stopped';

export type SessionEffect =
  | { readonly kind: 'send-accept' | 'resend-accept' | 'stop-accept' | 'send-ack' | 'send-bye' | 'answer-bye' | 'send-refresh' }
  /** Answer the INVITE that still waits. */
  | { readonly kind: 'answer-invite'; readonly status: number }
  | { readonly kind: 'start-resend'; readonly delay: number | 'doubled-to-T2' }
  | { readonly kind: 'start-ack-wait'; readonly delayMs: number }
  | { readonly kind: 'tell-confirmed' }
  /** It is over; nothing follows but what is left to say to the peer. */
  | { readonly kind: 'tell-ended'; readonly reason: EndReason };

export type SessionStep = readonly [SessionPhase, readonly SessionEffect[]];
type Rows = Readonly<Record<SessionPhase, Readonly<Partial<Record<SessionInput, SessionStep>>>>>;

const sendAccept: SessionEffect = { kind: 'send-accept' };
const resendAccept: SessionEffect = { kind: 'resend-accept' };
const stopAccept: SessionEffect = { kind: 'stop-accept' };
const sendAck: SessionEffect = { kind: 'send-ack' };
const sendBye: SessionEffect = { kind: 'send-bye' };
const answerBye: SessionEffect = { kind: 'answer-bye' };
const sendRefresh: SessionEffect = { kind: 'send-refresh' };
const tellConfirmed: SessionEffect = { kind: 'tell-confirmed' };
const resendLater: SessionEffect = { kind: 'start-resend', delay: 'doubled-to-T2' };
/** §13.3.1.4: until the ACK comes, whatever the transport; a proxy on the way may use UDP. */
const startAccept: readonly SessionEffect[] = [
  sendAccept,
  { kind: 'start-resend', delay: T1_MS },
  { kind: 'start-ack-wait', delayMs: TRANSACTION_LIFE_MS },
];

function answerInvite(status: number): SessionEffect {
  return { kind: 'answer-invite', status };
}
function ended(reason: EndReason, ...effects: readonly SessionEffect[]): SessionStep {
  return ['ended', [...effects, { kind: 'tell-ended', reason }]];
}

/** What ends a session that both sides have confirmed. */
const CONFIRMED_ENDS: Partial<Record<SessionInput, SessionStep>> = {
  bye: ended('peer', stopAccept, answerBye),
  'hang-up': ended('local', stopAccept, sendBye),
  expired: ended('expired', stopAccept, sendBye),
  lost: ended('lost', stopAccept),
  unanswered: ended('lost', stopAccept, sendBye),
};

/** While our 2xx waits for its ACK: sent again and again, and the end by BYE when none comes. */
function awaitingAck(phase: SessionPhase): Partial<Record<SessionInput, SessionStep>> {
  return {
    ...CONFIRMED_ENDS,
    'resend-due': [phase, [resendAccept, resendLater]],
    'ack-overdue': ended('no-ack', stopAccept, sendBye),
    'hang-up': ['hanging-up', []],
    expired: ['hanging-up', []],
    'refresh-due': [phase, [sendRefresh]],
  };
}

const CONFIRMED: Partial<Record<SessionInput, SessionStep>> = {
  ...CONFIRMED_ENDS,
  reaccept: ['reaccepted', startAccept],
  'refresh-due': ['confirmed', [sendRefresh]],
};

const UAC: Rows = {
  early: {
    '2xx': ['confirmed', [sendAck, tellConfirmed]],
    refused: ended('refused'),
    // §15: a caller may end one early dialog by BYE and leave the others be.
    'hang-up': ended('local', sendBye),
    // §15: a callee must not do that; one who does means it.
    bye: ended('peer', answerBye),
    lost: ended('lost'),
    unanswered: ended('lost'),
  },
  accepted: {},
  confirmed: { ...CONFIRMED, '2xx': ['confirmed', [sendAck]] },
  reaccepted: {
    ...awaitingAck('reaccepted'),
    ack: ['confirmed', [stopAccept]],
    '2xx': ['reaccepted', [sendAck]],
    reaccept: ['reaccepted', startAccept],
  },
  'hanging-up': {
    ack: ended('local', stopAccept, sendBye),
    'ack-overdue': ended('local', stopAccept, sendBye),
    'resend-due': ['hanging-up', [resendAccept, resendLater]],
    bye: ended('peer', stopAccept, answerBye),
    '2xx': ['hanging-up', [sendAck]],
  },
  // §13.2.2.4, §15.1.1: a 2xx is acknowledged whatever happened meanwhile; who does not want it any more sends BYE then.
  ended: { '2xx': ['ended', [sendAck, sendBye]] },
};

const UAS: Rows = {
  early: {
    accept: ['accepted', startAccept],
    refused: ended('refused'),
    // §9.2.
    cancel: ended('cancelled', answerInvite(487)),
    // §15.1.2: BYE of an early dialog; the INVITE is answered too.
    bye: ended('peer', answerBye, answerInvite(487)),
    // A callee has no BYE for an early dialog; it refuses.
    'hang-up': ended('local', answerInvite(480)),
    // RFC 3262 §3: a 5xx.
    'prack-overdue': ended('no-prack', answerInvite(504)),
    lost: ended('lost', answerInvite(500)),
    unanswered: ended('lost', answerInvite(500)),
  },
  accepted: {
    ...awaitingAck('accepted'),
    ack: ['confirmed', [stopAccept, tellConfirmed]],
    // The peer has our 2xx, for it changes what the 2xx agreed on; only its ACK was lost.
    reaccept: ['reaccepted', [stopAccept, tellConfirmed, ...startAccept]],
  },
  confirmed: CONFIRMED,
  reaccepted: { ...awaitingAck('reaccepted'), ack: ['confirmed', [stopAccept]], reaccept: ['reaccepted', startAccept] },
  'hanging-up': {
    ack: ended('local', stopAccept, sendBye),
    'ack-overdue': ended('local', stopAccept, sendBye),
    'resend-due': ['hanging-up', [resendAccept, resendLater]],
    bye: ended('peer', stopAccept, answerBye),
  },
  ended: {},
};

const ROWS: Readonly<Record<SessionRole, Rows>> = { uac: UAC, uas: UAS };

/** A missing row means: nothing happens. */
export function stepSession(role: SessionRole, phase: SessionPhase, input: SessionInput): SessionStep {
  return ROWS[role][phase][input] ?? [phase, []];
}

/** What 'doubled-to-T2' means after a wait of `lastMs`. */
export function nextResendMs(lastMs: number): number {
  return Math.min(lastMs * 2, T2_MS);
}
