// What one watcher sees of a presence document: the transformations applied (RFC 5025 §3.3).
import { CAPABILITIES, CIPID, PIDF } from './namespaces.ts';
import {
  EMPTY_RICH_STATUS,
  emptyTuple,
  type ContactLinks,
  type Note,
  type PresenceDocument,
  type RichStatus,
  type UserInput,
} from './presence-document.ts';
import type { Provided, Transformations } from './rules/transformations.ts';

/** What a part of the document can be chosen by. */
interface Choice {
  readonly id: string;
  readonly class: string | undefined;
  readonly deviceId?: string | undefined;
  readonly contact?: string | undefined;
}

/**
 * The document with only what the permissions grant. Basic status, contact and timestamps of granted tuples are always
 * shown; everything else needs its own permission (RFC 5025 §3.3.2).
 */
export function filterPresence(document: PresenceDocument, transformations: Transformations): PresenceDocument {
  const shows = (attribute: string): boolean => transformations.attributes === 'all' || transformations.attributes.includes(attribute);
  const notesOf = (notes: readonly Note[]): readonly Note[] => (shows('note') ? notes : []);
  const richOf = (rich: RichStatus): RichStatus => filterRich(rich, transformations, shows);
  return {
    entity: document.entity,
    tuples: document.tuples
      .filter(({ id, rich, deviceId, contact }) => isProvided(transformations.services, { id, class: rich.class, deviceId, contact }))
      .map((tuple) => ({
        ...tuple,
        notes: notesOf(tuple.notes),
        deviceId: shows('deviceID') ? tuple.deviceId : undefined,
        rich: richOf(tuple.rich),
        capabilities: showsUnknown(transformations, CAPABILITIES, 'servcaps') ? tuple.capabilities : undefined,
      })),
    persons: document.persons
      .filter(({ id, rich }) => isProvided(transformations.persons, { id, class: rich.class }))
      .map((person) => ({
        ...person,
        notes: notesOf(person.notes),
        rich: richOf(person.rich),
        links: filterLinks(person.links, transformations),
      })),
    devices: document.devices
      .filter(({ id, rich, deviceId }) => isProvided(transformations.devices, { id, class: rich.class, deviceId }))
      .map((device) => ({ ...device, notes: notesOf(device.notes), rich: richOf(device.rich) })),
    notes: notesOf(document.notes),
  };
}

/** What somebody politely blocked sees (RFC 5025 §3.2.1): the same document for everybody, which says: not here. */
export function politelyBlockedPresence(entity: string): PresenceDocument {
  return { entity, tuples: [{ ...emptyTuple('unavailable'), basic: 'closed' }], persons: [], devices: [], notes: [] };
}

function isProvided(provided: Provided, choice: Choice): boolean {
  if (provided === 'all') return true;
  return provided.some(({ kind, value }) => {
    switch (kind) {
      case 'occurrence-id':
        return value === choice.id;
      case 'class':
        return value === choice.class;
      case 'deviceID':
        return value === choice.deviceId;
      case 'service-uri':
        return value === choice.contact;
      case 'service-uri-scheme':
        return choice.contact !== undefined && choice.contact.toLowerCase().startsWith(`${value.toLowerCase()}:`);
      default:
        return false;
    }
  });
}

function showsUnknown(transformations: Transformations, namespace: string, local: string): boolean {
  return transformations.attributes === 'all' || transformations.unknownAttributes.includes(`${namespace} ${local}`);
}

function filterRich(rich: RichStatus, transformations: Transformations, shows: (attribute: string) => boolean): RichStatus {
  return {
    ...EMPTY_RICH_STATUS,
    activities: shows('activities') ? rich.activities : [],
    moods: shows('mood') ? rich.moods : [],
    placeTypes: shows('place-type') ? rich.placeTypes : [],
    placeIs: shows('place-is') ? rich.placeIs : [],
    privacy: shows('privacy') ? rich.privacy : [],
    sphere: shows('sphere') ? rich.sphere : undefined,
    class: shows('class') ? rich.class : undefined,
    statusIcon: shows('status-icon') ? rich.statusIcon : undefined,
    timeOffsetMinutes: shows('time-offset') ? rich.timeOffsetMinutes : undefined,
    relationship: shows('relationship') ? rich.relationship : undefined,
    // RFC 5025 has no permission of its own for the service class.
    serviceClass: showsUnknown(transformations, `${PIDF}:rpid`, 'service-class') ? rich.serviceClass : undefined,
    userInput: filterUserInput(rich.userInput, transformations),
    notes: shows('note') ? rich.notes : [],
  };
}

/** RFC 5025 §3.3.2: bare shows only idle or active, thresholds adds after how long, full adds since when. */
function filterUserInput(input: UserInput | undefined, { userInput }: Transformations): UserInput | undefined {
  if (input === undefined || userInput === 'false') return undefined;
  return {
    state: input.state,
    idleThresholdSeconds: userInput === 'bare' ? undefined : input.idleThresholdSeconds,
    lastInputMs: userInput === 'full' ? input.lastInputMs : undefined,
  };
}

function filterLinks(links: ContactLinks | undefined, transformations: Transformations): ContactLinks | undefined {
  if (links === undefined) return undefined;
  const link = (local: string, value: string | undefined): string | undefined =>
    showsUnknown(transformations, CIPID, local) ? value : undefined;
  const filtered: ContactLinks = {
    card: link('card', links.card),
    displayName: link('display-name', links.displayName),
    homepage: link('homepage', links.homepage),
    icon: link('icon', links.icon),
    map: link('map', links.map),
    sound: link('sound', links.sound),
  };
  return Object.values(filtered).every((value) => value === undefined) ? undefined : filtered;
}
