// What sessions are to their users: outgoing calls, incoming invitations, and the session both become (RFC 3261 §13 to §15).
import type { Clock } from '../clock.ts';
import type { Dialog } from '../dialog/dialog.ts';
import type { Endpoint, Flow, Log, Outcome, OutgoingRequest, OwnContact } from '../endpoint.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message/message.ts';
import type { ReplacesValue } from '../message/header/replaces.ts';
import type { NetworkAddress } from '../network.ts';
import type { Random } from '../random.ts';
import type { SessionDescription } from '../sdp/description.ts';
import type { EndReason, SessionPhase, SessionRole } from './session-step.ts';
import type { TimerPolicy } from './session-timer.ts';

/**
 * Answers an offer the peer makes in a re-INVITE, an UPDATE, a PRACK or a 2xx. Undefined refuses it (488) and all stays as it was.
 * An offer that changes nothing is answered without asking.
 */
export type Answerer = (
  offer: SessionDescription,
  session: Session,
) => SessionDescription | undefined | Promise<SessionDescription | undefined>;

/** How a change of the session ended. */
export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly local: SessionDescription | undefined; readonly remote: SessionDescription | undefined }
  /** The peer said no; all stays as it was. */
  | { readonly kind: 'refused'; readonly response: SipResponse }
  /** No usable answer: the session ended, or goes on unchanged where only the answer was bad. */
  | { readonly kind: 'failed'; readonly reason: string };

/** One dialog made by INVITE. */
export interface Session {
  readonly role: SessionRole;
  readonly phase: SessionPhase;
  readonly dialog: Dialog;
  /** What both agreed on last. */
  readonly local: SessionDescription | undefined;
  readonly remote: SessionDescription | undefined;
  readonly endReason: EndReason | undefined;
  /** Resolves once both sides are bound (2xx and ACK), or with the reason of the end if that comes first. */
  readonly confirmed: Promise<EndReason | undefined>;
  /** Resolves once, when it is over. */
  readonly ended: Promise<EndReason>;
  /** Offers a change by re-INVITE, or by UPDATE. It waits its turn, and after a 491 as long as the RFC says. */
  change(offer: SessionDescription, method?: 'INVITE' | 'UPDATE'): Promise<ChangeOutcome>;
  /** Any other request inside the dialog, e.g. INFO. */
  request(method: string, parts?: Pick<OutgoingRequest, 'headers' | 'body'>): Promise<Outcome>;
  /** Hangs up, with BYE or what fits the phase. Resolves with `ended`. */
  end(headers?: readonly HeaderField[]): Promise<EndReason>;
  /** Who answers the peer's offers from now on. Default: nobody, they are refused. */
  onOffer(answerer: Answerer): void;
}

export interface Progress {
  /** 101 to 199. */
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly HeaderField[];
  /** The answer to the INVITE's offer, or an offer where it had none: goes reliably, so the peer must support 100rel. */
  readonly description?: SessionDescription;
  /** Acknowledged by PRACK. Default: when it has a description, or the peer requires it. */
  readonly isReliable?: boolean;
}

/** What becomes of an invitation: exactly one. */
export type Decision =
  | {
      readonly kind: 'accept';
      /** The answer, or an offer where the INVITE had none; not needed where a reliable provisional response gave it. */
      readonly description?: SessionDescription;
      readonly headers?: readonly HeaderField[];
      readonly contact?: OwnContact;
    }
  | { readonly kind: 'refuse'; readonly status: number; readonly reason?: string; readonly headers?: readonly HeaderField[] };

/** An INVITE that waits for a decision. */
export interface Invitation {
  readonly message: SipRequest;
  readonly flow: Flow;
  readonly source: NetworkAddress;
  readonly offer: SessionDescription | undefined;
  /** The session it asks to take over (RFC 3891). It ends when the invitation is accepted. Whether the caller may is for the decision. */
  readonly replaces: Session | undefined;
  /** In phase early until the decision; ends with it when that is to refuse. */
  readonly session: Session;
  /** Aborted when the caller gives up, the INVITE expires or its session ends: no decision is needed any more. */
  readonly signal: AbortSignal;
  /** Whether the peer can acknowledge provisional responses. */
  readonly canBeReliable: boolean;
  /** Sends a provisional response. Resolves when it is out, or acknowledged where it is reliable; false: it never will be. */
  progress(progress: Progress): Promise<boolean>;
}

/** Returns the one decision. A throw becomes 500 and one log line. 100 goes out by itself after 200 ms, 487 when the caller cancels. */
export type InviteHandler = (invitation: Invitation) => Decision | Promise<Decision>;

export interface CallOptions extends Pick<
  OutgoingRequest,
  'uri' | 'from' | 'to' | 'route' | 'flow' | 'headers' | 'callId' | 'followsRedirects'
> {
  /** Default: that of `createSessions`. */
  readonly contact?: OwnContact;
  /** Undefined: the callee is to offer, and `onOffer` answers. */
  readonly offer?: SessionDescription;
  /** Answers the callee's offers, the first one and later ones. */
  readonly onOffer?: Answerer;
  /** RFC 3262. Default: supported. */
  readonly reliability?: 'off' | 'supported' | 'required';
  /** The session the new one takes the place of, at the callee (RFC 3891). */
  readonly replaces?: ReplacesValue;
  /** Each provisional response but 100; `session` where it made an early one. */
  readonly onProgress?: (response: SipResponse, session: Session | undefined) => void;
  /** Asked for each further device that answers; true keeps its session too. Default: it is hung up. */
  readonly keepFork?: (session: Session) => boolean;
}

export type CallOutcome =
  | { readonly kind: 'answered'; readonly session: Session; readonly response: SipResponse }
  | { readonly kind: 'refused'; readonly response: SipResponse }
  /** The answer cannot be used; the session was hung up. */
  | { readonly kind: 'bad-answer'; readonly reason: string }
  | Exclude<Outcome, { readonly kind: 'final' }>;

/** An INVITE sent. */
export interface Call {
  readonly outcome: Promise<CallOutcome>;
  /** CANCEL (RFC 3261 §9.1). Who answers all the same is hung up; the outcome is `cancelled`. After the outcome: nothing. */
  cancel(): void;
}

export interface SessionsOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly contact: OwnContact;
  /** RFC 4028. Default: half an hour, 90 seconds at least. */
  readonly timer?: TimerPolicy;
}

/** All sessions of one endpoint. */
export interface Sessions {
  invite(options: CallOptions): Call;
  /** Exactly one handler; a second one is a mistake and throws. Without one, invitations get 480. Returns how to take it away. */
  onInvite(handler: InviteHandler): () => void;
  /** The live session that Replaces, Target-Dialog or the like name. */
  find(callId: string, localTag: string, remoteTag: string): Session | undefined;
  /** How many are held, for the leak check. */
  readonly size: number;
  /** Ends all timers and forgets all sessions without telling the peers. */
  close(): void;
}
