// The body of what we send: plain text, the same in a CPIM wrapper (RFC 3862), reports (RFC 5438 §7.2), typing notices (RFC 3994).
import { printMultipart } from '../../sip/index.ts';
import { CPIM_CONTENT_TYPE, printCpim } from '../document/cpim.ts';
import type { CpimAddress } from '../document/cpim.ts';
import { IMDN_CONTENT_TYPE, printImdn } from '../document/imdn.ts';
import type { Imdn } from '../document/imdn.ts';
import { IS_COMPOSING_CONTENT_TYPE, printIsComposing } from '../document/is-composing.ts';
import { imdnHeaders } from './imdn-request.ts';

export interface WrittenContent {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** From, To and time of a wrapper. */
export interface Envelope {
  readonly from: CpimAddress;
  readonly to: CpimAddress;
  readonly sentAtMs: number;
  readonly imdnId: string;
}

const TEXT_TYPE = 'text/plain;charset=UTF-8';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

export function writeText(text: string): WrittenContent {
  return { contentType: TEXT_TYPE, body: encode(text) };
}

/** The same input gives the same bytes: a message sent again after a crash is the same message. Asks for all reports. */
export function writeCpimText(text: string, envelope: Envelope): WrittenContent {
  return wrap({ contentType: TEXT_TYPE, body: encode(text) }, envelope, true, []);
}

/** Several reports in one go where the peer takes that (RFC 5438 §8.3); `boundary`: a fresh token. Asks for no report on itself. */
export function writeReports(reports: readonly Imdn[], envelope: Envelope, boundary: string): WrittenContent {
  const [first, ...more] = reports;
  const part = (report: Imdn): Uint8Array => encode(printImdn(report));
  const disposition = { name: 'Content-Disposition', value: 'notification' };
  if (first !== undefined && more.length === 0) {
    return wrap({ contentType: IMDN_CONTENT_TYPE, body: part(first) }, envelope, false, [disposition]);
  }
  const headers = [{ name: 'Content-Type', value: IMDN_CONTENT_TYPE }, disposition];
  const mixed = printMultipart(
    'mixed',
    reports.map((report) => ({ headers, body: part(report) })),
    boundary,
  );
  return wrap(mixed, envelope, false, [disposition]);
}

/** RFC 3994 §4: `refreshSeconds` says how long `active` holds without another. */
export function writeTyping(isActive: boolean, refreshSeconds: number, lastActiveMs: number): WrittenContent {
  const document = isActive
    ? ({ state: 'active', contentType: 'text/plain', lastActiveMs: undefined, refreshSeconds } as const)
    : ({ state: 'idle', contentType: 'text/plain', lastActiveMs, refreshSeconds: undefined } as const);
  return { contentType: IS_COMPOSING_CONTENT_TYPE, body: encode(printIsComposing(document)) };
}

function wrap(
  { contentType, body }: WrittenContent,
  { from, to, sentAtMs, imdnId }: Envelope,
  asksReports: boolean,
  contentHeaders: readonly { readonly name: string; readonly value: string }[],
): WrittenContent {
  const wrapped = printCpim({
    from,
    to: [to],
    cc: [],
    dateTimeMs: sentAtMs,
    subject: undefined,
    required: [],
    headers: imdnHeaders(imdnId, asksReports),
    contentType,
    contentHeaders,
    body,
  });
  return { contentType: CPIM_CONTENT_TYPE, body: wrapped };
}
