// Session descriptions from text (RFC 8866 §9). One pass over the lines; never throws.
import type {
  SdpAttribute,
  SdpBandwidth,
  SdpConnection,
  SdpMedia,
  SdpOrigin,
  SdpResult,
  SdpTime,
  SessionDescription,
} from './description.ts';

/** SECURITY: the largest offers in use (video with many codecs and candidates) stay below 20 kB, and each session keeps one. */
export const MAX_SDP_BYTES = 32_768;
/** SECURITY: twice the lines of such an offer; read, a line takes many times its bytes. */
export const MAX_SDP_LINES = 1_024;
/** SECURITY: each media line costs an answer; conferences offer some dozens. */
export const MAX_SDP_MEDIA = 256;

/** A failed line's reason. */
class Refusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
interface Draft extends Omit<Mutable<SessionDescription>, 'origin' | 'name' | 'media' | 'times'> {
  origin: SdpOrigin | undefined;
  name: string | undefined;
  times: Mutable<SdpTime>[];
  media: Mutable<SdpMedia>[];
}

/**
 * Reads a body of type application/sdp. Lines may end in LF alone (RFC 8866 §5).
 * DEVIATION(RFC 8866 §5): lines may come in any order within the session's part and within each media part, as some send them so.
 */
export function parseSdp(body: Uint8Array | string): SdpResult {
  if (body.length > MAX_SDP_BYTES) return failure(0, 'too large');
  const text = typeof body === 'string' ? body : new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > MAX_SDP_LINES) return failure(MAX_SDP_LINES, 'too many lines');
  const draft = emptyDraft();
  for (let index = 0; index < lines.length; index++) {
    const raw = lines[index] ?? '';
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const problem = index === 0 ? readVersion(line) : readLine(draft, line);
    if (problem !== undefined) return failure(index + 1, problem.reason);
  }
  return finish(draft, lines.length);
}

function readVersion(line: string): Refusal | undefined {
  return line === 'v=0' ? undefined : new Refusal('version 0 expected');
}

function emptyDraft(): Draft {
  return {
    origin: undefined,
    name: undefined,
    information: undefined,
    uri: undefined,
    emails: [],
    phones: [],
    connection: undefined,
    bandwidths: [],
    times: [],
    zones: undefined,
    key: undefined,
    attributes: [],
    media: [],
  };
}

function finish(draft: Draft, line: number): SdpResult {
  const { origin, name } = draft;
  if (origin === undefined) return failure(line, 'o= is missing');
  if (name === undefined) return failure(line, 's= is missing');
  if (draft.times.length === 0) return failure(line, 't= is missing');
  if (draft.connection === undefined && draft.media.some(isWithoutAddress)) return failure(line, 'c= is missing');
  return { kind: 'ok', value: { ...draft, origin, name } };
}

/** RFC 8866 §5.7. INTEROP: some leave the address out where the stream is refused, and nobody needs it there. */
function isWithoutAddress({ port, connections }: SdpMedia): boolean {
  return port !== 0 && connections.length === 0;
}

function readLine(draft: Draft, line: string): Refusal | undefined {
  if (line[1] !== '=' || /[\0\r]/.test(line)) return new Refusal('letter and equals sign expected');
  const letter = line.charAt(0);
  const value = line.slice(2);
  if (letter === 'm') return readMediaLine(draft, value);
  const media = draft.media.at(-1);
  return media === undefined ? readSessionLine(draft, letter, value) : readLineOfMedia(media, letter, value);
}

function readMediaLine(draft: Draft, value: string): Refusal | undefined {
  if (draft.media.length === MAX_SDP_MEDIA) return new Refusal('too many media');
  const media = parseMedia(value);
  if (media instanceof Refusal) return media;
  draft.media.push(media);
  return undefined;
}

function readSessionLine(draft: Draft, letter: string, value: string): Refusal | undefined {
  switch (letter) {
    case 'o':
      return draft.origin === undefined ? into(parseOrigin(value), (origin) => (draft.origin = origin)) : new Refusal('a second o=');
    case 's':
      return once(draft.name, () => (draft.name = value));
    case 'u':
      return once(draft.uri, () => (draft.uri = value));
    case 'e':
      draft.emails.push(value);
      return undefined;
    case 'p':
      draft.phones.push(value);
      return undefined;
    case 'c':
      return draft.connection === undefined
        ? into(parseConnection(value), (found) => (draft.connection = found))
        : new Refusal('a second c=');
    case 't':
      return into(parseTime(value), (time) => draft.times.push(time));
    case 'r':
      return readRepeat(draft, value);
    case 'z':
      return once(draft.zones, () => (draft.zones = value));
    default:
      return readSharedLine(draft, letter, value);
  }
}

