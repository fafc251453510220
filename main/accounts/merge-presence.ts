// One contact's presence out of a presence document, by written rules (RFC 3863, RFC 4479 §3, RFC 4480 §3.2).
import type { Availability, ContactPresence, DevicePresence } from '../../app/domain/presence.ts';
import type { Note, PresenceDocument, PresencePerson, PresenceTuple, RichStatus } from '../simple/document/presence-document.ts';
import { cleanName, cleanText } from './clean-text.ts';

export const UNKNOWN_PRESENCE: ContactPresence = { availability: 'unknown', note: '', activities: [], devices: [], changedAtMs: 0 };

/** What an activity says of being available. Activities not named here say nothing (e.g. `looking-for-work`, `shopping` with a phone in hand). */
const BY_ACTIVITY: Readonly<Record<string, Availability>> = {
  available: 'available',
  appointment: 'busy',
  away: 'away',
  breakfast: 'away',
  busy: 'busy',
  dinner: 'away',
  holiday: 'away',
  'in-transit': 'away',
  meal: 'away',
  meeting: 'busy',
  'on-the-phone': 'busy',
  performance: 'busy',
  'permanent-absence': 'away',
  presentation: 'busy',
  sleeping: 'away',
  spectator: 'busy',
  steering: 'busy',
  travel: 'away',
  tv: 'available',
  vacation: 'away',
  worship: 'busy',
};

/** Several activities at once: the one that keeps people away most counts. */
const MOST_ABSENT: readonly Availability[] = ['away', 'busy', 'available'];
/** Several services: the one that reaches the person best counts. */
const MOST_AVAILABLE: readonly Availability[] = ['available', 'busy', 'away', 'silent', 'offline'];

/** More devices than anybody has; a hostile document may name thousands. */
const DEVICE_LIMIT = 20;
const NOTE_LIMIT = 500;
const ACTIVITY_LIMIT = 10;

/**
 * The rules, first match first:
 *  1. no document: offline (nothing is published, or politely blocked; nobody can tell, RFC 3856 §6.6.2)
 *  2. services, and all closed: offline, whatever the person element says
 *  3. the person says an activity with a meaning, or is idle: that; of several the newest, but one who is not idle before one who is
 *  4. the most available open service, by its own activities; one on a device that nobody touches is away
 *  5. a person but no service: silent; nothing at all: offline
 */
export function mergePresence(document: PresenceDocument | undefined, nowMs: number): ContactPresence {
  if (document === undefined) return { ...UNKNOWN_PRESENCE, availability: 'offline', changedAtMs: nowMs };
  const person = newestPerson(document.persons, nowMs);
  const tuples = document.tuples.slice(0, DEVICE_LIMIT);
  const idleDevices = new Set(document.devices.filter(({ rich }) => rich.userInput?.state === 'idle').map(({ deviceId }) => deviceId));
  const serviceAvailability = (tuple: PresenceTuple): Availability => tupleAvailability(tuple, idleDevices);
  const availability = mergedAvailability(tuples.map(serviceAvailability), person);
  const best = tuples.find((tuple) => serviceAvailability(tuple) === availability) ?? tuples[0];
  return {
    availability,
    note: firstNote(person?.notes, person?.rich.notes, best?.notes, best?.rich.notes, document.notes),
    activities: shownActivities(person, best),
    devices: tuples.map((tuple) => devicePresence(tuple, document, serviceAvailability(tuple))),
    changedAtMs: nowMs,
  };
}

function mergedAvailability(services: readonly Availability[], person: PresencePerson | undefined): Availability {
  if (services.length > 0 && services.every((service) => service === 'offline')) return 'offline';
  const explicit = person === undefined ? undefined : richAvailability(person.rich);
  if (explicit !== undefined) return explicit;
  if (services.length === 0) return person === undefined ? 'offline' : 'silent';
  return MOST_AVAILABLE.find((availability) => services.includes(availability)) ?? 'silent';
}

function tupleAvailability(tuple: PresenceTuple, idleDevices: ReadonlySet<string | undefined>): Availability {
  if (tuple.basic === 'closed') return 'offline';
  const said = richAvailability(tuple.rich);
  // WHY: a tuple without <basic> says that there is a service, not that it is open (RFC 3863 §4.1.4).
  if (said !== undefined || tuple.basic !== 'open') return said ?? 'silent';
  return tuple.deviceId !== undefined && idleDevices.has(tuple.deviceId) ? 'away' : 'available';
}

/** undefined: it says nothing of being available. */
function richAvailability(rich: RichStatus): Availability | undefined {
  const said = rich.activities
    .map((activity) => (Object.hasOwn(BY_ACTIVITY, activity) ? BY_ACTIVITY[activity] : undefined))
    .filter((availability) => availability !== undefined);
  const explicit = MOST_ABSENT.find((availability) => said.includes(availability));
  return explicit ?? (rich.userInput?.state === 'idle' ? 'away' : undefined);
}

/** Several persons come from several devices put together: the newest counts, of equal ones the last. A time in the future counts as now. */
function newestPerson(persons: readonly PresencePerson[], nowMs: number): PresencePerson | undefined {
  let newest: PresencePerson | undefined;
  let newestMs = -1;
  const inUse = persons.filter(({ rich }) => rich.userInput?.state !== 'idle');
  for (const person of inUse.length > 0 ? inUse : persons) {
    const atMs = Math.min(person.timestampMs ?? 0, nowMs);
    if (atMs >= newestMs) [newest, newestMs] = [person, atMs];
  }
  return newest;
}

function firstNote(...groups: readonly (readonly Note[] | undefined)[]): string {
  for (const notes of groups) {
    const text = notes?.map((note) => cleanText(note.text, NOTE_LIMIT).trim()).find((note) => note !== '');
    if (text !== undefined) return text;
  }
  return '';
}

function shownActivities(person: PresencePerson | undefined, tuple: PresenceTuple | undefined): string[] {
  const activities = person !== undefined && person.rich.activities.length > 0 ? person.rich.activities : (tuple?.rich.activities ?? []);
  return [...new Set(activities)].slice(0, ACTIVITY_LIMIT).map((activity) => cleanName(activity));
}

function devicePresence(tuple: PresenceTuple, document: PresenceDocument, availability: Availability): DevicePresence {
  const device = tuple.deviceId === undefined ? undefined : document.devices.find(({ deviceId }) => deviceId === tuple.deviceId);
  return {
    deviceId: cleanName(tuple.id),
    name: firstNote(device?.notes),
    availability,
    note: firstNote(tuple.notes, tuple.rich.notes),
    address: cleanName(tuple.contact),
  };
}
