// Cutting a byte stream into SIP messages by Content-Length (RFC 3261 §18.3) and keep-alives (RFC 5626 §4.4.1).
import { MAX_BODY_BYTES, MAX_HEAD_BYTES } from './limits.ts';
import type { ParseFailure, SipMessage } from './message.ts';
import { type ParsedHead, parseHead, refuse } from './parse-message.ts';

/**
 * What came out of a stream. `ping` is the double CRLF that wants a single CRLF (`pong`) back.
 * After a fatal failure the place of the next message is unknown: answer if `answerable`, then close.
 */
export type StreamItem =
  | { readonly kind: 'message'; readonly message: SipMessage }
  | { readonly kind: 'failure'; readonly failure: ParseFailure; readonly isFatal: boolean }
  | { readonly kind: 'ping' }
  | { readonly kind: 'pong' };

const CR = 0x0d;
const LF = 0x0a;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);

/** A head that is read (or refused) while its body may still be arriving. Indexes count in the framer's current view. */
interface Pending {
  readonly head: ParsedHead | ParseFailure;
  readonly bodyLength: number;
}

/** One per connection. Holds at most one unfinished message, bounded by limits.ts. Bodies are views of what was fed. */
export class StreamFramer {
  /** The start of an unfinished message, copied; room to grow behind `#heldLength` keeps many small pieces linear. */
  #held: Buffer = NOTHING;
  #heldLength = 0;
  /** Up to here no head ends. */
  #searched = 0;
  #pending: Pending | undefined = undefined;
  #bodyStart = 0;
  /** A single CRLF came last: with another one it is a ping in two pieces. */
  #isAfterBreak = false;
  #isBroken = false;

  /** Takes the next bytes and returns what they completed, in order. After a fatal failure: nothing more. */
  feed(bytes: Uint8Array): StreamItem[] {
    const items: StreamItem[] = [];
    if (this.#isBroken) return items;
    const view = this.#heldLength === 0 ? asBuffer(bytes) : this.#append(bytes);
    let at = 0;
    for (;;) {
      const next = this.#pending === undefined ? this.#takeStart(view, at, items) : this.#takeBody(view, this.#pending, items);
      if (next === -1) break;
      at = next;
    }
    this.#keep(view, at);
    return items;
  }

  /** How many bytes wait for the rest of their message. */
  get heldBytes(): number {
    return this.#heldLength;
  }

  #append(bytes: Uint8Array): Buffer {
    const length = this.#heldLength + bytes.length;
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#held.length));
      this.#held.copy(grown, 0, 0, this.#heldLength);
      this.#held = grown;
    }
    this.#held.set(bytes, this.#heldLength);
    this.#heldLength = length;
    return this.#held.subarray(0, length);
  }

  /** Keeps what is left from `at` on. Never in place: bodies given out are views of the old bytes. */
  #keep(view: Buffer, at: number): void {
    if (this.#isBroken || at === view.length) {
      this.#held = NOTHING;
      this.#heldLength = 0;
    } else if (at > 0 || this.#heldLength === 0) {
      const wanted = this.#pending === undefined ? 0 : this.#bodyStart - at + this.#pending.bodyLength;
      this.#heldLength = view.length - at;
      this.#held = Buffer.allocUnsafeSlow(Math.max(this.#heldLength, wanted));
      view.copy(this.#held, 0, at);
    }
    this.#searched = Math.max(0, this.#searched - at);
    this.#bodyStart -= at;
  }

  /** What starts at `at`: a keep-alive or a head. Returns where to go on, -1 to wait for more. */
  #takeStart(view: Buffer, at: number, items: StreamItem[]): number {
    if (view[at] === CR && (at + 1 === view.length || view[at + 1] === LF)) return this.#takeBreak(view, at, items);
    if (at === view.length) return -1;
    this.#isAfterBreak = false;
    const headEnd = view.indexOf(END_OF_HEAD, Math.max(at, this.#searched));
    if (headEnd === -1 && view.length - at <= MAX_HEAD_BYTES) {
      this.#searched = Math.max(at, view.length - END_OF_HEAD.length + 1);
      return -1;
    }
    const head = parseHead(view, at, headEnd);
    if (headEnd === -1 || headEnd - at > MAX_HEAD_BYTES) return this.#break(head, at, items);
    this.#bodyStart = headEnd + END_OF_HEAD.length;
    const bodyLength = head.kind === 'head' ? head.contentLength : findContentLength(view.toString('latin1', at, headEnd));
    if (bodyLength === -1 || bodyLength > MAX_BODY_BYTES) {
      if (head.kind === 'failure') return this.#break(head, at, items);
      const failure =
        bodyLength === -1
          ? refuse(head.message, headEnd, 'a stream needs Content-Length', 400)
          : refuse(head.message, headEnd, 'body too large', 413);
      return this.#break(failure, at, items);
    }
    this.#pending = { head: head.kind === 'failure' ? fromStart(head, at) : head, bodyLength };
    return at;
  }

  #takeBreak(view: Buffer, at: number, items: StreamItem[]): number {
    if (at + 1 === view.length) return -1;
    if (view[at + 2] === CR && view[at + 3] === LF) {
      this.#isAfterBreak = false;
      items.push({ kind: 'ping' });
      return at + 4;
    }
    items.push({ kind: this.#isAfterBreak ? 'ping' : 'pong' });
    this.#isAfterBreak = !this.#isAfterBreak;
    return at + 2;
  }

  #takeBody(view: Buffer, pending: Pending, items: StreamItem[]): number {
    const end = this.#bodyStart + pending.bodyLength;
    if (end > view.length) return -1;
    if (pending.head.kind === 'failure') {
      items.push({ kind: 'failure', failure: pending.head, isFatal: false });
    } else {
      const { message } = pending.head;
      if (pending.bodyLength > 0) message.body = view.subarray(this.#bodyStart, end);
      items.push({ kind: 'message', message });
    }
    this.#pending = undefined;
    return end;
  }

  /** Ends the stream with a fatal failure. */
  #break(failure: ParsedHead | ParseFailure, at: number, items: StreamItem[]): -1 {
    this.#isBroken = true;
    if (failure.kind === 'failure') items.push({ kind: 'failure', failure: fromStart(failure, at), isFatal: true });
    return -1;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The failure with its offset counted from the start of its message. */
function fromStart(failure: ParseFailure, start: number): ParseFailure {
  return { ...failure, offset: failure.offset - start };
}

/** The one Content-Length in a head that is otherwise broken, so that the stream can go on behind it; -1 when there is not exactly one. */
function findContentLength(head: string): number {
  const values = [...head.matchAll(/^(?:content-length|l)[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?$/gim)];
  return values.length === 1 ? Number(values[0]?.[1]) : -1;
}
