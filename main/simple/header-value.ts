// Reads the few plain header values that all parts need (RFC 3261 §20.19, §20.23, §20.33, RFC 5626 §10).
import { headerText } from '../sip/index.ts';
import type { HeaderField, Parameter, SipMessage } from '../sip/index.ts';

/** delta-seconds fit 32 bits (RFC 3261 §25.1); more digits are nonsense. */
const SECONDS = /^\s*(\d{1,10})(?![\d])/;
const MAX_SECONDS = 0xffff_ffff;

/** The number a header value starts with; undefined where it is absent or none. Retry-After may carry a comment and parameters after it. */
export function secondsOf(message: SipMessage, name: 'Expires' | 'Min-Expires' | 'Retry-After' | 'Flow-Timer'): number | undefined {
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

export interface ValueWithParameters {
  /** In lower case, trimmed: `active`, `text/plain`. */
  readonly value: string;
  readonly parameters: readonly Parameter[];
}

/** `value *(;name[=token|"quoted"])`: Content-Type, Subscription-State. Never fails: what cannot be read is left out. */
export function splitParameters(text: string): ValueWithParameters {
  const [value = '', ...rest] = splitOutsideQuotes(text, ';');
  const parameters = rest.flatMap((part) => {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim();
    return name === '' ? [] : [{ name, value: equals === -1 ? undefined : unquote(part.slice(equals + 1).trim()) }];
  });
  return { value: value.trim().toLowerCase(), parameters };
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted && character === '\\') at++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text;
}
