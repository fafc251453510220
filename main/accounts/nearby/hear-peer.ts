// Who is heard: everybody may speak, that is the point; but nobody in the name of somebody whose key is kept, and nobody without end.
import type { Address } from '../../../app/domain/address.ts';
import type { Clock, IncomingRequest, Log, Reply, SipUri } from '../../sip/index.ts';
import { parameterValue } from '../../sip/index.ts';
import { addressOf } from '../address-text.ts';
import { createRefusalLog } from '../refusal-log.ts';
import type { PeerTrust } from './peer-trust.ts';
import { printLocation } from './places.ts';
import type { Place, Places } from './places.ts';
import { createSourceRate } from './source-rate.ts';
import type { Rate } from './source-rate.ts';

export interface HearingParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly ownAddress: Address;
  readonly ownUri: SipUri;
  /** Only ourselves can show it. */
  readonly ownKey: string;
  readonly trust: PeerTrust;
  readonly places: Places;
  readonly isContact: (address: Address) => boolean;
  /** They are there, whether announced or not. */
  readonly onHeard: (address: Address) => void;
}

export interface Hearing {
  /** Undefined: it is heard; else what it is answered. */
  refuse(request: IncomingRequest): Reply | undefined;
  stop(): void;
}

/** Far more than people write, and far less than a disk takes. */
const STRANGER_MESSAGES: Rate = { burst: 200, perSecond: 30 };
/** Of all strangers together: one computer can have as many addresses and keys as it likes. */
const ALL_STRANGERS: Rate = { burst: 1_000, perSecond: 100 };
/** First contacts: each is a row on the disk, and a computer at one place can claim to be as many people as it likes. */
const NEWCOMERS: Rate = { burst: 250, perSecond: 5 };
const ALL_NEWCOMERS: Rate = { burst: 1_000, perSecond: 10 };
/** Programs among friends may write a lot. */
const FRIEND_MESSAGES: Rate = { burst: 1_000, perSecond: 200 };
const DEFAULT_PORT: Readonly<Record<Place['protocol'], number>> = { tls: 5061, tcp: 5060, udp: 5060 };

export function createHearing(parts: HearingParts): Hearing {
  const { ownAddress, ownUri, ownKey, trust, places } = parts;
  const rate = createSourceRate(parts.clock);
  const refusals = createRefusalLog(parts.clock, parts.log);

  /**
   * SECURITY: contacts have buckets of their own, so that a flood from their computer does not silence them, nor one in their name where
   * they are known by a key. A key alone makes nobody a friend: it costs nothing to make another.
   */
  function tooMany(request: IncomingRequest, from: Address | undefined, isVerified: boolean): Reply | undefined {
    if (request.message.method !== 'MESSAGE') return undefined;
    const isFriend = from !== undefined && parts.isContact(from);
    const waitSeconds = isFriend
      ? rate.refuse(isVerified ? `key ${request.flow.peerKey ?? ''}` : `from ${from}`, FRIEND_MESSAGES)
      : (rate.refuse(`at ${request.source.address}`, STRANGER_MESSAGES) ?? rate.refuse('strangers', ALL_STRANGERS));
    return waitSeconds === undefined ? undefined : later(waitSeconds);
  }

  /** SECURITY: asked before a key is kept. */
  function tooManyNew({ flow, source }: IncomingRequest, from: Address): Reply | undefined {
    if (flow.peerKey === undefined || trust.view(from).trust !== 'unknown') return undefined;
    const waitSeconds = rate.refuse(`new at ${source.address}`, NEWCOMERS) ?? rate.refuse('newcomers', ALL_NEWCOMERS);
    return waitSeconds === undefined ? undefined : later(waitSeconds);
  }

  function isForUs({ message }: IncomingRequest): boolean {
    const { uri } = message;
    return uri.kind !== 'sip' || uri.user === undefined || uri.user === ownUri.user;
  }

  return {
    refuse(request) {
      const { message, flow } = request;
      const isInDialog = parameterValue(message.to.parameters, 'tag') !== undefined;
      if (!isInDialog && !isForUs(request)) return { status: 404 };
      const from = addressOf(message.from.uri);
      if (from === ownAddress) return flow.peerKey === ownKey ? undefined : { status: 403, reason: 'Not you' };
      if (from === undefined) return tooMany(request, from, false);
      const crowd = tooManyNew(request, from);
      if (crowd !== undefined) return crowd;
      const heard = trust.hear(from, flow);
      if (!heard.isAllowed) {
        refusals.note(request, heard.verdict);
        return { status: 403, reason: REASON[heard.verdict] };
      }
      // SECURITY: who is found or remembered with TLS comes with it, before a first contact too.
      if (!heard.isVerified && places.of(from)[0]?.protocol === 'tls') return { status: 403, reason: REASON.downgrade };
      const flood = tooMany(request, from, heard.isVerified);
      if (flood === undefined && !isInDialog) {
        learnPlace(request, from, places, heard.isVerified ? trust : undefined);
        parts.onHeard(from);
      }
      return flood;
    },
    stop: () => refusals.stop(),
  };
}

function later(waitSeconds: number): Reply {
  return { status: 503, headers: [{ name: 'Retry-After', value: String(waitSeconds) }] };
}

/** On the wire, for the other side's log and person. */
const REASON = {
  changed: 'Your key has changed and is not accepted yet',
  downgrade: 'You are known by a key and show none',
  'other-name': 'Your certificate names somebody else',
} as const;

/**
 * WHY: who cannot be found by multicast, or announces nothing, is answered where they wrote from. Over a connection that is the port
 * their Via says they listen on (RFC 3261 §18.1.1).
 */
function learnPlace({ message, flow, source }: IncomingRequest, from: Address, places: Places, trust: PeerTrust | undefined): void {
  const { protocol } = flow;
  if (protocol === 'ws' || protocol === 'wss') return;
  const place = {
    protocol,
    address: source.address,
    port: protocol === 'udp' ? source.port : (message.vias[0]?.port ?? DEFAULT_PORT[protocol]),
  };
  // A numeric address of a person is a place already: nothing but the transport is to be learned of it.
  if (message.from.uri.kind === 'sip' && isNumeric(message.from.uri.host) && !isAt(message.from.uri, place)) return;
  places.learn(from, place);
  trust?.rememberLocation(from, printLocation(place));
}

function isNumeric(host: string): boolean {
  return host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host);
}

function isAt(uri: SipUri, { protocol, address, port }: Place): boolean {
  return uri.host.replace(/^\[|\]$/g, '') === address && (uri.port ?? DEFAULT_PORT[protocol]) === port;
}
