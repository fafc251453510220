// Recognises messages that a server kept while we were away. INTEROP(Kamailio msilo): it may put a line before the text.

import type { SipRequest } from '../../sip/index.ts';

const PREFIX = /^\[Offline message - ([A-Z][a-z]{2}) ([A-Z][a-z]{2}) +(\d{1,2}) \d{2}:(\d{2}:\d{2}) (\d{4})\] /;

export interface StoredText {
  readonly text: string;
  readonly wasStored: boolean;
}

/**
 * Takes the server's prefix off. SECURITY: anybody may type such a prefix, so it only counts where the request looks like
 * msilo's: no Contact, and a Date that names the same minute and second (the prefix is in the server's own time zone).
 */
export function readStoredText(text: string, hasContact: boolean, dateMs: number | undefined): StoredText {
  const match = hasContact || dateMs === undefined ? null : PREFIX.exec(text);
  if (match === null || dateMs === undefined) return { text, wasStored: false };
  const minuteAndSecond = new Date(dateMs).toISOString().slice(14, 19);
  if (match[4] !== minuteAndSecond) return { text, wasStored: false };
  return { text: text.slice(match[0].length), wasStored: true };
}

/** A message under way for longer than this, or whose Date is as much ahead of us, was kept by somebody. */
const ON_THE_WAY_MS = 10_000;
/** A server hands out what it kept at a REGISTER, however its clock is set; what came in at that moment, at the next one soon after. */
const HANDED_OUT_WITHIN_MS = 10_000;

export interface Moment {
  readonly nowMs: number;
  /** Since when we are signed in; Infinity while we are not, as far as we know. */
  readonly presentSinceMs: number;
}

/**
 * A server that hands out what it kept is the origin of the request: every Via is its own (RFC 3261 §8.1.1.7), and the Date is
 * when it was kept: before we signed in. SECURITY: who fakes this gets a mark and a place by the time they name, nothing more.
 */
export function isFromStore(request: Pick<SipRequest, 'vias'>, dateMs: number | undefined, { nowMs, presentSinceMs }: Moment): boolean {
  if (dateMs === undefined || !isMadeByServer(request)) return false;
  const isHandedOut = dateMs < presentSinceMs || nowMs - presentSinceMs < HANDED_OUT_WITHIN_MS;
  return isHandedOut || Math.abs(nowMs - dateMs) >= ON_THE_WAY_MS;
}

/** INTEROP(Kamailio msilo): its own requests pass through itself, so there are two. One alone may be anybody's. */
export function isMadeByServer({ vias }: Pick<SipRequest, 'vias'>): boolean {
  const [top, ...others] = vias;
  return top !== undefined && others.length > 0 && others.every((via) => via.host === top.host && via.port === top.port);
}
