// What one watcher sees where Kamailio (5.6) applies the transformations of presence rules, which is less than RFC 5025 §3.3 asks for.
import type { PresenceDocument, RichStatus } from './presence-document.ts';
import { filterPresence } from './presence-filter.ts';
import { FULL_TRANSFORMATIONS, type Transformations } from './rules/transformations.ts';

/** Words behind `provide-`, and whether a part has something of the kind. */
const RICH_PARTS: Readonly<Record<string, keyof RichStatus>> = {
  activities: 'activities',
  mood: 'moods',
  'place-type': 'placeTypes',
  'place-is': 'placeIs',
  privacy: 'privacy',
  sphere: 'sphere',
  'status-icon': 'statusIcon',
  'time-offset': 'timeOffsetMinutes',
  relationship: 'relationship',
};

/** Where an element may stand, in the order of the document. */
type Part = PresenceDocument['tuples'][number] | PresenceDocument['persons'][number] | PresenceDocument['devices'][number];

/**
 * The document as Kamailio sends it right after a PUBLISH, seen on the wire: services and persons as the rules say; devices, capabilities
 * and links always; of each kind that is not granted only the first element of the document is taken out. Rules without any
 * transformation show everything. At the next renewal everything is shown anyway.
 */
export function filterPresenceAsKamailio(document: PresenceDocument, transformations: Transformations): PresenceDocument {
  const { services, persons, devices, attributes, userInput } = transformations;
  const isEmpty = [services, persons, devices, attributes].every((granted) => granted.length === 0) && userInput === 'false';
  if (isEmpty) return document;
  let shown = filterPresence(document, { ...FULL_TRANSFORMATIONS, services, persons });
  if (attributes === 'all') return shown;
  for (const [word, part] of Object.entries(RICH_PARTS)) {
    if (!attributes.includes(word)) shown = withoutFirst(shown, (one) => isSaid(one.rich[part]), withoutRich(part));
  }
  if (userInput === 'false') shown = withoutFirst(shown, ({ rich }) => rich.userInput !== undefined, withoutRich('userInput'));
  if (!attributes.includes('deviceID')) {
    shown = withoutFirst(
      shown,
      (one) => 'deviceId' in one && one.deviceId !== undefined,
      (one) => ({ ...one, deviceId: undefined }),
    );
  }
  if (attributes.includes('note')) return shown;
  const isNoted = ({ notes }: Part): boolean => notes.length > 0;
  return { ...withoutFirst(shown, isNoted, (one) => ({ ...one, notes: one.notes.slice(1) })), notes: shown.notes.slice(1) };
}

function isSaid(value: RichStatus[keyof RichStatus]): boolean {
  return value !== undefined && (!Array.isArray(value) || value.length > 0);
}

function withoutRich(part: keyof RichStatus): <P extends Part>(one: P) => P {
  return (one) => ({ ...one, rich: { ...one.rich, [part]: Array.isArray(one.rich[part]) ? [] : undefined } });
}

/** The first service, person or device that has it loses it. */
function withoutFirst(document: PresenceDocument, has: (one: Part) => boolean, without: <P extends Part>(one: P) => P): PresenceDocument {
  const first = [...document.tuples, ...document.persons, ...document.devices].find(has);
  if (first === undefined) return document;
  const change = <P extends Part>(one: P): P => (one === first ? without(one) : one);
  return {
    ...document,
    tuples: document.tuples.map(change),
    persons: document.persons.map(change),
    devices: document.devices.map(change),
  };
}
