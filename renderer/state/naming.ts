// What people and addresses are called on the screen.
import { shownName } from './safe-text.ts';

/** An address without its scheme, as people write it: `ada@example.org`. */
export function shownAddress(address: string): string {
  return shownName(address.replace(/^(?:sips?|pres|im):/iu, ''));
}

function userPart(address: string): string {
  const shown = shownAddress(address);
  const at = shown.lastIndexOf('@');
  return at > 0 ? shown.slice(0, at) : shown;
}

/** The first of: the person's own name for them, what they call themself, the user part of the address. */
export function personName(address: string, ownName: string, claimedName = ''): string {
  return shownName(ownName) || shownName(claimedName) || userPart(address);
}

/** One or two letters for an avatar. */
export function initials(name: string): string {
  const letters = name.split(/[\s._@-]+/u).flatMap((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? []);
  return ((letters[0] ?? '?') + (letters.length > 1 ? letters.at(-1) : '')).toLocaleUpperCase();
}

/** A hue from 0 to 359 that stays the same for an address (FNV-1a). */
export function hueOf(address: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < address.length; at += 1) hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % 360;
}

/** `localhost:25062` begins like a scheme, and is a computer with a port. */
const HOST_AND_PORT = /^(?!sips?:|tel:|im:|pres:)[a-z0-9.-]+:\d{1,5}$/iu;

/** Mends what people type as an address: adds the scheme. '' stays ''. */
export function typedAddress(typed: string): string {
  const text = typed.trim();
  if (HOST_AND_PORT.test(text)) return `sip:${text}`;
  if (text === '' || /^[a-z][a-z0-9+.-]*:/iu.test(text)) return text;
  return `sip:${text}`;
}
