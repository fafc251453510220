// Unwraps message/cpim (RFC 3862) for page mode, with what real senders do to it on the way.
import { looksLikeCpim, parseCpim } from '../document/cpim.ts';
import type { CpimMessage } from '../document/cpim.ts';

/** Undefined for what is no CPIM. Never throws. */
export function unwrapCpim(body: Uint8Array): CpimMessage | undefined {
  const parsed = parseCpim(skipEmptyLines(body));
  // INTEROP: an envelope that says nothing is a plain text that begins with an empty line.
  if (parsed.kind === 'failure' || isEmptyEnvelope(parsed.message)) return undefined;
  return parsed.message;
}

/** INTEROP(Kamailio msilo): stored messages come back as text/plain. True where the text is a CPIM wrapper with a typed part. */
export function isLostCpim(text: string): boolean {
  return looksLikeCpim(new TextEncoder().encode(text));
}

function isEmptyEnvelope({ from, to, cc, dateTimeMs, subject, required, headers }: CpimMessage): boolean {
  return (
    from === undefined &&
    dateTimeMs === undefined &&
    subject === undefined &&
    to.length + cc.length + required.length + headers.length === 0
  );
}

const LF = 10;
const CR = 13;

/** Some senders put an empty line before the wrapper, where RFC 2045 part headers would be. */
function skipEmptyLines(body: Uint8Array): Uint8Array {
  let at = 0;
  while (body[at] === CR || body[at] === LF) at++;
  return body.subarray(at);
}
