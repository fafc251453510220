// What a user agent client does by itself with a refusal, where its caller allows: redirects followed, extensions left out (RFC 3261 §8.1.3.4, §8.1.3.5).
import type { Final, Outcome, OutgoingRequest, SentRequest } from './endpoint.ts';
import { headerTexts } from './message/header/header.ts';
import { unsupportedHeader } from './message/header/unsupported.ts';
import type { HeaderField, NameAddr, SipResponse } from './message/message.ts';
import { hasParameter, parameterValue } from './uri/parameter.ts';
import type { SipUri } from './uri/uri.ts';
import { sipUriEquals } from './uri/uri-equals.ts';

/** Addresses tried altogether for one request: a person has a few devices, and a ring of redirects ends. */
export const MOST_REDIRECTS = 8;
/** Room in the CSeq for answers to challenges, where the try before did not say how many it used. */
const CSEQ_ROOM = 10;
/** 380 names another service, not another address. */
const FOLLOWED: ReadonlySet<number> = new Set([300, 301, 302, 305]);
const TAG_FIELDS: ReadonlySet<string> = new Set(['Require', 'Proxy-Require']);

/** Where to go on. `isProxy`: through it instead of to it (§21.3.4). */
interface Redirect {
  readonly uri: SipUri;
  readonly q: number;
  readonly isProxy: boolean;
}

/** `sendOnce`, as often as the answers ask for and `outgoing` allows. */
export function sendAgain(outgoing: OutgoingRequest, sendOnce: (request: OutgoingRequest) => SentRequest): SentRequest {
  const run = new Run(sendOnce);
  return { outcome: run.send(outgoing), cancel: () => run.cancel() };
}

class Run {
  readonly #sendOnce: (request: OutgoingRequest) => SentRequest;
  readonly #tried: SipUri[] = [];
  #waiting: Redirect[] = [];
  #current: SentRequest | undefined;
  #cseqNumber = 0;
  #isCancelled = false;

  constructor(sendOnce: (request: OutgoingRequest) => SentRequest) {
    this.#sendOnce = sendOnce;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#current?.cancel();
  }

  async send(outgoing: OutgoingRequest): Promise<Outcome> {
    if (outgoing.uri.kind === 'sip') this.#tried.push(outgoing.uri);
    let outcome = await this.#withoutRefusedTags(outgoing);
    let best = outcome;
    while (outgoing.followsRedirects === true) {
      this.#note(outcome, outgoing);
      const next = this.#isCancelled ? undefined : this.#next();
      if (next === undefined) break;
      outcome = await this.#withoutRefusedTags({ ...continued(outgoing, best, this.#cseqNumber), ...targetOf(next, outgoing) });
      if (outcome.kind === 'cancelled' || isDecisive(outcome)) return outcome;
      // WHY: what an address says at last tells more than where another one sent us.
      if (!isRedirect(outcome)) best = outcome;
    }
    return best;
  }

  /** §8.1.3.5: a 420 names what the peer does not know; where the request makes sense without, it goes out once more. */
  async #withoutRefusedTags(request: OutgoingRequest): Promise<Outcome> {
    const outcome = await this.#once(request);
    if (outcome.kind !== 'final' || outcome.response.status !== 420 || this.#isCancelled) return outcome;
    const refused = unsupportedTags(outcome.response).filter(
      (tag) => request.optionalExtensions?.some((own) => own.toLowerCase() === tag) === true,
    );
    const headers = (request.headers ?? []).map((field) => withoutTags(field, refused)).filter((field) => field.value !== '');
    const isSame = headers.length === request.headers?.length && headers.every((field, index) => field === request.headers?.[index]);
    return isSame ? outcome : this.#once({ ...continued(request, outcome, this.#cseqNumber), headers });
  }

  async #once(request: OutgoingRequest): Promise<Outcome> {
    if (this.#isCancelled) return { kind: 'cancelled' };
    const sent = this.#sendOnce(request);
    this.#current = sent;
    const outcome = await sent.outcome;
    this.#cseqNumber = outcome.kind === 'final' ? outcome.request.cseq.number + 1 : (request.cseqNumber ?? 1) + CSEQ_ROOM;
    return outcome;
  }

  #note(outcome: Outcome, outgoing: OutgoingRequest): void {
    if (!isRedirect(outcome)) return;
    const isSecure = outgoing.uri.kind === 'sip' && outgoing.uri.scheme === 'sips';
    const { status, contacts } = outcome.response;
    for (const contact of contacts === '*' ? [] : contacts) {
      const { uri } = contact;
      // SECURITY: who asked for a secure way does not get another one.
      if (uri.kind !== 'sip' || (isSecure && uri.scheme !== 'sips')) continue;
      this.#waiting.push({ uri, q: priorityOf(contact), isProxy: status === 305 });
    }
    this.#waiting.sort((a, b) => b.q - a.q);
  }

  /** The best that was not tried yet; undefined at the end. */
  #next(): Redirect | undefined {
    for (;;) {
      const next = this.#waiting.shift();
      if (next === undefined || this.#tried.length > MOST_REDIRECTS) return undefined;
      if (this.#tried.some((uri) => sipUriEquals(uri, next.uri))) continue;
      this.#tried.push(next.uri);
      return next;
    }
  }
}

/** The same request once more: From with its tag, Call-ID, and a higher CSeq (§8.1.3.4). */
function continued(outgoing: OutgoingRequest, last: Outcome, cseqNumber: number): OutgoingRequest {
  const { flow: _, ...rest } = outgoing;
  if (last.kind !== 'final') return { ...rest, cseqNumber };
  return { ...rest, from: last.request.from, callId: last.request.callId, cseqNumber };
}

function targetOf({ uri, isProxy }: Redirect, outgoing: OutgoingRequest): Pick<OutgoingRequest, 'uri' | 'route'> {
  if (!isProxy) return { uri };
  const parameters = hasParameter(uri.parameters, 'lr') ? uri.parameters : [...uri.parameters, { name: 'lr', value: undefined }];
  return { uri: outgoing.uri, route: [{ displayName: undefined, uri: { ...uri, parameters, headers: [] }, parameters: [] }] };
}

type Redirected = Final & { readonly response: { readonly contacts: SipResponse['contacts'] } };

function isRedirect(outcome: Outcome): outcome is Redirected {
  return outcome.kind === 'final' && FOLLOWED.has(outcome.response.status);
}

/** Nobody further is asked: it was taken, or refused everywhere (6xx). */
function isDecisive(outcome: Outcome): boolean {
  if (outcome.kind !== 'final') return false;
  const { status } = outcome.response;
  return status < 300 || status >= 600;
}

/** RFC 3261 §20.10: without `q` it is the highest. */
function priorityOf(contact: NameAddr): number {
  const q = Number(parameterValue(contact.parameters, 'q') ?? '1');
  return q >= 0 && q <= 1 ? q : 0;
}

/** In lower case: tokens are compared so (§7.3.1). */
function unsupportedTags(response: SipResponse): readonly string[] {
  return headerTexts(response, 'Unsupported').flatMap((text) => {
    const result = unsupportedHeader.parse(text);
    return result.kind === 'ok' ? result.value.map((tag) => tag.toLowerCase()) : [];
  });
}

/** The field itself where nothing is to be left out. */
function withoutTags(field: HeaderField, tags: readonly string[]): HeaderField {
  if (!TAG_FIELDS.has(field.name)) return field;
  const kept = field.value.split(',').map((tag) => tag.trim()).filter((tag) => !tags.includes(tag.toLowerCase())); // prettier-ignore
  return kept.join(', ') === field.value ? field : { ...field, value: kept.join(', ') };
}
