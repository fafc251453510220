// Presence documents, application/pidf+xml (RFC 3863, RFC 4479): parse and print.
import { parseDateTime, printDateTime } from './date-time.ts';
import { CAPABILITIES, CIPID, DATA_MODEL, PIDF, RPID } from './namespaces.ts';
import type {
  ContactLinks,
  PresenceDevice,
  PresenceDocument,
  PresencePerson,
  PresenceTuple,
  ServiceCapabilities,
} from './presence-document.ts';
import { printNote, printRichStatus, readNotes, readRichStatus } from './rpid.ts';
import type { DocumentFailure, XmlElement } from './xml/element.ts';
import { parseXml } from './xml/parse-xml.ts';
import { isElementName, printXmlDocument, textElement, xml, type XmlChild, type XmlNode } from './xml/print-xml.ts';
import { attributeOf, childrenNamed, textOf, textOfChild } from './xml/read-xml.ts';

export const PIDF_CONTENT_TYPE = 'application/pidf+xml';

export type PidfResult = { readonly kind: 'ok'; readonly document: PresenceDocument } | DocumentFailure;

const LINK_NAMES = { card: 'card', displayName: 'display-name', homepage: 'homepage', icon: 'icon', map: 'map', sound: 'sound' } as const;
const CAPABILITY_NAMES = { audio: 'audio', video: 'video', text: 'text', message: 'message', isFocus: 'isfocus' } as const;

/**
 * Reads a PIDF liberally: whatever is missing or unknown is left out, only what is not PIDF at all is a failure.
 * Elements may come in any order (servers join documents by appending). With `atMs`, rich status outside its period is left out.
 */
export function parsePidf(source: string | Uint8Array, atMs?: number): PidfResult {
  const parsed = parseXml(source);
  if (parsed.kind === 'failure') return parsed;
  const { root } = parsed;
  if (root.local !== 'presence' || !isPresenceNamespace(root.namespace))
    return { kind: 'failure', reason: 'not a presence document', offset: root.start };
  const dataModel = (local: string): readonly XmlElement[] =>
    root.children.filter((child) => child.local === local && child.namespace.startsWith(`${PIDF}:`));
  return {
    kind: 'ok',
    document: {
      entity: attributeOf(root, 'entity')?.trim() ?? '',
      tuples: childrenNamed(root, root.namespace, 'tuple').map((element) => readTuple(element, atMs)),
      persons: dataModel('person').map((element) => readPerson(element, atMs)),
      devices: dataModel('device').map((element) => readDevice(element, atMs)),
      notes: readNotes(root),
    },
  };
}

/** INTEROP: documents without any namespace, and of the drafts before RFC 3863, are read as well. */
function isPresenceNamespace(namespace: string): boolean {
  return namespace === PIDF || namespace === '' || namespace === 'urn:ietf:params:xml:ns:cpim-pidf';
}

function readTuple(element: XmlElement, atMs: number | undefined): PresenceTuple {
  const contact = childrenNamed(element, element.namespace, 'contact')[0];
  const contactText = textOf(contact);
  const basics = childrenNamed(element, element.namespace, 'status').flatMap((status) => childrenNamed(status, element.namespace, 'basic'));
  const basic = textOf(basics[0]).toLowerCase();
  return {
    id: attributeOf(element, 'id')?.trim() ?? '',
    basic: basic === 'open' || basic === 'closed' ? basic : undefined,
    contact: contactText === '' ? undefined : contactText,
    contactPriority: contact === undefined ? undefined : readPriority(attributeOf(contact, 'priority')),
    notes: readNotes(element),
    timestampMs: readTimestamp(element),
    deviceId: readDeviceId(element),
    rich: readRichStatus(element, atMs),
    capabilities: readCapabilities(element),
  };
}

function readPerson(element: XmlElement, atMs: number | undefined): PresencePerson {
  return {
    id: attributeOf(element, 'id')?.trim() ?? '',
    rich: readRichStatus(element, atMs),
    notes: readNotes(element),
    timestampMs: readTimestamp(element),
    links: readLinks(element),
  };
}

function readDevice(element: XmlElement, atMs: number | undefined): PresenceDevice {
  return {
    id: attributeOf(element, 'id')?.trim() ?? '',
    deviceId: readDeviceId(element),
    rich: readRichStatus(element, atMs),
    notes: readNotes(element),
    timestampMs: readTimestamp(element),
  };
}

function readPriority(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*[01]?(\.\d{0,9})?\s*$/.test(text) || text.trim() === '' || text.trim() === '.') return undefined;
  const priority = Number(text);
  return priority <= 1 ? priority : undefined;
}

/** The first `<timestamp>`, in whichever namespace: tuples have PIDF's, persons and devices the data model's. */
function readTimestamp(element: XmlElement): number | undefined {
  return parseDateTime(textOf(element.children.find((child) => child.local === 'timestamp')));
}

function readDeviceId(element: XmlElement): string | undefined {
  const text = textOf(element.children.find((child) => child.local === 'deviceID' && child.namespace.startsWith(PIDF)));
  return text === '' ? undefined : text;
}

