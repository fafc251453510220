// Text from others and from the keyboard, made safe to store and show: no control characters, bounded.

/** Longest text kept of one incoming message, in UTF-16 units; more than any page-mode message should carry. */
export const INCOMING_TEXT_LIMIT = 100_000;
/** Longest name kept that somebody claims for themself. */
const NAME_LIMIT = 200;

// SECURITY: control characters (C0, DEL, C1) have no business in a message; line feed and tab do. Bidirectional marks stay: the page isolates them.
const CONTROL = /(?![\n\t])[\p{Cc}]/gu;
const LINE_END = /\r\n?/g;
/** Half of a surrogate pair on its own would not survive being stored as UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** SECURITY: in a name, marks that override or embed a direction can make it read as another one, also where the page isolates it. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/gu;

/** A message's text: line ends as \n, other controls gone, at most `limit` units (default `INCOMING_TEXT_LIMIT`); what was cut is marked by an ellipsis. */
export function cleanText(text: string, limit = INCOMING_TEXT_LIMIT): string {
  const cleaned = text.replace(LINE_END, '\n').replace(CONTROL, '');
  const bounded = cleaned.length <= limit ? cleaned : `${cleaned.slice(0, limit - 1)}…`;
  return bounded.replace(LONE_SURROGATE, '\ufffd');
}

/** A display name as somebody claims it: one line, bounded, trimmed. */
export function cleanName(name: string | undefined): string {
  if (name === undefined) return '';
  return cleanText(name.replace(TURNING, ''), NAME_LIMIT)
    .replace(/[\n\t]+/g, ' ')
    .trim();
}
