// Bounds on what one message may hold. SECURITY: memory and time per message stay bounded whatever a stranger sends.

/** Start line and all headers: many times what real requests need, and as much as a datagram can carry at half its size. */
export const MAX_HEAD_BYTES = 32_768;
/** Header lines: honest messages stay below 60, even with a Via for each of 70 hops. */
export const MAX_HEADER_COUNT = 200;
/** One unfolded header line: certificates and long credentials fit, a flood of parameters does not. */
export const MAX_HEADER_BYTES = 16_384;
/** Request-URI: the torture messages of RFC 4475 §3.1.1.7 stay below 1 kB. */
export const MAX_URI_LENGTH = 2_048;
/** Max-Forwards starts at 70 (RFC 3261 §8.1.1.6); more hops than that are a loop. */
export const MAX_VIA_COUNT = 100;
/** Body: a presence list of some thousand contacts, or a long text, fits; files travel elsewhere. */
export const MAX_BODY_BYTES = 1_048_576;
/** Multipart inside multipart: signed in mixed in alternative is three deep. */
export const MAX_MULTIPART_DEPTH = 8;
/** Parts of one multipart body: a full resource list notification has one per resource. */
export const MAX_MULTIPART_PARTS = 5_000;
