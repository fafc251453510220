// Which document on an XCAP server is meant, and under which condition it may change (RFC 4825 §6.2, §7.11).

export interface XcapDocument {
  /** E.g. `pres-rules`, `org.openmobilealliance.pres-rules`, `resource-lists`. */
  readonly auid: string;
  /** Default `index`. */
  readonly filename?: string;
  /** E.g. `application/auth-policy+xml`, for PUT. */
  readonly contentType: string;
}

/** Under which condition a PUT or DELETE may happen. `absent`: only when there is no document yet. */
export type XcapCondition = { readonly kind: 'etag'; readonly etag: string } | { readonly kind: 'absent' } | { readonly kind: 'none' };
