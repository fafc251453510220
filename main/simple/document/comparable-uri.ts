// Comparing the URIs in documents: one user is one text, whatever scheme, case of host, escapes or parameters (RFC 3261 §19.1.4, RFC 3859, RFC 3860).

const PERSON_SCHEMES: ReadonlySet<string> = new Set(['sip', 'sips', 'pres', 'im']);

/** A text that is equal for URIs that name the same user. Anything that is no such URI is only trimmed. */
export function comparableUri(uriText: string): string {
  const trimmed = uriText.trim();
  const colon = trimmed.indexOf(':');
  if (colon < 0 || !PERSON_SCHEMES.has(trimmed.slice(0, colon).toLowerCase())) return trimmed;
  const rest = trimmed.slice(colon + 1);
  // WHY: the user part may hold ';' and '?' itself, so parameters and headers are looked for only behind the '@'.
  const at = rest.indexOf('@');
  const host = rest
    .slice(at + 1)
    .replace(/[;?].*$/s, '')
    .toLowerCase();
  return at < 0 ? `sip:${host}` : `sip:${decodeUser(rest.slice(0, at))}@${host}`;
}

/** The host of such a URI, in lower case and without port; '' when it has none. */
export function hostOf(uriText: string): string {
  const comparable = comparableUri(uriText);
  if (!comparable.startsWith('sip:')) return '';
  return comparable.slice(Math.max(comparable.lastIndexOf('@'), 3) + 1).replace(/:\d*$/, '');
}

function decodeUser(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}
