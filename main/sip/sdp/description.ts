// A session description as a value (RFC 8866, and RFC 4566 before it).

/** `o=`. The numbers stay text: they may have any number of digits. */
export interface SdpOrigin {
  readonly username: string;
  readonly sessionId: string;
  readonly version: string;
  readonly networkType: string;
  readonly addressType: string;
  readonly address: string;
}

/** `c=`. `address` with TTL and count, where a multicast one has them. */
export interface SdpConnection {
  readonly networkType: string;
  readonly addressType: string;
  readonly address: string;
}

/** `b=`. */
export interface SdpBandwidth {
  readonly kind: string;
  readonly value: string;
}

/** `t=` with its `r=` lines. Seconds since 1900; zero: without bound. */
export interface SdpTime {
  readonly startSeconds: number;
  readonly stopSeconds: number;
  readonly repeats: readonly string[];
}

/** `a=name:value`; `value` undefined for a flag such as `a=recvonly`. Names are case-sensitive. */
export interface SdpAttribute {
  readonly name: string;
  readonly value: string | undefined;
}

/** `m=` and the lines below it. Port 0 refuses or ends the stream (RFC 3264 §6, §8.2). */
export interface SdpMedia {
  readonly kind: string;
  readonly port: number;
  /** `m=video 49170/2`: how many ports; undefined for one. */
  readonly portCount: number | undefined;
  /** E.g. `TCP/MSRP`, `TCP/TLS/MSRP`, `RTP/AVP`. */
  readonly protocol: string;
  readonly formats: readonly string[];
  readonly information: string | undefined;
  readonly connections: readonly SdpConnection[];
  readonly bandwidths: readonly SdpBandwidth[];
  /** `k=`, obsolete (RFC 8866 §5.12): kept, never used. */
  readonly key: string | undefined;
  readonly attributes: readonly SdpAttribute[];
}

export interface SessionDescription {
  readonly origin: SdpOrigin;
  readonly name: string;
  readonly information: string | undefined;
  readonly uri: string | undefined;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly connection: SdpConnection | undefined;
  readonly bandwidths: readonly SdpBandwidth[];
  /** At least one. */
  readonly times: readonly SdpTime[];
  readonly zones: string | undefined;
  readonly key: string | undefined;
  readonly attributes: readonly SdpAttribute[];
  readonly media: readonly SdpMedia[];
}

/** The value, or why the text is none; `line` counts from 1. */
export type SdpResult =
  | { readonly kind: 'ok'; readonly value: SessionDescription }
  | { readonly kind: 'failure'; readonly line: number; readonly reason: string };

/** What callers rarely want to say. */
type Unsaid = Exclude<keyof SdpMedia, 'kind' | 'port' | 'protocol' | 'formats'>;

/** A media line with nothing but what is given, e.g. `{ kind: 'message', port: 2855, protocol: 'TCP/MSRP', formats: ['*'] }`. */
export function sdpMedia(parts: Omit<SdpMedia, Unsaid> & Partial<Pick<SdpMedia, Unsaid>>): SdpMedia {
  return { portCount: undefined, information: undefined, connections: [], bandwidths: [], key: undefined, attributes: [], ...parts };
}

/** A description with one address and these media, without bounds in time. `sessionId` should be a fresh number of up to 62 bits. */
export function sdpDescription(parts: {
  readonly sessionId: string;
  /** Numeric IPv4 or IPv6, or a name. */
  readonly address: string;
  readonly media: readonly SdpMedia[];
  readonly attributes?: readonly SdpAttribute[];
}): SessionDescription {
  const addressType = parts.address.includes(':') ? 'IP6' : 'IP4';
  return {
    origin: { username: '-', sessionId: parts.sessionId, version: '1', networkType: 'IN', addressType, address: parts.address },
    // RFC 3264 §5: a dash where there is nothing to say.
    name: '-',
    information: undefined,
    uri: undefined,
    emails: [],
    phones: [],
    connection: { networkType: 'IN', addressType, address: parts.address },
    bandwidths: [],
    times: [{ startSeconds: 0, stopSeconds: 0, repeats: [] }],
    zones: undefined,
    key: undefined,
    attributes: parts.attributes ?? [],
    media: parts.media,
  };
}