function readRepeat(draft: Draft, value: string): Refusal | undefined {
  const time = draft.times.at(-1);
  if (time === undefined) return new Refusal('r= before t=');
  time.repeats.push(value);
  return undefined;
}

function readLineOfMedia(media: Mutable<SdpMedia>, letter: string, value: string): Refusal | undefined {
  if (letter !== 'c') return readSharedLine(media, letter, value);
  return into(parseConnection(value), (connection) => media.connections.push(connection));
}

/** Lines that mean the same for the session and for a medium. */
function readSharedLine(
  target: { information: string | undefined; bandwidths: SdpBandwidth[]; key: string | undefined; attributes: SdpAttribute[] },
  letter: string,
  value: string,
): Refusal | undefined {
  switch (letter) {
    case 'i':
      return once(target.information, () => (target.information = value));
    case 'b':
      return into(parseBandwidth(value), (bandwidth) => target.bandwidths.push(bandwidth));
    case 'k':
      return once(target.key, () => (target.key = value));
    case 'a':
      return into(parseAttribute(value), (attribute) => target.attributes.push(attribute));
    default:
      // RFC 8866 §5: a description with a letter that is not understood is ignored as a whole.
      return new Refusal(`unexpected ${letter}=`);
  }
}

function parseOrigin(value: string): SdpOrigin | Refusal {
  const [username, sessionId, version, networkType, addressType, address, ...rest] = value.split(' ');
  if (!username || !networkType || !addressType || !address || rest.length > 0) return new Refusal('o= has six fields');
  if (!isDigits(sessionId) || !isDigits(version)) return new Refusal('o= has numbers for session and version');
  return { username, sessionId, version, networkType, addressType, address };
}

function parseConnection(value: string): SdpConnection | Refusal {
  const [networkType, addressType, address, ...rest] = value.split(' ');
  if (!networkType || !addressType || !address || rest.length > 0) return new Refusal('c= has three fields');
  return { networkType, addressType, address };
}

function parseBandwidth(value: string): SdpBandwidth | Refusal {
  const colon = value.indexOf(':');
  const amount = value.slice(colon + 1);
  return colon > 0 && isDigits(amount) ? { kind: value.slice(0, colon), value: amount } : new Refusal('b= has a type and a number');
}

function parseAttribute(value: string): SdpAttribute | Refusal {
  const colon = value.indexOf(':');
  const name = colon < 0 ? value : value.slice(0, colon);
  if (!/^[!#$%&'*+.^_`{|}~0-9A-Za-z-]+$/.test(name)) return new Refusal('a= has a name');
  return { name, value: colon < 0 ? undefined : value.slice(colon + 1) };
}

function parseTime(value: string): Mutable<SdpTime> | Refusal {
  const [start, stop, ...rest] = value.split(' ');
  const startSeconds = wholeNumber(start, Number.MAX_SAFE_INTEGER);
  const stopSeconds = wholeNumber(stop, Number.MAX_SAFE_INTEGER);
  if (startSeconds === undefined || stopSeconds === undefined || rest.length > 0) return new Refusal('t= has two numbers');
  return { startSeconds, stopSeconds, repeats: [] };
}

function parseMedia(value: string): Mutable<SdpMedia> | Refusal {
  const [kind, ports, protocol, ...formats] = value.split(' ');
  if (!kind || !protocol || formats.length === 0 || formats.includes('')) return new Refusal('m= has four fields or more');
  const [portText, countText, ...rest] = (ports ?? '').split('/');
  const port = wholeNumber(portText, 65_535);
  const portCount = countText === undefined ? undefined : wholeNumber(countText, 65_535);
  if (port === undefined || rest.length > 0 || (countText !== undefined && !portCount)) return new Refusal('m= has a port');
  return {
    kind,
    port,
    portCount,
    protocol,
    formats,
    information: undefined,
    connections: [],
    bandwidths: [],
    key: undefined,
    attributes: [],
  };
}

function into<T>(parsed: T | Refusal, take: (value: T) => unknown): Refusal | undefined {
  if (parsed instanceof Refusal) return parsed;
  take(parsed);
  return undefined;
}

function once(existing: unknown, take: () => unknown): Refusal | undefined {
  if (existing !== undefined) return new Refusal('a line that may come once came twice');
  take();
  return undefined;
}

function isDigits(text: string | undefined): text is string {
  return text !== undefined && /^[0-9]{1,40}$/.test(text);
}

function wholeNumber(text: string | undefined, largest: number): number | undefined {
  if (text === undefined || !/^[0-9]{1,16}$/.test(text)) return undefined;
  const number = Number(text);
  return number <= largest ? number : undefined;
}

function failure(line: number, reason: string): SdpResult {
  return { kind: 'failure', line, reason };
}
