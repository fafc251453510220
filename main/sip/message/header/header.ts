// What a header file exports: one codec per header, used through `readHeader` and `headerField`.
import type { HeaderField, SipMessage } from '../message.ts';

/** The value read, or why it cannot be. A parser never throws. */
export type HeaderResult<T> = { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'failure'; readonly reason: string };

export interface HeaderCodec<T> {
  /** Canonical name, e.g. "Subscription-State". */
  readonly name: string;
  parse(value: string): HeaderResult<T>;
  print(value: T): string;
}

/** The first field of that name: undefined when absent, else its parsed value or the failure. Canonical names compare by `===`. */
export function readHeader<T>(message: SipMessage, codec: HeaderCodec<T>): HeaderResult<T> | undefined {
  const value = headerText(message, codec.name);
  return value === undefined ? undefined : codec.parse(value);
}

/** The first field's text, by canonical name. */
export function headerText(message: SipMessage, name: string): string | undefined {
  for (const field of message.headers) if (field.name === name) return field.value;
  return undefined;
}

/** All fields of that name, in order. */
export function headerTexts(message: SipMessage, name: string): string[] {
  return message.headers.filter((field) => field.name === name).map((field) => field.value);
}

export function headerField<T>(codec: HeaderCodec<T>, value: T): HeaderField {
  return { name: codec.name, value: codec.print(value) };
}

/** All fields of that name as one list (RFC 3261 §7.3.1): undefined when absent, the failure of the first that cannot be read. */
export function readHeaderList<T>(message: SipMessage, codec: HeaderCodec<readonly T[]>): HeaderResult<readonly T[]> | undefined {
  let list: T[] | undefined;
  for (const { name, value } of message.headers) {
    if (name !== codec.name) continue;
    const result = codec.parse(value);
    if (result.kind === 'failure') return result;
    if (list === undefined) list = [...result.value];
    else list.push(...result.value);
  }
  return list === undefined ? undefined : { kind: 'ok', value: list };
}

/** One result for each field of that name, for headers that repeat without being lists (challenges, credentials). */
export function readHeaders<T>(message: SipMessage, codec: HeaderCodec<T>): HeaderResult<T>[] {
  return headerTexts(message, codec.name).map((value) => codec.parse(value));
}
