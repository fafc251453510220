// All sessions of one endpoint: finds the one a request belongs to, makes new ones, keeps their number bounded (RFC 3261 §12.2.2, §13.3).
import { dialogFromRequest } from '../dialog/create-dialog.ts';
import type { IncomingRequest, Reply, RequestHandler, ServerInvite } from '../endpoint.ts';
import type { SipRequest } from '../message/message.ts';
import { parameterValue } from '../uri/parameter.ts';
import { acceptsDescription } from './accepts-description.ts';
import { DialogSession } from './dialog-session.ts';
import { findReplaced } from './find-replaced.ts';
import { OutgoingCall } from './make-call.ts';
import { SESSION_OPTIONS } from './options.ts';
import { receiveAck, receiveBye, receivePrack, receiveReinvite, receiveUpdate, tooSmall } from './receive-in-dialog.ts';
import { IncomingInvitation } from './receive-invite.ts';
import { readDescription } from './session-body.ts';
import type { SessionCore, SessionSetting } from './session-core.ts';
import type { Call, CallOptions, InviteHandler, Sessions, SessionsOptions } from './session.ts';
import { DEFAULT_INTERVAL_SECONDS, SMALLEST_INTERVAL_SECONDS, answerTimer } from './session-timer.ts';

/** SECURITY: strangers can make sessions; each holds a few kB. A person has some dozens. */
export const MOST_SESSIONS = 2_048;
/** SECURITY: sessions one address may have begun, so that it does not take all of them. A person's own proxy sends everybody's. */
export const MOST_SESSIONS_PER_SOURCE = 512;
/** Said with the 503 beyond it. */
const BUSY_SECONDS = 30;
const BUSY: Reply = { status: 503, headers: [{ name: 'Retry-After', value: String(BUSY_SECONDS) }] };
const UNKNOWN_DIALOG: Reply = { status: 481 };

export function createSessions(options: SessionsOptions): Sessions {
  return new AllSessions(options);
}

class AllSessions implements Sessions {
  readonly #setting: SessionSetting;
  readonly #byDialog = new Map<string, DialogSession>();
  readonly #invitations = new Map<SessionCore, IncomingInvitation>();
  readonly #calls = new Set<OutgoingCall>();
  readonly #callOf = new Map<SessionCore, OutgoingCall>();
  /** Of those that others began. */
  readonly #sourceOf = new Map<SessionCore, string>();
  readonly #countBySource = new Map<string, number>();
  readonly #closers: (() => void)[];
  #handler: InviteHandler | undefined;

