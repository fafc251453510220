// What page mode says and hears (RFC 3428): messages as values.
import type { HeaderField, NameAddr, Random, SipUri } from '../../sip/index.ts';
import type { CpimMessage } from '../document/cpim.ts';
import type { ImdnRequest } from './imdn-request.ts';
import type { ReferredContent } from './read-reference.ts';
import type { ProtocolFailure } from '../outcome.ts';

/** What makes a message the same message when it is sent again, e.g. after a crash. */
export interface MessageIdentity {
  readonly callId: string;
  readonly fromTag: string;
  /** Default 1. Higher when it is sent again, or a peer that remembers the last try takes it for a loop (RFC 3261 §8.2.2.2). */
  readonly cseqNumber?: number;
}

export interface OutgoingPageMessage {
  readonly from: SipUri;
  readonly fromDisplayName?: string;
  readonly to: SipUri;
  /** Keep it with the message before the first byte goes out. */
  readonly identity: MessageIdentity;
  /** For the Date header: when the person sent it. */
  readonly sentAtMs: number;
  /** Default `text/plain;charset=UTF-8`. */
  readonly contentType?: string;
  readonly body: Uint8Array;
  readonly headers?: readonly HeaderField[];
}

export type PageMessageOutcome =
  /** `status` 202 means: accepted for later, e.g. stored for a person who is away. */
  | { readonly kind: 'accepted'; readonly status: number; readonly said: PeerSaid }
  /** `acceptedTypes`: what the peer takes instead, from a 415; undefined when it did not say. */
  | {
      readonly kind: 'failed';
      readonly failure: ProtocolFailure;
      readonly acceptedTypes: readonly string[] | undefined;
      /** undefined: nobody answered. */
      readonly said: PeerSaid | undefined;
    }
  | { readonly kind: 'cancelled' };

/** What an answer says of who gave it. */
export interface PeerSaid {
  /** The program, as it calls itself in Server or User-Agent; '' when it does not. */
  readonly product: string;
  /** Methods of Allow; undefined when it said nothing. */
  readonly methods: readonly string[] | undefined;
  /** The request and its answer, for the details: one line each, without texts. */
  readonly lines: readonly string[];
}

export interface SentPageMessage {
  readonly outcome: Promise<PageMessageOutcome>;
  cancel(): void;
}

/** The envelope of a CPIM wrapper (RFC 3862), where there was one. Everything in it is a claim. */
export type CpimFields = Omit<CpimMessage, 'body' | 'contentType' | 'contentHeaders'>;

export interface IncomingPageMessage {
  /** From of the request: a claim unless the server vouches for it. */
  readonly from: NameAddr;
  readonly to: NameAddr;
  /** The parts that tell duplicates together (never one alone). Body: `body`. */
  readonly fromTag: string;
  readonly callId: string;
  readonly cseqNumber: number;
  /** The request's whole body as it came. */
  readonly body: Uint8Array;
  /** Type of the part that was read, lower case, without parameters: `text/plain`. */
  readonly contentType: string;
  /** Decoded text; not cleaned of control characters. undefined: it is of a type that we cannot read. */
  readonly text: string | undefined;
  readonly subject: string | undefined;
  /** The sender's (or storing server's) time: CPIM DateTime, else Date; undefined when neither could be read. */
  readonly sentAtMs: number | undefined;
  readonly receivedAtMs: number;
  readonly cpim: CpimFields | undefined;
  /** What it asks of reports about itself; undefined: it has no Message-ID. */
  readonly imdn: ImdnRequest | undefined;
  /** It only refers to its content; `text` is the address then. */
  readonly reference: ReferredContent | undefined;
  /** A server kept it while we were away. Its own prefix was taken off `text` (INTEROP(Kamailio msilo)). */
  readonly wasStored: boolean;
  /** When it kept it, by its clock; undefined: nobody kept it. */
  readonly keptAtMs: number | undefined;
  /** The request began at a server, not at somebody's program: so do those that a server kept. */
  readonly isMadeByServer: boolean;
  /** All header fields of the request that are not structure. */
  readonly headers: readonly HeaderField[];
  /** The request for the details: a few lines without the text, made when they are asked for. */
  readonly lines: () => readonly string[];
}

export type SignalKind = 'is-composing' | 'imdn';

/** A signal about a conversation that is no message of it: typing (RFC 3994) or a report (RFC 5438). */
export interface IncomingSignal {
  readonly kind: SignalKind;
  readonly from: NameAddr;
  readonly callId: string;
  /** The XML document, decoded. */
  readonly document: string;
  readonly receivedAtMs: number;
}

/** What becomes of a message: the answer is given only after this is known. */
export type MessageVerdict =
  /** It is durable: 200. */
  | { readonly kind: 'accepted' }
  /** E.g. 603 for a blocked sender. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason?: string }
  /** 500: the sender keeps it. */
  | { readonly kind: 'storage-failed' };

/** New identity for an outgoing message. */
export function newMessageIdentity(random: Random): MessageIdentity {
  return { callId: random.token(128), fromTag: random.token(64) };
}
