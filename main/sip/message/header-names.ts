// Header names: canonical spelling and compact forms (RFC 3261 §7.3.3, §20; the IANA list), found without making strings.

/** What the parser does with a known header. Everything that has no place of its own in a message is OTHER. */
export const OTHER = 0;
export const VIA = 1;
export const FROM = 2;
export const TO = 3;
export const CALL_ID = 4;
export const CSEQ = 5;
export const CONTACT = 6;
export const CONTENT_LENGTH = 7;
/** Kept as text, but twice is an error (RFC 3261 §7.3.1, RFC 4475 §3.3.8). */
export const SINGLE = 8;

export interface KnownHeader {
  readonly name: string;
  readonly kind: number;
}

/** `Name` or `Name/compact`. */
const structured: readonly (readonly [string, number])[] = [
  ['Via/v', VIA],
  ['From/f', FROM],
  ['To/t', TO],
  ['Call-ID/i', CALL_ID],
  ['CSeq', CSEQ],
  ['Contact/m', CONTACT],
  ['Content-Length/l', CONTENT_LENGTH],
  ['Max-Forwards', SINGLE],
];

const others = `Accept Accept-Contact/a Accept-Encoding Accept-Language Accept-Resource-Priority Alert-Info Allow
  Allow-Events/u Answer-Mode Authentication-Info Authorization Call-Info Content-Disposition Content-Encoding/e Content-ID
  Content-Language Content-Type/c Date Error-Info Event/o Expires Feature-Caps Flow-Timer Geolocation Geolocation-Error
  Geolocation-Routing Hide History-Info Identity/y Identity-Info/n In-Reply-To Info-Package Join Max-Breadth MIME-Version
  Min-Expires Min-SE Organization P-Access-Network-Info P-Asserted-Identity P-Associated-URI P-Called-Party-ID
  P-Preferred-Identity P-Visited-Network-ID Path Permission-Missing Priority Privacy Proxy-Authenticate Proxy-Authorization
  Proxy-Require RAck Reason Record-Route Recv-Info Refer-Sub Refer-To/r Referred-By/b Reject-Contact/j Replaces Reply-To
  Request-Disposition/d Require Resource-Priority Response-Key Retry-After Route RSeq Security-Client Security-Server
  Security-Verify Server Service-Route Session-Expires/x SIP-ETag SIP-If-Match Subject/s Subscription-State Supported/k
  Supported-Features Suppress-If-Match Target-Dialog Timestamp Trigger-Consent Unsupported User-Agent Warning
  WWW-Authenticate`;

/** Power of two, about eight times the number of names, so that most lookups need one probe. */
const SLOTS = 1024;
const MASK = SLOTS - 1;

interface Entry {
  /** In small letters, as bytes. */
  readonly spelling: Uint8Array;
  readonly header: KnownHeader;
}

const table: (Entry | undefined)[] = new Array<Entry | undefined>(SLOTS).fill(undefined);

/** One step of the names' hash; ignores case for the characters that occur in names. */
export function hashStep(hash: number, code: number): number {
  return (Math.imul(hash, 31) + (code | 0x20)) | 0;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = hashStep(hash, text.charCodeAt(index));
  return hash;
}

function add(spelling: string, header: KnownHeader): void {
  let slot = hashOf(spelling) & MASK;
  while (table[slot] !== undefined) slot = (slot + 1) & MASK;
  table[slot] = { spelling: Buffer.from(spelling.toLowerCase(), 'latin1'), header };
}

function register(names: string, kind: number): void {
  const [name = '', compact] = names.split('/');
  const header = { name, kind };
  add(name, header);
  if (compact !== undefined) add(compact, header);
}

for (const [names, kind] of structured) register(names, kind);
for (const names of others.split(/\s+/)) register(names, OTHER);

/** The known header whose name or compact form stands in `bytes` from `start` to `end`; `hash` is of these characters. */
export function findHeader(bytes: Uint8Array, start: number, end: number, hash: number): KnownHeader | undefined {
  let slot = hash & MASK;
  for (;;) {
    const entry = table[slot];
    if (entry === undefined) return undefined;
    if (matches(entry.spelling, bytes, start, end)) return entry.header;
    slot = (slot + 1) & MASK;
  }
}

/** Only token characters stand there, so that setting bit 5 makes letters small and leaves digits and hyphens. */
function matches(spelling: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (spelling.length !== end - start) return false;
  for (let index = 0; index < spelling.length; index += 1) {
    if (((bytes[start + index] ?? 0) | 0x20) !== spelling[index]) return false;
  }
  return true;
}

/** The name as this stack spells it everywhere: canonical for known headers and compact forms, as given for others. */
export function canonicalName(name: string): string {
  return findHeader(Buffer.from(name, 'latin1'), 0, name.length, hashOf(name))?.name ?? name;
}
