// What an answer and a later offer must look like (RFC 3264 §6, §8).
import { ANSWER_DIRECTIONS, directionOf, withDirection } from './attribute.ts';
import type { SdpMedia, SessionDescription } from './description.ts';

/**
 * An answer to `offer` (§6): one media line for each offered, in the same order. `accept` gives our line for one offered, or
 * undefined to refuse it, which makes its port 0. Streams offered with port 0 stay refused and are not asked about.
 */
export function makeAnswer(
  offer: SessionDescription,
  own: SessionDescription,
  accept: (offered: SdpMedia, index: number) => SdpMedia | undefined,
): SessionDescription {
  const media = offer.media.map((offered, index) => (offered.port === 0 ? undefined : accept(offered, index)) ?? refusedMedia(offered));
  // §6: the time of an answer is that of the offer.
  return { ...own, times: offer.times, media };
}

/** §6: refused by port 0, with a format because the grammar wants one. */
export function refusedMedia(offered: SdpMedia): SdpMedia {
  const { kind, protocol, formats } = offered;
  return {
    kind,
    port: 0,
    portCount: undefined,
    protocol,
    formats,
    information: undefined,
    connections: [],
    bandwidths: [],
    key: undefined,
    attributes: [],
  };
}

/** Why `answer` does not answer `offer` (§6); undefined when it does. */
export function answerProblem(offer: SessionDescription, answer: SessionDescription): string | undefined {
  if (answer.media.length !== offer.media.length) return 'an answer has as many media lines as its offer';
  for (const [index, offered] of offer.media.entries()) {
    const answered = answer.media[index];
    if (answered === undefined) continue;
    if (answered.kind !== offered.kind) return `media ${index + 1} is of another kind than offered`;
    if (answered.port === 0) continue;
    if (offered.port === 0) return `media ${index + 1} was not offered`;
    if (answered.protocol !== offered.protocol) return `media ${index + 1} has another protocol than offered`;
    const allowed = ANSWER_DIRECTIONS[directionOf(offered, offer)];
    if (!allowed.includes(directionOf(answered, answer))) return `media ${index + 1} goes another direction than offered`;
  }
  return undefined;
}

/**
 * The answer to an offer that changes nothing: what we said last, refusing what the peer had refused, and turned where the peer's side,
 * an answer when it was said, narrows ours now that it is an offer (§6.1).
 */
export function sameAnswer(offer: SessionDescription, last: SessionDescription): SessionDescription {
  if (answerProblem(offer, last) === undefined) return last;
  return makeAnswer(offer, last, (offered, index) => {
    const own = last.media[index];
    if (own === undefined) return undefined;
    const allowed = ANSWER_DIRECTIONS[directionOf(offered, offer)];
    const direction = allowed.find((one) => one === directionOf(own, last)) ?? allowed[0];
    return direction === undefined ? own : { ...own, attributes: withDirection(own.attributes, direction) };
  });
}

/**
 * Why `next` cannot be offered (or answered) by who described itself as `previous` before (§8); undefined when it can. Address, protocol,
 * formats and even the kind of a stream may change (§8.3), the number of lines may not shrink.
 * INTEROP(back-to-back agents): they change o= between descriptions or forget to count its version on, so that is not checked.
 */
export function changeProblem(previous: SessionDescription, next: SessionDescription): string | undefined {
  return next.media.length < previous.media.length ? 'media lines never vanish' : undefined;
}

/** Our next description: in the same session as the one before, its version counted on exactly when something changed (§8). */
export function asNextVersion(previous: SessionDescription | undefined, next: SessionDescription): SessionDescription {
  if (previous === undefined) return next;
  const same = { ...next, origin: previous.origin };
  if (isSameDescription(previous, same)) return previous;
  const version = String(BigInt(previous.origin.version) + 1n);
  return { ...same, origin: { ...previous.origin, version } };
}

export function isSameDescription(one: SessionDescription, other: SessionDescription): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
