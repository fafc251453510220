// URIs as SIP uses them (RFC 3261 §19.1, §25.1; RFC 3966 tel is kept as text).
import type { Parameter } from './parameter.ts';

/** `user` and `password` are unescaped; `host` is as written, without brackets removed for IPv6 (`[::1]`). */
export interface SipUri {
  readonly kind: 'sip';
  readonly scheme: 'sip' | 'sips';
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: readonly Parameter[];
  /** `?name=value` parts, unescaped, in order. */
  readonly headers: readonly Parameter[];
}

/** Any other absolute URI, e.g. `tel:`, `pres:`, `im:`: scheme in lower case, the rest untouched. */
export interface OtherUri {
  readonly kind: 'other';
  readonly scheme: string;
  readonly rest: string;
}

export type Uri = SipUri | OtherUri;
