// Keeping a header field on its line.

/** SECURITY: CR, LF and NUL become spaces, so that no value can start a header, a body part or a message of its own. */
export function onOneLine(line: string): string {
  return line.replaceAll('\r', ' ').replaceAll('\n', ' ').replaceAll('\0', ' ');
}
