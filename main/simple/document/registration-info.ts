// Registration information, application/reginfo+xml (RFC 3680): parse, and join full and partial documents.
import { REGISTRATION_INFO } from './namespaces.ts';
import type { DocumentFailure, XmlElement } from './xml/element.ts';
import { parseXml } from './xml/parse-xml.ts';
import { attributeOf, childrenNamed, isNamed, textOfChild, wholeNumber } from './xml/read-xml.ts';

export const REGISTRATION_INFO_CONTENT_TYPE = 'application/reginfo+xml';

const REGISTRATION_STATES = ['init', 'active', 'terminated'] as const;

/** One device of a registration (RFC 3680 §5.3.3). */
export interface RegisteredContact {
  readonly id: string;
  /** As written. */
  readonly uri: string;
  readonly state: 'active' | 'terminated';
}

/** One address (RFC 3680 §5.3.2); the same may come under several ids. */
export interface RegistrationEntry {
  readonly id: string;
  /** As written, e.g. `sip:bob@example.org`. */
  readonly aor: string;
  readonly state: (typeof REGISTRATION_STATES)[number];
  readonly contacts: readonly RegisteredContact[];
}

export interface RegistrationInfoDocument {
  readonly version: number;
  readonly state: 'full' | 'partial';
  readonly registrations: readonly RegistrationEntry[];
}

export type RegistrationInfoResult = { readonly kind: 'ok'; readonly document: RegistrationInfoDocument } | DocumentFailure;

/** What one subscription knows. A new one starts from `EMPTY_REGISTRATION_TABLE`. */
export interface RegistrationTable {
  /** undefined: no document seen yet in this subscription. */
  readonly version: number | undefined;
  readonly registrations: readonly RegistrationEntry[];
}

export const EMPTY_REGISTRATION_TABLE: RegistrationTable = { version: undefined, registrations: [] };

/** More registrations than any person has; a hostile document may name thousands. */
const REGISTRATION_LIMIT = 50;

/** Reads a reginfo document; registrations without id, address or a known state are left out, and contacts likewise. */
export function parseRegistrationInfo(source: string | Uint8Array): RegistrationInfoResult {
  const parsed = parseXml(source);
  if (parsed.kind === 'failure') return parsed;
  const { root } = parsed;
  if (!isNamed(root, REGISTRATION_INFO, 'reginfo')) return { kind: 'failure', reason: 'not a reginfo document', offset: root.start };
  const version = wholeNumber(attributeOf(root, 'version'));
  if (version === undefined) return { kind: 'failure', reason: 'reginfo without a version', offset: root.start };
  const state = attributeOf(root, 'state');
  if (state !== 'full' && state !== 'partial')
    return { kind: 'failure', reason: 'reginfo is neither full nor partial', offset: root.start };
  const registrations = childrenNamed(root, REGISTRATION_INFO, 'registration').slice(0, REGISTRATION_LIMIT).flatMap(readRegistration);
  return { kind: 'ok', document: { version, state, registrations } };
}

function readRegistration(element: XmlElement): readonly RegistrationEntry[] {
  const id = attributeOf(element, 'id') ?? '';
  const aor = attributeOf(element, 'aor')?.trim() ?? '';
  const state = REGISTRATION_STATES.find((known) => known === attributeOf(element, 'state')?.trim());
  if (id === '' || aor === '' || state === undefined) return [];
  const contacts = childrenNamed(element, REGISTRATION_INFO, 'contact').slice(0, REGISTRATION_LIMIT).flatMap(readContact);
  return [{ id, aor, state, contacts }];
}

function readContact(element: XmlElement): readonly RegisteredContact[] {
  const id = attributeOf(element, 'id') ?? '';
  const state = attributeOf(element, 'state')?.trim();
  const uri = textOfChild(element, REGISTRATION_INFO, 'uri') ?? '';
  return id === '' || uri === '' || (state !== 'active' && state !== 'terminated') ? [] : [{ id, uri, state }];
}

/**
 * `applied`: joined. `gap`: joined, but documents are missing: refresh the subscription for full state.
 * `stale`: older than what is known, nothing changed.
 */
export interface RegistrationInfoStep {
  readonly kind: 'applied' | 'gap' | 'stale';
  readonly state: RegistrationTable;
}

/** Full state replaces; a partial document has whole registrations, each in the place of the one with its id (RFC 3680 §5.1). */
export function stepRegistrationInfo(state: RegistrationTable, document: RegistrationInfoDocument): RegistrationInfoStep {
  const { version } = document;
  const known = state.version;
  const isFull = document.state === 'full';
  if (known !== undefined && (version < known || (version === known && !isFull))) return { kind: 'stale', state };
  const before = isFull ? [] : state.registrations.filter((entry) => entry.state !== 'terminated');
  const rows = new Map([...before, ...document.registrations].map((entry) => [entry.id, entry]));
  const registrations = [...rows.values()].slice(-REGISTRATION_LIMIT);
  const isNext = isFull || (known !== undefined && version === known + 1);
  return { kind: isNext ? 'applied' : 'gap', state: { version, registrations } };
}

/** Whether somebody is signed in: a registration that lives and does not say that each of its devices left. */
export function isRegistered({ registrations }: RegistrationTable): boolean {
  return registrations.some(
    ({ state, contacts }) => state === 'active' && (contacts.length === 0 || contacts.some((contact) => contact.state === 'active')),
  );
}
