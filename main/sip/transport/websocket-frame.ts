// WebSocket frames as a client sends and reads them (RFC 6455 §5).
import { MAX_BODY_BYTES, MAX_HEAD_BYTES } from '../message/limits.ts';

export type WebSocketItem =
  | { readonly kind: 'message'; readonly payload: Uint8Array }
  | { readonly kind: 'ping'; readonly payload: Uint8Array }
  | { readonly kind: 'pong' }
  /** `status`: what to answer it with; undefined where the peer gave no reason. */
  | { readonly kind: 'close'; readonly status: number | undefined }
  /** The peer breaks the protocol: close, and say so by `status`. Nothing comes after it. */
  | { readonly kind: 'failure'; readonly reason: string; readonly status: number };

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** RFC 6455 §7.4.1. */
export const CLOSE_STATUS = { normal: 1000, protocolError: 1002, tooBig: 1009 } as const;
/** §7.4: what no frame may carry, beside all below 1000. */
const RESERVED_STATUS: ReadonlySet<number> = new Set([1004, 1005, 1006, 1015]);
const LARGEST_STATUS = 4_999;

/** One SIP message at its largest. */
const MOST_MESSAGE_BYTES = MAX_HEAD_BYTES + MAX_BODY_BYTES;
/** RFC 6455 §5.5: control frames are this short and never in pieces. */
const MOST_CONTROL_BYTES = 125;
/** SECURITY: pieces of one message; empty ones cost the peer two bytes each, and us a hundred. */
const MOST_FRAGMENTS = 1_024;
const SHORT_LENGTH = 126;
const LONG_LENGTH = 127;
const MASK_BYTES = 4;

/** One unfragmented frame, masked with `mask` (4 random bytes), as every frame of a client must be. */
export function clientFrame(opcode: number, payload: Uint8Array, mask: Uint8Array): Uint8Array {
  const { length } = payload;
  const lengthBytes = length < SHORT_LENGTH ? 0 : length < 65_536 ? 2 : 8;
  const head = 2 + lengthBytes + MASK_BYTES;
  const frame = new Uint8Array(head + length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (lengthBytes === 0 ? length : lengthBytes === 2 ? SHORT_LENGTH : LONG_LENGTH);
  if (lengthBytes === 2) view.setUint16(2, length);
  if (lengthBytes === 8) view.setBigUint64(2, BigInt(length));
  frame.set(mask, head - MASK_BYTES);
  for (let index = 0; index < length; index++) frame[head + index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0);
  return frame;
}

/**
 * Reads what a server sends. Holds at most one message that is not complete.
 * DEVIATION(RFC 6455 §8.1): text that is not UTF-8 is taken as it is. A stranger's message with such bytes, which a lax server passes on as
 * text, must not end the connection that carries everybody else's.
 */
export class WebSocketReader {
  #buffer: Uint8Array = new Uint8Array(0);
  /** What came since, not joined before there is enough of it: many small reads stay linear. */
  #arrived: Uint8Array[] = [];
  #arrivedBytes = 0;
  #fragments: Uint8Array[] = [];
  #fragmentBytes = 0;
  #isInMessage = false;
  #hasFailed = false;

  feed(bytes: Uint8Array): WebSocketItem[] {
    if (this.#hasFailed) return [];
    this.#arrived.push(bytes);
    this.#arrivedBytes += bytes.length;
    if (this.#buffer.length > 0 && this.#arrivedBytes < this.#missingBytes()) return [];
    this.#buffer = this.#buffer.length === 0 && this.#arrived.length === 1 ? bytes : joined([this.#buffer, ...this.#arrived]);
    this.#arrived = [];
    this.#arrivedBytes = 0;
    const items: WebSocketItem[] = [];
    for (let item = this.#next(); item !== undefined; item = this.#next()) {
      if (item === 'nothing') continue;
      items.push(item);
      this.#hasFailed = item.kind === 'failure';
      if (this.#hasFailed) break;
    }
    return items;
  }

  /** How many bytes the frame that is begun lacks at least. */
  #missingBytes(): number {
    const buffer = this.#buffer;
    const head = headBytes((buffer[1] ?? 0) & 0x7f);
    if (buffer.length < head) return 1;
    return Math.max(1, head + payloadBytes(buffer, head) - buffer.length);
  }

  /** The next frame's meaning; undefined when the frame is not complete. */
  #next(): WebSocketItem | 'nothing' | undefined {
    const buffer = this.#buffer;
    const [first, second] = buffer;
    if (first === undefined || second === undefined) return undefined;
    const head = headBytes(second & 0x7f);
    // SECURITY: a server's frame is never masked and has no extension bits, for none was agreed (§5.1, §5.2).
    if ((second & 0x80) !== 0 || (first & 0x70) !== 0) return broken('a frame with bits that were not agreed');
    if (buffer.length < head) return undefined;
    const length = payloadBytes(buffer, head);
    if (length + this.#fragmentBytes > MOST_MESSAGE_BYTES) return broken('a message that is too large', CLOSE_STATUS.tooBig);
    if (buffer.length < head + length) return undefined;
    this.#buffer = buffer.subarray(head + length);
    return this.#meaning(first & 0x0f, (first & 0x80) !== 0, buffer.slice(head, head + length));
  }

  #meaning(opcode: number, isLast: boolean, payload: Uint8Array): WebSocketItem | 'nothing' {
    if (opcode >= OPCODE.close) {
      if (!isLast || payload.length > MOST_CONTROL_BYTES) return broken('a control frame in pieces');
      if (opcode === OPCODE.close) return closing(payload);
      if (opcode === OPCODE.ping) return { kind: 'ping', payload };
      return opcode === OPCODE.pong ? { kind: 'pong' } : broken('an unknown control frame');
    }
    const isStart = opcode !== OPCODE.continuation;
    if (opcode > OPCODE.binary || isStart === this.#isInMessage) return broken('a frame out of place');
    if (this.#fragments.length >= MOST_FRAGMENTS) return broken('a message in too many pieces', CLOSE_STATUS.tooBig);
    this.#fragments.push(payload);
    this.#fragmentBytes += payload.length;
    this.#isInMessage = !isLast;
    if (!isLast) return 'nothing';
    const whole = this.#fragments.length === 1 ? payload : joined(this.#fragments);
    this.#fragments = [];
    this.#fragmentBytes = 0;
    return { kind: 'message', payload: whole };
  }
}

function broken(reason: string, status: number = CLOSE_STATUS.protocolError): WebSocketItem {
  return { kind: 'failure', reason, status };
}

/** §5.5.1: a Close frame has nothing, or a status with whatever text. */
function closing(payload: Uint8Array): WebSocketItem {
  const [high, low] = payload;
  if (high === undefined) return { kind: 'close', status: undefined };
  const status = high * 256 + (low ?? 0);
  const isSayable = status >= CLOSE_STATUS.normal && status <= LARGEST_STATUS && !RESERVED_STATUS.has(status);
  return low !== undefined && isSayable ? { kind: 'close', status } : broken('a Close frame with a status that none may have');
}

function headBytes(shortLength: number): number {
  if (shortLength === LONG_LENGTH) return 10;
  return shortLength === SHORT_LENGTH ? 4 : 2;
}

/** Of a frame whose head, of `head` bytes, is complete. */
function payloadBytes(buffer: Uint8Array, head: number): number {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  if (head === 2) return (buffer[1] ?? 0) & 0x7f;
  return head === 4 ? view.getUint16(2) : Number(view.getBigUint64(2));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
