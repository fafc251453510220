// Where the printers put their text: into a string, or straight into the bytes of a message.
import { isAllOf } from './character.ts';

/** Takes the pieces of a text in order. */
export interface TextSink {
  add(text: string): void;
  /**
   * Adds the text where it is not empty and each of its characters belongs to one of the classes in `mask`; otherwise adds nothing and
   * says false. WHY: what must be looked at before it may stand there is looked at once, while it is written.
   */
  addIf(text: string, mask: number): boolean;
  /** One ASCII character that the grammar puts between the pieces, by its code. */
  mark(code: number): void;
}

export const SPACE = 0x20;
export const QUOTE = 0x22;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const LESS = 0x3c;
export const EQUALS = 0x3d;
export const GREATER = 0x3e;
export const AT = 0x40;

class StringSink implements TextSink {
  text = '';

  add(text: string): void {
    this.text += text;
  }

  addIf(text: string, mask: number): boolean {
    if (!isAllOf(text, mask)) return false;
    this.text += text;
    return true;
  }

  mark(code: number): void {
    this.text += String.fromCharCode(code);
  }
}

/** What `write` writes of `value`, as a string. */
export function printed<T>(write: (sink: TextSink, value: T) => void, value: T): string {
  const sink = new StringSink();
  write(sink, value);
  return sink.text;
}
