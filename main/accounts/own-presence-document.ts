// The presence document of this device (RFC 3863, RFC 4479, RFC 4480, RFC 4482, RFC 5196), made from what the person chose.
import type { OwnPresence } from '../../app/domain/presence.ts';
import type { PresenceDocument, RichStatus, ServiceCapabilities, UserInput } from '../simple/document/presence-document.ts';
import { EMPTY_RICH_STATUS, emptyPerson, emptyTuple } from '../simple/document/presence-document.ts';

/** RFC 4480 §3.2; anything else travels as `<other>`. */
const RPID_ACTIVITIES: ReadonlySet<string> = new Set(
  (
    'appointment away breakfast busy dinner holiday in-transit looking-for-work lunch meal meeting on-the-phone performance ' +
    'permanent-absence playing presentation shopping sleeping spectator steering travel tv vacation working worship'
  ).split(' '),
);

/** RFC 4480 §3.5; anything else travels as `<other>`. */
const RPID_MOODS: ReadonlySet<string> = new Set(
  (
    'afraid amazed angry annoyed anxious ashamed bored brave calm cold confused contented cranky curious depressed disappointed ' +
    'disgusted distracted embarrassed excited flirtatious frustrated grumpy guilty happy hot humbled humiliated hungry hurt ' +
    'impressed in_awe in_love indignant interested invincible jealous lonely mean moody nervous neutral offended playful proud ' +
    'relieved remorseful restless sad sarcastic serious shocked shy sick sleepy stressed surprised thirsty worried'
  ).split(' '),
);

/** RFC 4589 §3; anything else travels as `<other>`. */
const PLACE_TYPES: ReadonlySet<string> = new Set(
  (
    'aircraft airport arena automobile bank bar bicycle bus bus-station cafe classroom club construction convention-center ' +
    'government hospital hotel industrial library motorcycle office outdoors parking place-of-worship prison public ' +
    'public-transport residence restaurant school shopping-area stadium store street theater train train-station truck ' +
    'underway warehouse water watercraft'
  ).split(' '),
);

/** What this program takes (RFC 5196), as its endpoint answers. */
const CAPABILITIES: ServiceCapabilities = {
  audio: false,
  video: false,
  text: undefined,
  message: true,
  isFocus: undefined,
  types: ['text/plain', 'message/cpim'],
  methods: ['MESSAGE'],
};

export interface OwnDevice {
  /** Address of record. */
  readonly address: string;
  /** `urn:uuid:…`: makes our ids our own, whatever other devices publish. */
  readonly instanceId: string;
  /** Shown as the device's name. */
  readonly name: string;
  /** How the person is called; '' when not said. */
  readonly displayName: string;
}

export interface Moment {
  readonly nowMs: number;
  /** Since when nobody touches this device; undefined: somebody does. */
  readonly idleSinceMs: number | undefined;
  /** After how long without input that counts (RFC 4480 §3.13), as the person set it; undefined: not said. */
  readonly idleAfterSeconds: number | undefined;
}

/** undefined: nothing is to be published, so that others see us offline. */
export function ownPresenceDocument(own: OwnPresence, device: OwnDevice, moment: Moment): PresenceDocument | undefined {
  if (own.availability === 'invisible') return undefined;
  const { nowMs } = moment;
  // WHY: with two publications under one tuple id servers keep only the later (INTEROP(Kamailio presence)).
  const id = device.instanceId.replace(/^urn:uuid:/, '').replace(/[^A-Za-z0-9]/g, '');
  const notes = own.note === '' ? [] : [{ text: own.note, lang: '' }];
  const userInput = userInputOf(moment);
  const displayName = device.displayName === '' ? undefined : device.displayName;
  const links = { card: undefined, displayName, homepage: undefined, icon: undefined, map: undefined, sound: undefined };
  return {
    entity: device.address,
    tuples: [
      {
        ...emptyTuple(`t${id}`),
        basic: 'open',
        contact: device.address,
        notes,
        timestampMs: nowMs,
        deviceId: device.instanceId,
        capabilities: CAPABILITIES,
      },
    ],
    persons: [
      {
        ...emptyPerson(`p${id}`),
        rich: personStatus(own, moment),
        notes,
        timestampMs: nowMs,
        links: displayName === undefined ? undefined : links,
      },
    ],
    devices: [
      {
        id: `d${id}`,
        deviceId: device.instanceId,
        rich: { ...EMPTY_RICH_STATUS, userInput },
        notes: [{ text: device.name, lang: '' }],
        timestampMs: undefined,
      },
    ],
    notes: [],
  };
}

/** RFC 4480 §3.13: since when, so that it need not be said anew while it lasts. */
function userInputOf({ idleSinceMs, idleAfterSeconds }: Moment): UserInput {
  return { state: idleSinceMs === undefined ? 'active' : 'idle', idleThresholdSeconds: idleAfterSeconds, lastInputMs: idleSinceMs };
}

function personStatus(own: OwnPresence, moment: Moment): RichStatus {
  const { idleSinceMs } = moment;
  const { mood = '', place = '', sphere = '' } = own;
  return {
    ...EMPTY_RICH_STATUS,
    activities: activitiesOf(effectiveAvailability(own, idleSinceMs), own.activity),
    moods: mood.trim() === '' ? [] : [knownWord(mood.trim(), RPID_MOODS)],
    placeTypes: place.trim() === '' ? [] : [knownWord(place.trim(), PLACE_TYPES)],
    sphere: sphere === '' ? undefined : sphere,
    // WHY here too: away by itself gives way to another device that is in use, which an away that the person chose does not.
    userInput: own.availability === 'available' && idleSinceMs !== undefined ? userInputOf(moment) : undefined,
  };
}

/** Away by itself only where the person said nothing else: their own choice wins. */
export function effectiveAvailability(own: OwnPresence, idleSinceMs: number | undefined): OwnPresence['availability'] {
  return own.availability === 'available' && idleSinceMs !== undefined ? 'away' : own.availability;
}

/** The availability comes first: programs that read only one activity read that one. */
function activitiesOf(availability: OwnPresence['availability'], chosen: string): string[] {
  const first = availability === 'available' ? [] : [availability];
  const activity = chosen.trim();
  if (activity === '' || activity === availability) return first;
  return [...first, knownWord(activity, RPID_ACTIVITIES)];
}

function knownWord(word: string, known: ReadonlySet<string>): string {
  return known.has(word) ? word : `other:${word}`;
}
