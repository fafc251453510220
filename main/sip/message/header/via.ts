// Via (RFC 3261 §20.42, §25.1).
import { scanHost } from '../../uri/parse-uri.ts';
import { SPACE, type TextSink, printed } from '../../uri/text-sink.ts';
import { COLON, type Cursor, SLASH, scanNumber } from '../grammar/cursor.ts';
import { listCodec } from '../grammar/lists.ts';
import { scanParameters, writeParameters } from '../grammar/parameters.ts';
import type { ViaHeader } from '../message.ts';
import type { HeaderCodec } from './header.ts';

const LARGEST_PORT = 65_535;

/** One Via: `SIP/2.0/transport host[:port]` and parameters, with white space wherever the grammar has it. */
export function scanVia(cursor: Cursor): ViaHeader | undefined {
  cursor.skipSpace();
  const transport = scanProtocol(cursor);
  if (transport === undefined) return undefined;
  const beforeHost = cursor.at;
  cursor.skipSpace();
  const hostStart = cursor.at;
  if (hostStart === beforeHost) return cursor.fail('white space expected after the transport');
  const hostEnd = scanHost(cursor.text, hostStart, cursor.end);
  if (hostEnd === hostStart) return cursor.fail('host expected');
  const host = cursor.text.slice(hostStart, hostEnd);
  cursor.at = hostEnd;
  let port: number | undefined;
  if (cursor.takeSeparator(COLON)) {
    port = scanNumber(cursor, LARGEST_PORT);
    if (port === undefined) return undefined;
  }
  const parameters = scanParameters(cursor);
  return parameters === undefined ? undefined : { transport, host, port, parameters };
}

/** `SIP / 2.0 / transport`; the transport in upper case. */
function scanProtocol(cursor: Cursor): string | undefined {
  const { text, at } = cursor;
  if (text.startsWith('SIP/2.0/', at)) {
    cursor.at = at + 8;
  } else {
    if (cursor.token().toUpperCase() !== 'SIP' || !cursor.takeSeparator(SLASH)) return cursor.fail('SIP/2.0 expected');
    if (cursor.token() !== '2.0' || !cursor.takeSeparator(SLASH)) return cursor.fail('SIP/2.0 expected');
  }
  cursor.skipSpace();
  const transport = cursor.token();
  if (transport === 'UDP' || transport === 'TCP' || transport === 'TLS') return transport;
  return transport === '' ? cursor.fail('transport expected') : transport.toUpperCase();
}

export function printVia(via: ViaHeader): string {
  return printed(writeVia, via);
}

export function writeVia(sink: TextSink, via: ViaHeader): void {
  sink.add('SIP/2.0/');
  writeViaRest(sink, via);
}

/** What follows `SIP/2.0/`. */
export function writeViaRest(sink: TextSink, { transport, host, port, parameters }: ViaHeader): void {
  sink.add(transport);
  sink.mark(SPACE);
  sink.add(host);
  if (port !== undefined) {
    sink.mark(COLON);
    sink.add(String(port));
  }
  writeParameters(sink, parameters);
}

export const viaHeader: HeaderCodec<readonly ViaHeader[]> = listCodec('Via', scanVia, printVia);