  constructor(options: SessionsOptions) {
    const policy = options.timer ?? { intervalSeconds: DEFAULT_INTERVAL_SECONDS, minimumSeconds: SMALLEST_INTERVAL_SECONDS };
    this.#setting = { ...options, policy, onEnded: (core) => this.#forget(core) };
    const { endpoint } = options;
    this.#closers = [
      endpoint.invites.open({ onInvite: (invite) => this.#onInvite(invite), onAck: (ack) => this.#onAck(ack) }, SESSION_OPTIONS),
      endpoint.onRequest('BYE', this.#inDialog(receiveBye)),
      endpoint.onRequest('UPDATE', this.#inDialog(receiveUpdate)),
      endpoint.onRequest(
        'PRACK',
        this.#inDialog((session, request) => receivePrack(session, request, this.#firstInviteOf(session))),
      ),
    ];
  }

  get size(): number {
    return this.#byDialog.size;
  }

  invite(options: CallOptions): Call {
    const call: OutgoingCall = new OutgoingCall(this.#setting, options, (session) => {
      this.#keep(session);
      this.#callOf.set(session.core, call);
    });
    this.#calls.add(call);
    const drop = (): void => {
      // Early sessions of other forks live on until their time is over.
      if (![...this.#callOf.values()].includes(call)) this.#calls.delete(call);
    };
    void call.outcome.then(drop, drop);
    return call;
  }

  onInvite(handler: InviteHandler): () => void {
    if (this.#handler !== undefined) throw new Error('there is a handler for invitations already');
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = undefined;
    };
  }

  find(callId: string, localTag: string, remoteTag: string): DialogSession | undefined {
    return this.#byDialog.get(dialogKey(callId, localTag, remoteTag));
  }

  close(): void {
    for (const close of this.#closers) close();
    for (const call of this.#calls) call.dispose();
    for (const { core } of [...this.#byDialog.values()]) core.abandon();
    this.#calls.clear();
  }

  #keep(session: DialogSession): void {
    const { callId, localTag, remoteTag } = session.dialog;
    this.#byDialog.set(dialogKey(callId, localTag, remoteTag), session);
  }

  #forget(core: SessionCore): void {
    const { callId, localTag, remoteTag } = core.dialog;
    this.#byDialog.delete(dialogKey(callId, localTag, remoteTag));
    this.#invitations.delete(core);
    this.#countSource(core, undefined);
    const call = this.#callOf.get(core);
    this.#callOf.delete(core);
    if (call === undefined || [...this.#callOf.values()].includes(call)) return;
    call.dispose();
    this.#calls.delete(call);
  }

  /** Undefined: the session is over. */
  #countSource(core: SessionCore, began: string | undefined): void {
    const source = began ?? this.#sourceOf.get(core);
    if (source === undefined) return;
    if (began === undefined) this.#sourceOf.delete(core);
    else this.#sourceOf.set(core, began);
    const count = (this.#countBySource.get(source) ?? 0) + (began === undefined ? -1 : 1);
    if (count === 0) this.#countBySource.delete(source);
    else this.#countBySource.set(source, count);
  }

  #of(request: SipRequest): DialogSession | undefined {
    const localTag = parameterValue(request.to.parameters, 'tag');
    const remoteTag = parameterValue(request.from.parameters, 'tag');
    return localTag === undefined || remoteTag === undefined ? undefined : this.find(request.callId, localTag, remoteTag);
  }

  #inDialog(receive: (session: DialogSession, request: SipRequest) => Reply | Promise<Reply>): RequestHandler {
    return ({ message }: IncomingRequest) => {
      const session = this.#of(message);
      return session === undefined ? UNKNOWN_DIALOG : receive(session, message);
    };
  }

  #firstInviteOf(session: DialogSession): Parameters<typeof receivePrack>[2] {
    const invitation = this.#invitations.get(session.core);
    return invitation === undefined ? undefined : { number: invitation.message.cseq.number, reliable: invitation.reliable };
  }

  #onAck(ack: SipRequest): void {
    const session = this.#of(ack);
    if (session !== undefined) receiveAck(session, ack);
  }

  #onInvite(invite: ServerInvite): void {
    const { message } = invite;
    if (parameterValue(message.to.parameters, 'tag') === undefined) {
      const refusal = this.#begin(invite);
      if (refusal !== undefined) invite.respond(refusal);
      return;
    }
    const session = this.#of(message);
    if (session === undefined) invite.respond(UNKNOWN_DIALOG);
    else session.core.background(receiveReinvite(session, invite));
  }

  /** What a new invitation is refused with; undefined where it waits for its decision. */
  #begin(invite: ServerInvite): Reply | undefined {
    const { message } = invite;
    const handler = this.#handler;
    if (handler === undefined) return { status: 480 };
    const fromSource = this.#countBySource.get(invite.source.address) ?? 0;
    if (this.#byDialog.size >= MOST_SESSIONS || fromSource >= MOST_SESSIONS_PER_SOURCE) return BUSY;
    const replaced = findReplaced(message, (callId, localTag, remoteTag) => this.find(callId, localTag, remoteTag));
    if (replaced.kind === 'refused') return replaced.reply;
    const body = readDescription(message);
    if (body.kind === 'refused') return body.reply;
    if (!acceptsDescription(message)) return { status: 406 };
    const timer = answerTimer(message, this.#setting.policy);
    if (timer.kind === 'too-small') return tooSmall(timer);
    const dialog = dialogFromRequest(message, this.#setting.random.token());
    if (dialog === undefined) return { status: 400, reason: 'Bad Contact' };
    const session = new DialogSession({ setting: this.#setting, role: 'uas', dialog, contact: undefined, answerer: undefined });
    session.core.learn(message);
    const offer = body.kind === 'description' ? body.value : undefined;
    if (offer !== undefined) session.core.agree('offer-received', offer);
    const found = replaced.kind === 'found' ? replaced.session : undefined;
    const invitation = new IncomingInvitation({
      invite,
      session,
      offer,
      replaced: found,
      endReplaced: () => this.#endReplaced(found),
      timer,
    });
    this.#keep(session);
    this.#countSource(session.core, invite.source.address);
    this.#invitations.set(session.core, invitation);
    void invitation.decide(handler);
    return undefined;
  }

  /** RFC 3891 §3: an early one by CANCEL of its call, others by BYE. */
  #endReplaced(session: DialogSession | undefined): void {
    if (session === undefined) return;
    if (session.phase === 'early') this.#callOf.get(session.core)?.cancel();
    else void session.end();
  }
}

function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  // Neither of them holds a line break.
  return `${callId}\n${localTag}\n${remoteTag}`;
}
