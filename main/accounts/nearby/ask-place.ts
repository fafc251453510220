// Trigger: the person typed where somebody is, as `192.0.2.7:25062`. Result: who is there by their own certificate, asked within 3 s.
// RFC: 3261 §11.
import type { Address } from '../../../app/domain/address.ts';
import type { Clock, Endpoint, Outcome, SipUri } from '../../sip/index.ts';
import { parseUri } from '../../sip/index.ts';
import { addressOf } from '../address-text.ts';
import type { Place } from './places.ts';
import { placeUri } from './reach-peer.ts';

/** Where somebody is, as typed; numeric, link-local ones with their zone. */
export interface TypedPlace {
  readonly address: string;
  readonly port: number;
}

export interface FoundAtPlace {
  readonly address: Address;
  readonly place: Place;
}

const LONGEST_MS = 3_000;

/**
 * Undefined: nobody there offers TLS and says who they are. Never rejects. WHY two ports: people know the one of TCP and UDP, and that of
 * TLS is mostly the next. WHY never asked without TLS: what answers there proves nothing, and small programs stumble over a question.
 */
export async function askPlace(endpoint: Endpoint, clock: Clock, from: SipUri, at: TypedPlace): Promise<FoundAtPlace | undefined> {
  const answers = await Promise.all([at.port, at.port + 1].map((port) => askOne(endpoint, clock, from, { ...at, protocol: 'tls', port })));
  return answers.find((answer) => answer !== undefined);
}

async function askOne(endpoint: Endpoint, clock: Clock, from: SipUri, place: Place): Promise<FoundAtPlace | undefined> {
  const uri = placeUri(place);
  const own = { displayName: undefined, uri: from, parameters: [] };
  const sent = endpoint.send({ method: 'OPTIONS', uri, from: own, to: { displayName: undefined, uri, parameters: [] } });
  const timer = clock.startTimer(LONGEST_MS, () => sent.cancel());
  const outcome = await sent.outcome;
  timer.cancel();
  const address = nameIn(outcome);
  return address === undefined ? undefined : { address, place };
}

/** The first SIP URI of a certificate that is an address of a person. */
function nameIn(outcome: Outcome): Address | undefined {
  if (outcome.kind !== 'final') return undefined;
  for (const text of outcome.flow.peerUris ?? []) {
    const uri = parseUri(text);
    const address = uri.kind === 'ok' ? addressOf(uri.value) : undefined;
    if (address !== undefined) return address;
  }
  return undefined;
}

const PLACE = /^(?:sips?:)?(?:[^@\s]*@)?(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+(?:%[\w.-]+)?\])(?::(\d{1,5}))?(?:;.*)?$/i;
const DEFAULT_PORT = 5060;
const HIGHEST_PORT = 65_534;

/** Undefined: it names no place, but a person. */
export function readPlace(text: string): TypedPlace | undefined {
  const match = PLACE.exec(text.trim());
  const port = match?.[2] === undefined ? DEFAULT_PORT : Number(match[2]);
  if (match?.[1] === undefined || port === 0 || port > HIGHEST_PORT) return undefined;
  return { address: match[1].replace(/^\[|\]$/g, '').toLowerCase(), port };
}
