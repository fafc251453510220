// The part of a text that matched, with the matches between U+0001 and U+0002.

/** About two lines. */
const SNIPPET_LENGTH = 160;
/** So much before the first match, so that it is read in its sentence. */
const LEAD_LENGTH = 48;

const MARK_START = '\u0001';
const MARK_END = '\u0002';
// SECURITY: a text must not bring marks of its own.
const MARKS = new RegExp(`[${MARK_START}${MARK_END}]`, 'gu');

/** A place not inside of a pair of surrogates. */
function whole(text: string, place: number): number {
  const unit = text.charCodeAt(place);
  return unit >= 0xdc00 && unit <= 0xdfff ? place + 1 : place;
}

/** The start of a word near `place`, at most a dozen characters on. */
function wordStart(text: string, place: number, limit: number): number {
  const space = text.indexOf(' ', place);
  return space === -1 || space >= Math.min(place + 12, limit) ? whole(text, place) : space + 1;
}

function withoutMarks(text: string): string {
  return text.includes(MARK_START) || text.includes(MARK_END) ? text.replace(MARKS, ' ') : text;
}

/** `matches` as findMatches gives them. Without any, the beginning of the text. */
export function printSnippet(text: string, matches: readonly (readonly [number, number])[]): string {
  const first = matches[0]?.[0] ?? 0;
  const isShort = text.length <= SNIPPET_LENGTH;
  const from =
    isShort || first <= LEAD_LENGTH ? 0 : wordStart(text, Math.min(first, text.length - SNIPPET_LENGTH + LEAD_LENGTH) - LEAD_LENGTH, first);
  const to = isShort ? text.length : whole(text, Math.min(text.length, from + SNIPPET_LENGTH));
  // As long as the text: a mark becomes one space.
  const shown = withoutMarks(text);
  let snippet = from > 0 ? '…' : '';
  let place = from;
  for (const match of matches) {
    const start = match[0];
    if (start >= to) break;
    const stop = Math.min(match[1], to);
    if (stop <= place) continue;
    snippet += `${shown.slice(place, start)}${MARK_START}${shown.slice(start, stop)}${MARK_END}`;
    place = stop;
  }
  snippet += shown.slice(place, to);
  return to < text.length ? `${snippet}…` : snippet;
}
