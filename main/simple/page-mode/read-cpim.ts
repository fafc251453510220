// Unwraps message/cpim (RFC 3862 §2): the fields of the wrapper and the MIME part inside.
import { headerOf, parseIsoDate } from './cpim-field.ts';
import type { CpimFields } from './page-message.ts';
import { readPart } from './part.ts';
import type { Part } from './part.ts';

export interface CpimContent {
  readonly fields: CpimFields;
  readonly part: Part;
}

/** Undefined for what is no CPIM. Never throws. */
export function readCpim(body: Uint8Array): CpimContent | undefined {
  const wrapper = readPart(skipEmptyLines(body));
  if (wrapper === undefined || wrapper.headers.length === 0) return undefined;
  const part = readPart(wrapper.body);
  if (part === undefined) return undefined;
  const { headers } = wrapper;
  return {
    fields: {
      from: headerOf(headers, 'From'),
      to: headers.filter((field) => field.name === 'To').map((field) => field.value),
      dateTimeMs: parseIsoDate(headerOf(headers, 'DateTime')),
      subject: headerOf(headers, 'Subject'),
      headers,
    },
    part,
  };
}

const LF = 10;
const CR = 13;

/** Some senders put an empty line before the wrapper, where RFC 2045 part headers would be. */
function skipEmptyLines(body: Uint8Array): Uint8Array {
  let at = 0;
  while (body[at] === CR || body[at] === LF) at++;
  return body.subarray(at);
}

/** First header line of a wrapper, by which a CPIM is known that lost its type. */
const FIRST_LINE = /^(?:From|To|cc|DateTime|Subject|NS|Require): ?\S/;

/** INTEROP(Kamailio msilo): stored messages come back as text/plain. True where the text is a CPIM wrapper with a typed part. */
export function looksLikeCpim(text: string): boolean {
  return FIRST_LINE.test(text) && /\r?\n\r?\nContent-[Tt]ype: ?\S/.test(text);
}
