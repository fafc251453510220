// Trigger: the person typed where somebody is, as `192.0.2.7:25062`. Result: who is there by their own certificate, asked within 3 s.
// RFC: 3261 §11.
import { isIP } from 'node:net';
import type { Address } from '../../../app/domain/address.ts';
import type { Clock, Endpoint, Outcome, SipUri } from '../../sip/index.ts';
import { parseUri } from '../../sip/index.ts';
import { addressOf } from '../address-text.ts';
import { isAddressOfKey, isNearbyAddress } from './make-address.ts';
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
  const asked = [at.port, at.port + 1].map((port) => askOne(endpoint, clock, from, { ...at, protocol: 'tls', port }));
  // WHY the first who says so: the other port is mostly that of TCP, which is silent to TLS until the time is over.
  const found = asked.map(async ({ answer }) => (await answer) ?? Promise.reject(new Error('nobody there')));
  const first = await Promise.any(found).catch(() => undefined);
  for (const { cancel } of asked) cancel();
  return first;
}

interface Asked {
  readonly answer: Promise<FoundAtPlace | undefined>;
  cancel(): void;
}

function askOne(endpoint: Endpoint, clock: Clock, from: SipUri, place: Place): Asked {
  const uri = placeUri(place);
  const own = { displayName: undefined, uri: from, parameters: [] };
  const sent = endpoint.send({ method: 'OPTIONS', uri, from: own, to: { displayName: undefined, uri, parameters: [] } });
  const timer = clock.startTimer(LONGEST_MS, () => sent.cancel());
  const answer = sent.outcome.then((outcome) => {
    timer.cancel();
    const address = nameIn(outcome);
    return address === undefined ? undefined : { address, place };
  });
  return { answer, cancel: () => sent.cancel() };
}

/** The first SIP URI of a certificate that is an address of a person, and not one made of another key. */
function nameIn(outcome: Outcome): Address | undefined {
  if (outcome.kind !== 'final') return undefined;
  for (const text of outcome.flow.peerUris ?? []) {
    const uri = parseUri(text);
    const address = uri.kind === 'ok' ? addressOf(uri.value) : undefined;
    if (address !== undefined && isProven(address, outcome.flow.peerKey)) return address;
  }
  return undefined;
}

function isProven(address: Address, key: string | undefined): boolean {
  return !isNearbyAddress(address) || (key !== undefined && isAddressOfKey(address, key));
}

const PLACE = /^(?:sips?:)?(?:[^@\s]*@)?(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+(?:%[\w.-]+)?\])(?::(\d{1,5}))?(?:;.*)?$/i;
const DEFAULT_PORT = 5060;
const HIGHEST_PORT = 65_534;

/** Undefined: it names no place, but a person. */
export function readPlace(text: string): TypedPlace | undefined {
  const match = PLACE.exec(text.trim());
  const port = match?.[2] === undefined ? DEFAULT_PORT : Number(match[2]);
  if (match?.[1] === undefined || port === 0 || port > HIGHEST_PORT) return undefined;
  const address = match[1].replace(/^\[|\]$/g, '').toLowerCase();
  return isIP(address) === 0 ? undefined : { address, port };
}

/** Whether a place was meant, though it is none: `300.1.1.1`, `192.0.2.7:99999`. */
export function isWrongPlace(text: string): boolean {
  return readPlace(text) === undefined && /^(?:sips?:)?(?:\d+(?:\.\d+){3}|\[[0-9a-f:.]*\])(?::\d*)?$/i.test(text.trim());
}
