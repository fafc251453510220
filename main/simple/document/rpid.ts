// Rich presence elements (RFC 4480): read from any element that carries them, print into any.
import { parseDateTime, printDateTime } from './date-time.ts';
import { LOCATION_TYPE, PIDF, XML } from './namespaces.ts';
import { EMPTY_RICH_STATUS, type Note, type RichStatus, type UserInput } from './presence-document.ts';
import type { XmlElement } from './xml/element.ts';
import { isElementName, textElement, xml, type XmlChild, type XmlNode } from './xml/print-xml.ts';
import { attributeOf, textOf, wholeNumber } from './xml/read-xml.ts';

const OTHER = 'other:';

/** INTEROP: older drafts used namespaces such as `…:pidf:status:rpid` and `…:pidf:rpid:rpid-person`. */
function isRpid(namespace: string): boolean {
  return namespace.startsWith(`${PIDF}:`) && namespace.includes('rpid');
}

/**
 * Reads the RPID elements among the children of a tuple, person or device, and of its `<status>` where older clients put them.
 * With `atMs`, elements whose `from`/`until` period (RFC 4480 §3.1) does not cover that instant are left out.
 */
export function readRichStatus(parent: XmlElement, atMs?: number): RichStatus {
  const status = parent.children.filter((child) => child.local === 'status').flatMap((child) => child.children);
  const elements = [...parent.children, ...status].filter((child) => isRpid(child.namespace) && holdsAt(child, atMs));
  if (elements.length === 0) return EMPTY_RICH_STATUS;
  const named = (local: string): readonly XmlElement[] => elements.filter((element) => element.local === local);
  const words = (local: string): readonly string[] => named(local).flatMap(readWords);
  const text = (local: string): string | undefined =>
    named(local)
      .map(textOf)
      .find((found) => found !== '');
  const userInput = named('user-input')[0];
  return {
    activities: words('activities'),
    moods: words('mood'),
    placeTypes: words('place-type'),
    placeIs: named('place-is').flatMap((element) =>
      element.children.flatMap((medium) => readWords(medium).map((word) => `${medium.local}/${word}`)),
    ),
    privacy: words('privacy'),
    sphere: text('sphere') ?? words('sphere')[0],
    userInput: userInput === undefined ? undefined : readUserInput(userInput),
    class: text('class'),
    statusIcon: text('status-icon'),
    timeOffsetMinutes: readOffset(text('time-offset')),
    relationship: words('relationship')[0],
    serviceClass: words('service-class')[0],
    notes: elements.flatMap((element) => readNotes(element)),
  };
}

function holdsAt(element: XmlElement, atMs: number | undefined): boolean {
  if (atMs === undefined) return true;
  const from = parseDateTime(attributeOf(element, 'from'));
  const until = parseDateTime(attributeOf(element, 'until'));
  return (from === undefined || from <= atMs) && (until === undefined || atMs <= until);
}

/** The children's names; `<other>text</other>` becomes `other:text`, notes are read elsewhere. */
function readWords(element: XmlElement): readonly string[] {
  return element.children.flatMap((child) => {
    if (child.local === 'note') return [];
    if (child.local !== 'other') return [child.local];
    const text = textOf(child);
    return text === '' ? [] : [OTHER + text];
  });
}

function readUserInput(element: XmlElement): UserInput {
  return {
    state: textOf(element) === 'idle' ? 'idle' : 'active',
    idleThresholdSeconds: wholeNumber(attributeOf(element, 'idle-threshold')),
    lastInputMs: parseDateTime(attributeOf(element, 'last-input')),
  };
}

function readOffset(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d{1,4}$/.test(text) ? Number(text) : undefined;
}

/** The notes directly inside an element, in any namespace of presence documents; empty ones left out. */
export function readNotes(element: XmlElement): readonly Note[] {
  return element.children
    .filter((child) => child.local === 'note' && (child.namespace === '' || child.namespace.includes('pidf')))
    .map((child) => ({ text: textOf(child), lang: attributeOf(child, 'lang', XML) ?? '' }))
    .filter((note) => note.text !== '');
}

/** RPID elements to put into a tuple, person or device; prefix `rpid` must be declared around them. */
export function printRichStatus(rich: RichStatus): readonly XmlChild[] {
  return [
    // Notes inside RPID elements are printed with the activities, where people write them.
    printWords('activities', rich.activities, rich.notes),
    textElement('rpid:class', rich.class),
    printWords('mood', rich.moods),
    printPlaceIs(rich.placeIs),
    rich.placeTypes.length === 0
      ? undefined
      : xml(
          'rpid:place-type',
          { 'xmlns:lt': LOCATION_TYPE },
          rich.placeTypes.map((word) => printWord('lt', word)),
        ),
    printWords('privacy', rich.privacy),
    printWords('relationship', wordList(rich.relationship)),
    printWords('service-class', wordList(rich.serviceClass)),
    printSphere(rich.sphere),
    textElement('rpid:status-icon', rich.statusIcon),
    textElement('rpid:time-offset', rich.timeOffsetMinutes),
    rich.userInput === undefined ? undefined : printUserInput(rich.userInput),
  ];
}

export function printNote(name: string, note: Note): XmlNode {
  return xml(name, { 'xml:lang': note.lang === '' ? undefined : note.lang }, [note.text]);
}

function wordList(word: string | undefined): readonly string[] {
  return word === undefined ? [] : [word];
}

function printWords(local: string, words: readonly string[], notes: readonly Note[] = []): XmlNode | undefined {
  if (words.length === 0 && notes.length === 0) return undefined;
  return xml(`rpid:${local}`, {}, [...notes.map((note) => printNote('rpid:note', note)), ...words.map((word) => printWord('rpid', word))]);
}

/** A word that cannot be an element's name is written as `<other>`. */
function printWord(prefix: string, word: string): XmlNode {
  if (!word.startsWith(OTHER) && isElementName(word)) return xml(`${prefix}:${word}`);
  return xml(`${prefix}:other`, {}, [word.startsWith(OTHER) ? word.slice(OTHER.length) : word]);
}

function printPlaceIs(placeIs: readonly string[]): XmlNode | undefined {
  const media = placeIs.flatMap((place) => {
    const [medium = '', word = ''] = place.split('/', 2);
    return isElementName(medium) && word !== '' ? [xml(`rpid:${medium}`, {}, [printWord('rpid', word)])] : [];
  });
  return media.length === 0 ? undefined : xml('rpid:place-is', {}, media);
}

/** RFC 4480 §3.11 has elements for home and work; anything else is text. */
function printSphere(sphere: string | undefined): XmlNode | undefined {
  if (sphere === 'home' || sphere === 'work') return xml('rpid:sphere', {}, [xml(`rpid:${sphere}`)]);
  return textElement('rpid:sphere', sphere);
}

function printUserInput(input: UserInput): XmlNode {
  const lastInput = input.lastInputMs === undefined ? undefined : printDateTime(input.lastInputMs);
  return xml('rpid:user-input', { 'idle-threshold': input.idleThresholdSeconds, 'last-input': lastInput }, [input.state]);
}
