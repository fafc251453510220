// A WebSocket on top of a stream: the opening handshake, then one write and one `onData` for each message (RFC 6455 §4.1, RFC 7118).
import { createHash } from 'node:crypto';
import type { StreamEvents, StreamSocket } from '../network.ts';
import type { Random } from '../random.ts';
import { clientFrame, CLOSE_STATUS, OPCODE, WebSocketReader } from './websocket-frame.ts';

export interface WebSocketOptions {
  /** `host:port` for the Host field. */
  readonly host: string;
  readonly path: string;
  readonly random: Random;
}

/** RFC 6455 §1.3. */
const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const KEY_BYTES = 16;
/** SECURITY: a server that pings and reads nothing gets no more pongs than this many bytes wait (RFC 6455 §5.5.3 asks for the last one only). */
const MOST_UNSENT_BEFORE_PONG = 65_536;
/** A server's answer to the handshake has a few short fields. */
const MOST_HANDSHAKE_BYTES = 8_192;

/** Opens the stream with `open` and shakes hands. Rejects with the system's error, or one that says what the server answered. */
export async function openWebSocket(
  options: WebSocketOptions,
  events: StreamEvents,
  signal: AbortSignal,
  open: (events: StreamEvents) => Promise<StreamSocket>,
): Promise<StreamSocket> {
  const handshake = new Handshake(options, events);
  const socket = await open(handshake);
  return handshake.run(socket, signal);
}

class Handshake implements StreamEvents {
  readonly #options: WebSocketOptions;
  readonly #events: StreamEvents;
  readonly #key: string;
  readonly #done = Promise.withResolvers<StreamSocket>();
  #text = '';
  #socket: StreamSocket | undefined;
  #stream: WebSocketStream | undefined;

  constructor(options: WebSocketOptions, events: StreamEvents) {
    this.#options = options;
    this.#events = events;
    this.#key = Buffer.from(options.random.bytes(KEY_BYTES)).toString('base64');
  }

  run(socket: StreamSocket, signal: AbortSignal): Promise<StreamSocket> {
    this.#socket = socket;
    signal.addEventListener('abort', () => this.#fail('given up'));
    if (signal.aborted) this.#fail('given up');
    else socket.write(Buffer.from(requestText(this.#options, this.#key)));
    return this.#done.promise;
  }

  onData(bytes: Uint8Array): void {
    if (this.#stream !== undefined) return this.#stream.receive(bytes);
    this.#text += Buffer.from(bytes).toString('latin1');
    const end = this.#text.indexOf('\r\n\r\n');
    if (end < 0) {
      if (this.#text.length > MOST_HANDSHAKE_BYTES) this.#fail('the server does not speak WebSocket there');
      return;
    }
    const problem = problemOf(this.#text.slice(0, end), this.#key);
    if (problem !== undefined || this.#socket === undefined) return this.#fail(problem ?? 'closed');
    const rest = Buffer.from(this.#text.slice(end + 4), 'latin1');
    const stream = new WebSocketStream(this.#socket, this.#options.random, this.#events);
    this.#stream = stream;
    this.#done.resolve(stream);
    // WHY: whoever awaits the socket gets it first, and then what came with the server's answer.
    if (rest.length > 0) queueMicrotask(() => stream.receive(rest));
  }

  onClosed(error: Error | undefined): void {
    if (this.#stream === undefined) this.#done.reject(error ?? connectionError('the server closed the connection'));
    else this.#events.onClosed(error);
  }

  #fail(reason: string): void {
    if (this.#stream !== undefined) return;
    this.#done.reject(connectionError(reason));
    this.#socket?.close();
  }
}

class WebSocketStream implements StreamSocket {
  readonly #socket: StreamSocket;
  readonly #random: Random;
  readonly #events: StreamEvents;
  readonly #reader = new WebSocketReader();
  #isClosed = false;

  constructor(socket: StreamSocket, random: Random, events: StreamEvents) {
    this.#socket = socket;
    this.#random = random;
    this.#events = events;
  }

  get local(): StreamSocket['local'] {
    return this.#socket.local;
  }

  get remote(): StreamSocket['remote'] {
    return this.#socket.remote;
  }

  /** WHY: binary, because a SIP body need not be UTF-8, and a text frame must (RFC 7118 §5.1 allows both). */
  write(bytes: Uint8Array): boolean {
    return this.#send(OPCODE.binary, bytes);
  }

  pendingBytes(): number {
    return this.#socket.pendingBytes();
  }

  close(): void {
    this.#close(CLOSE_STATUS.normal);
  }

  receive(bytes: Uint8Array): void {
    for (const item of this.#reader.feed(bytes)) {
      // RFC 6455 §5.5.1: nothing counts that comes after a Close frame, theirs or ours.
      if (this.#isClosed) return;
      if (item.kind === 'message') this.#events.onData(item.payload);
      else if (item.kind === 'ping') this.#pong(item.payload);
      else if (item.kind !== 'pong') this.#close(item.status);
    }
  }

  #pong(payload: Uint8Array): void {
    if (this.#socket.pendingBytes() <= MOST_UNSENT_BEFORE_PONG) this.#send(OPCODE.pong, payload);
  }

  /** One Close frame, and the end of the connection (§7.1.1). */
  #close(status: number | undefined): void {
    if (this.#isClosed) return;
    this.#send(OPCODE.close, status === undefined ? new Uint8Array(0) : Uint8Array.of(status >> 8, status & 0xff));
    this.#isClosed = true;
    this.#socket.close();
  }

  #send(opcode: number, payload: Uint8Array): boolean {
    if (this.#isClosed) return false;
    return this.#socket.write(clientFrame(opcode, payload, this.#random.bytes(4)));
  }
}

function requestText(options: WebSocketOptions, key: string): string {
  return [
    `GET ${options.path} HTTP/1.1`,
    `Host: ${options.host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: sip',
    '',
    '',
  ].join('\r\n');
}

/** Why the server's answer is none we can go on with (RFC 6455 §4.1, RFC 7118 §4); undefined when it is. */
function problemOf(head: string, key: string): string | undefined {
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1];
  if (status !== '101') return status === undefined ? 'the server does not speak WebSocket there' : `the server answered ${status}`;
  const fields = fieldsOf(lines);
  if (fields.get('upgrade')?.toLowerCase() !== 'websocket') return 'the server did not change to WebSocket';
  const connection = fields.get('connection')?.toLowerCase().split(/ *, */);
  if (connection?.includes('upgrade') !== true) return 'the server did not change to WebSocket';
  // We asked for none.
  if (fields.has('sec-websocket-extensions')) return 'the server uses an extension of WebSocket that nobody asked for';
  const accept = createHash('sha1')
    .update(key + ACCEPT_SUFFIX)
    .digest('base64');
  if (fields.get('sec-websocket-accept') !== accept) return 'the server did not prove that it speaks WebSocket';
  return fields.get('sec-websocket-protocol')?.toLowerCase() === 'sip' ? undefined : 'the server does not speak SIP over this WebSocket';
}

/** By name in lower case; those that come twice joined, as HTTP has it. */
function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    const before = fields.get(name);
    const value = line.slice(colon + 1).trim();
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}

function connectionError(reason: string): Error {
  return Object.assign(new Error(reason), { code: 'ECONNREFUSED' });
}
