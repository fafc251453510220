// Character classes of the SIP grammar (RFC 3261 §25.1, RFC 3986 §2) as one table of bits.

export const DIGIT = 1;
export const HEX = 2;
/** Characters of a token: methods, header names, parameter names. */
export const TOKEN = 4;
/** May stand in the user part as it is. */
export const USER = 8;
/** May stand in the password as it is. */
export const PASSWORD = 16;
/** May stand in a URI parameter as it is. */
export const URI_PARAMETER = 32;
/** May stand in a URI header as it is. */
export const URI_HEADER = 64;
/** Host names and IPv4 addresses. INTEROP(Docker, Windows): the underscore occurs in real host names. */
export const HOST = 128;

/** May stand in a URI of another scheme: visible, and none of the delimiters around a URI. */
export const OTHER_URI = 256;

/** A parameter's value that stands without quotes wherever it must be kept as it came: visible ASCII but `" , ; < > \`. */
export const BARE = 512;
/** May stand between quotes as it is: visible ASCII and the space, without `"` and the backslash. */
export const PLAIN = 1024;

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const digits = '0123456789';
const unreserved = `${letters}${digits}-_.!~*'()`;

/** WHY one place for every character there is: the question is asked for each one that is read or written. */
const classes = new Uint16Array(0x10000);

function mark(characters: string, mask: number): void {
  for (let index = 0; index < characters.length; index += 1) {
    const code = characters.charCodeAt(index);
    classes[code] = (classes[code] ?? 0) | mask;
  }
}

mark(digits, DIGIT);
mark(`${digits}abcdefABCDEF`, HEX);
mark(`${letters}${digits}-.!%*_+\`'~`, TOKEN);
mark(`${unreserved}&=+$,;?/`, USER);
mark(`${unreserved}&=+$,`, PASSWORD);
mark(`${unreserved}[]/:&+$`, URI_PARAMETER);
mark(`${unreserved}[]/?:+$`, URI_HEADER);
mark(`${letters}${digits}-._`, HOST);
mark(`${unreserved}%;/?:@&=+$,#[]^{}|\\\``, OTHER_URI);

for (let code = 0x20; code < 0x7f; code += 1) {
  const character = String.fromCharCode(code);
  if (!'"\\'.includes(character)) mark(character, PLAIN);
  if (!' ",;<>\\'.includes(character)) mark(character, BARE);
}

/** Whether the character code belongs to one of the classes in `mask`. */
export function isOf(code: number, mask: number): boolean {
  return ((classes[code] ?? 0) & mask) !== 0;
}

/** Whether `text` is not empty and each of its characters belongs to one of the classes in `mask`. */
export function isAllOf(text: string, mask: number): boolean {
  for (let index = 0; index < text.length; index += 1) if (!isOf(text.charCodeAt(index), mask)) return false;
  return text.length > 0;
}
