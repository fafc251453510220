// Session descriptions to text, in the order of RFC 8866 §5.
import type { SdpAttribute, SdpBandwidth, SdpConnection, SdpMedia, SessionDescription } from './description.ts';

/** Each line ends in CRLF. SECURITY: a line break inside any value becomes a space, so that no value can bring lines of its own. */
export function printSdp(description: SessionDescription): string {
  const { origin, name, information, uri, emails, phones, connection, bandwidths, times, zones, key, attributes, media } = description;
  const lines = [
    'v=0',
    `o=${origin.username} ${origin.sessionId} ${origin.version} ${origin.networkType} ${origin.addressType} ${origin.address}`,
    `s=${name}`,
    ...optional('i', information),
    ...optional('u', uri),
    ...emails.map((email) => `e=${email}`),
    ...phones.map((phone) => `p=${phone}`),
    ...(connection === undefined ? [] : [connectionLine(connection)]),
    ...bandwidths.map(bandwidthLine),
    ...times.flatMap(({ startSeconds, stopSeconds, repeats }) => [
      `t=${startSeconds} ${stopSeconds}`,
      ...repeats.map((repeat) => `r=${repeat}`),
    ]),
    ...optional('z', zones),
    ...optional('k', key),
    ...attributes.map(attributeLine),
    ...media.flatMap(mediaLines),
  ];
  return lines.map((line) => `${line.replace(/[\0\r\n]+/g, ' ')}\r\n`).join('');
}

function mediaLines(media: SdpMedia): string[] {
  const ports = media.portCount === undefined ? String(media.port) : `${media.port}/${media.portCount}`;
  return [
    `m=${media.kind} ${ports} ${media.protocol} ${media.formats.join(' ')}`,
    ...optional('i', media.information),
    ...media.connections.map(connectionLine),
    ...media.bandwidths.map(bandwidthLine),
    ...optional('k', media.key),
    ...media.attributes.map(attributeLine),
  ];
}

function connectionLine({ networkType, addressType, address }: SdpConnection): string {
  return `c=${networkType} ${addressType} ${address}`;
}

function bandwidthLine({ kind, value }: SdpBandwidth): string {
  return `b=${kind}:${value}`;
}

function attributeLine({ name, value }: SdpAttribute): string {
  return value === undefined ? `a=${name}` : `a=${name}:${value}`;
}

function optional(letter: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${letter}=${value}`];
}