function readLinks(element: XmlElement): ContactLinks | undefined {
  if (!element.children.some((child) => child.namespace === CIPID)) return undefined;
  const link = (local: string): string | undefined => textOfChild(element, CIPID, local);
  const { card, displayName, homepage, icon, map, sound } = LINK_NAMES;
  return {
    card: link(card),
    displayName: link(displayName),
    homepage: link(homepage),
    icon: link(icon),
    map: link(map),
    sound: link(sound),
  };
}

function readCapabilities(element: XmlElement): ServiceCapabilities | undefined {
  const found = childrenNamed(element, CAPABILITIES, 'servcaps')[0];
  if (found === undefined) return undefined;
  const flag = (local: string): boolean | undefined => {
    const text = textOfChild(found, CAPABILITIES, local);
    return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;
  };
  const methods = childrenNamed(found, CAPABILITIES, 'methods').flatMap((child) => childrenNamed(child, CAPABILITIES, 'supported'));
  return {
    audio: flag(CAPABILITY_NAMES.audio),
    video: flag(CAPABILITY_NAMES.video),
    text: flag(CAPABILITY_NAMES.text),
    message: flag(CAPABILITY_NAMES.message),
    isFocus: flag(CAPABILITY_NAMES.isFocus),
    types: childrenNamed(found, CAPABILITIES, 'type')
      .map(textOf)
      .filter((type) => type !== ''),
    methods: methods.flatMap((supported) => supported.children.map((method) => method.local)),
  };
}

/** Prints a document in schema order (RFC 3863 §4.4), UTF-8 text with an XML declaration. */
export function printPidf(document: PresenceDocument): string {
  const namespaces = {
    xmlns: PIDF,
    'xmlns:dm': DATA_MODEL,
    'xmlns:rpid': RPID,
    'xmlns:caps': document.tuples.some((tuple) => tuple.capabilities !== undefined) ? CAPABILITIES : undefined,
    'xmlns:c': document.persons.some((person) => person.links !== undefined) ? CIPID : undefined,
  };
  return printXmlDocument(
    xml('presence', { ...namespaces, entity: document.entity }, [
      ...document.tuples.map(printTuple),
      ...document.notes.map((note) => printNote('note', note)),
      ...document.persons.map(printPerson),
      ...document.devices.map(printDevice),
    ]),
  );
}

function printTuple(tuple: PresenceTuple): XmlNode {
  return xml('tuple', { id: tuple.id }, [
    xml('status', {}, [textElement('basic', tuple.basic)]),
    tuple.capabilities === undefined ? undefined : printCapabilities(tuple.capabilities),
    textElement('dm:deviceID', tuple.deviceId),
    ...printRichStatus(tuple.rich),
    textElement('contact', tuple.contact, {
      priority: tuple.contactPriority === undefined ? undefined : printPriority(tuple.contactPriority),
    }),
    ...tuple.notes.map((note) => printNote('note', note)),
    printTimestamp('timestamp', tuple.timestampMs),
  ]);
}

/** RFC 3863 §4.1.5: at most three digits after the point. */
function printPriority(priority: number): string {
  return String(Math.round(Math.min(Math.max(priority, 0), 1) * 1000) / 1000);
}

function printPerson(person: PresencePerson): XmlNode {
  return xml('dm:person', { id: person.id }, [
    ...printRichStatus(person.rich),
    ...printLinks(person.links),
    ...person.notes.map((note) => printNote('dm:note', note)),
    printTimestamp('dm:timestamp', person.timestampMs),
  ]);
}

function printDevice(device: PresenceDevice): XmlNode {
  return xml('dm:device', { id: device.id }, [
    ...printRichStatus(device.rich),
    textElement('dm:deviceID', device.deviceId),
    ...device.notes.map((note) => printNote('dm:note', note)),
    printTimestamp('dm:timestamp', device.timestampMs),
  ]);
}

function printTimestamp(name: string, instantMs: number | undefined): XmlChild {
  return instantMs === undefined ? undefined : textElement(name, printDateTime(instantMs));
}

function printLinks(links: ContactLinks | undefined): readonly XmlChild[] {
  if (links === undefined) return [];
  const keys = Object.keys(LINK_NAMES) as (keyof typeof LINK_NAMES)[];
  return keys.map((key) => textElement(`c:${LINK_NAMES[key]}`, links[key]));
}

/** In the order of RFC 5196's schema, a sequence: that of the alphabet for what is said here. */
function printCapabilities(capabilities: ServiceCapabilities): XmlNode {
  const flag = (key: keyof typeof CAPABILITY_NAMES): XmlChild => {
    const value = capabilities[key];
    return value === undefined ? undefined : textElement(`caps:${CAPABILITY_NAMES[key]}`, String(value));
  };
  const methods = capabilities.methods.filter(isElementName).map((method) => xml(`caps:${method}`));
  return xml('caps:servcaps', {}, [
    flag('audio'),
    flag('isFocus'),
    flag('message'),
    methods.length === 0 ? undefined : xml('caps:methods', {}, [xml('caps:supported', {}, methods)]),
    flag('text'),
    ...capabilities.types.map((type) => textElement('caps:type', type)),
    flag('video'),
  ]);
}
