// Reads the few plain header values that all parts need (RFC 3261 §20.19, §20.23, §20.33).
import { headerText } from '../sip/index.ts';
import type { HeaderField, SipMessage } from '../sip/index.ts';

/** delta-seconds fit 32 bits (RFC 3261 §25.1); more digits are nonsense. */
const SECONDS = /^\s*(\d{1,10})(?![\d])/;
const MAX_SECONDS = 0xffff_ffff;

/** The number a header value starts with; undefined where it is absent or none. Retry-After may carry a comment and parameters after it. */
export function secondsOf(message: SipMessage, name: 'Expires' | 'Min-Expires' | 'Retry-After'): number | undefined {
  return parseSeconds(headerText(message, name));
}

/** `'300 (soon)'` → 300; undefined for anything else. */
export function parseSeconds(text: string | undefined): number | undefined {
  const digits = text === undefined ? undefined : SECONDS.exec(text)?.[1];
  return digits === undefined ? undefined : Math.min(Number(digits), MAX_SECONDS);
}

export function expiresField(seconds: number): HeaderField {
  return { name: 'Expires', value: String(seconds) };
}

/** Everything in a comma list header of several fields, trimmed, e.g. all types of Accept. */
export function listOf(message: SipMessage, name: string): string[] {
  const items: string[] = [];
  for (const field of message.headers) {
    if (field.name !== name) continue;
    for (const item of field.value.split(',')) if (item.trim() !== '') items.push(item.trim());
  }
  return items;
}
