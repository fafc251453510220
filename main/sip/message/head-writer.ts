// The head of a message written piece by piece, straight into bytes (RFC 3261 §7). Bytes of many messages stand in one block.
import { isOf } from '../uri/character.ts';
import { encodeText } from '../uri/octets.ts';
import type { TextSink } from '../uri/text-sink.ts';
import { onOneLine } from './grammar/one-line.ts';

/**
 * Some eighty messages. WHY no more: one message that is kept keeps its whole block, so that the 8,192 requests left unanswered at most
 * (`transaction/table.ts`), each with its last provisional response, hold 256 MB if somebody wants them to. WHY no less: half of it costs
 * a tenth of the time it takes to build a message, and twice as much saves nothing more.
 */
const BLOCK_BYTES = 32_768;
/** A character becomes three bytes at most; one of two code units becomes four. */
const MOST_BYTES_OF_UNIT = 3;
const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const SPACE = 0x20;
/** Between these a character is its own byte and breaks no line. */
const LEAST_PLAIN = 0x0e;
const MOST_PLAIN = 0x7f;

/** The break before a line and all that always begins it, for `startLine`. */
export function fieldStart(text: string): Uint8Array {
  return encodeText(`\r\n${text}`);
}

export class HeadWriter implements TextSink {
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  /** WHY kept: to ask a buffer for its memory is a call out of the compiled code. */
  #memory = this.#block.buffer;
  #start = 0;
  #at = 0;

  /** A new message begins; what was not ended is forgotten. */
  begin(): void {
    this.#at = this.#start;
  }

  /**
   * SECURITY: the one guard against header injection. Whatever a value holds (a display name, a subject, a reason phrase), CR, LF
   * and NUL in it become spaces here; the line breaks of a head come from `startField`, `startLine` and `end` alone.
   */
  add(text: string): void {
    const { length } = text;
    if (this.#block.length - this.#at < length) this.#makeRoom(length);
    const block = this.#block;
    const start = this.#at;
    // WHY no branch within: nearly every text may stand as it is, and then one look at the sign of all differences is enough.
    let signs = 0;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      signs |= (code - LEAST_PLAIN) | (MOST_PLAIN - code);
      block[start + index] = code;
    }
    if (signs < 0) this.#addEncoded(text);
    else this.#at = start + length;
  }

  /** SECURITY: no class holds CR, LF or NUL, so nothing is left to guard. */
  addIf(text: string, mask: number): boolean {
    const { length } = text;
    if (this.#block.length - this.#at < length) this.#makeRoom(length);
    const block = this.#block;
    let at = this.#at;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (!isOf(code, mask)) return false;
      block[at] = code;
      at += 1;
    }
    this.#at = at;
    return length > 0;
  }

  mark(code: number): void {
    if (this.#at === this.#block.length) this.#makeRoom(1);
    this.#block[this.#at] = code;
    this.#at += 1;
  }

  /** Ends the line before and begins the next one with what `fieldStart` made. */
  startLine(start: Uint8Array): void {
    const { length } = start;
    if (this.#block.length - this.#at < length) this.#makeRoom(length);
    const block = this.#block;
    const at = this.#at;
    // WHY not `set`: for so few bytes the call costs more than the copy.
    for (let index = 0; index < length; index += 1) block[at + index] = start[index] ?? 0;
    this.#at = at + length;
  }

  /** The same for any name. */
  startField(name: string): void {
    this.#break();
    this.add(name);
    this.mark(COLON);
    this.mark(SPACE);
  }

  /** Ends the head, puts the body behind it, and gives the whole message. */
  end(body: Uint8Array): Uint8Array {
    this.#break();
    this.#break();
    this.#makeRoom(body.length);
    if (body.length > 0) this.#block.set(body, this.#at);
    this.#at += body.length;
    const message = new Uint8Array(this.#memory, this.#start, this.#at - this.#start);
    this.#start = this.#at;
    return message;
  }

  #break(): void {
    this.mark(CR);
    this.mark(LF);
  }

  #addEncoded(text: string): void {
    this.#makeRoom(MOST_BYTES_OF_UNIT * text.length);
    const encoded = encodeText(onOneLine(text));
    this.#block.set(encoded, this.#at);
    this.#at += encoded.length;
  }

  /** Room for so many bytes more: where there is none, the message moves on to a block of its own. */
  #makeRoom(bytes: number): void {
    if (this.#block.length - this.#at >= bytes) return;
    const written = this.#at - this.#start;
    const moved = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, 2 * written + bytes));
    this.#block.copy(moved, 0, this.#start, this.#at);
    this.#block = moved;
    this.#memory = moved.buffer;
    this.#start = 0;
    this.#at = written;
  }
}
