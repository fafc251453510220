// Reads a SUBSCRIBE as its notifier (RFC 6665 §4.2.1): what is asked for, or the answer that refuses it.
import { eventHeader, parameterValue, printUri, readHeader } from '../../../sip/index.ts';
import type { IncomingRequest, Reply, SipRequest, Uri } from '../../../sip/index.ts';
import { listOf, parseSeconds, secondsOf, splitParameters } from '../../header-value.ts';
import type { NotifierOptions, WatcherIdentity } from './notifier-options.ts';

export interface SubscribeTerms {
  readonly kind: 'ok';
  readonly expiresSeconds: number;
  /** Asked for with RFC 6446's `min-interval`. */
  readonly minIntervalMs: number;
  /** Tells subscriptions of one dialog apart; goes back in each NOTIFY (RFC 6665 §8.2.1). */
  readonly eventId: string | undefined;
}

/** Granted where none is asked for, and at most. */
const MOST_SECONDS = 3_600;
/** Less is answered 423. */
const LEAST_SECONDS = 60;
/** RFC 3856 §6.10. */
const DEFAULT_MIN_INTERVAL_MS = 5_000;
/** Longer pauses than this between NOTIFYs nobody means. */
const MAX_MIN_INTERVAL_SECONDS = 3_600;

export function readSubscribe(request: SipRequest, options: NotifierOptions): SubscribeTerms | { kind: 'refused'; reply: Reply } {
  const event = readHeader(request, eventHeader);
  if (event?.kind !== 'ok') return { kind: 'refused', reply: { status: 489 } };
  if (!accepts(request, options.contentTypes)) return { kind: 'refused', reply: { status: 406 } };
  const asked = secondsOf(request, 'Expires') ?? MOST_SECONDS;
  // RFC 6665 §4.2.1.1: nobody may be refused who asks for an hour or more, and 0 is a fetch.
  if (asked > 0 && asked < LEAST_SECONDS) {
    return { kind: 'refused', reply: { status: 423, headers: [{ name: 'Min-Expires', value: String(LEAST_SECONDS) }] } };
  }
  const { parameters } = event.value;
  const intervalSeconds = Math.min(parseSeconds(parameterValue(parameters, 'min-interval')) ?? 0, MAX_MIN_INTERVAL_SECONDS);
  return {
    kind: 'ok',
    expiresSeconds: Math.min(asked, MOST_SECONDS),
    minIntervalMs: Math.max(intervalSeconds * 1000, options.minIntervalMs ?? DEFAULT_MIN_INTERVAL_MS),
    eventId: parameterValue(parameters, 'id'),
  };
}

/** Without Accept the package's own types are taken (RFC 6665 §8.2.1). */
function accepts(request: SipRequest, types: readonly string[]): boolean {
  const ranges = listOf(request, 'Accept').map((range) => splitParameters(range).value);
  if (ranges.length === 0) return true;
  return types.some((type) =>
    ranges.some((range) => range === type || range === '*/*' || range === `${type.slice(0, type.indexOf('/'))}/*`),
  );
}

export function identityOf({ message, flow, source }: IncomingRequest): WatcherIdentity {
  return { uri: plainUri(message.from.uri), from: message.from, target: message.uri, flow, source };
}

function plainUri(uri: Uri): string {
  return uri.kind === 'sip' ? printUri({ ...uri, password: undefined, parameters: [], headers: [] }) : printUri(uri);
}
