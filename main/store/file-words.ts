// Sentences for people: why a file that was named cannot be read or written, or imported.

const CHOOSE = 'Choose a file that was exported as JSON Lines.';

export const EMPTY_FILE = `This file is empty. ${CHOOSE}`;
export const NOT_TEXT = `This file is no text, so it is no exported history. ${CHOOSE}`;
export const WEB_PAGE = 'This is a page for reading, which cannot be imported. Export again as JSON Lines and choose that file.';

/** `line` is the first that is no message, from 1; no line before or after is one. */
export function notAHistory(line: number, isJson: boolean): string {
  const what = isJson
    ? `Line ${line} of this file is JSON, but no message of a history.`
    : `Line ${line} of this file is no message: it is not JSON.`;
  return `${what} ${CHOOSE}`;
}

const UNWRITABLE = 'This file or folder is closed to you. Choose another one, or change its permissions.';
const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder.',
  ENOTDIR: 'There is no such file or folder.',
  EACCES: UNWRITABLE,
  EPERM: UNWRITABLE,
  EROFS: UNWRITABLE,
  EISDIR: 'This is a folder. Choose a file.',
  ENOSPC: 'There is no room for this file. Free some space, or choose another disk.',
};

/** What the system said of a file: `code` as of an errno, e.g. ENOENT. */
export function systemWords(code: string): string {
  return SYSTEM[code] ?? `The system cannot read or write this file (${code}).`;
}
