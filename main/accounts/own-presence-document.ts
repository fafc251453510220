// The presence document of this device (RFC 3863, RFC 4479, RFC 4480), made from what the person chose.
import type { OwnPresence } from '../../app/domain/presence.ts';
import type { PresenceDocument } from '../simple/document/presence-document.ts';
import { EMPTY_RICH_STATUS, emptyPerson, emptyTuple } from '../simple/document/presence-document.ts';

/** RFC 4480 §3.2; anything else travels as `<other>`. */
const RPID_ACTIVITIES: ReadonlySet<string> = new Set(
  (
    'appointment away breakfast busy dinner holiday in-transit looking-for-work lunch meal meeting on-the-phone performance ' +
    'permanent-absence playing presentation shopping sleeping spectator steering travel tv vacation working worship'
  ).split(' '),
);

export interface OwnDevice {
  /** Address of record. */
  readonly address: string;
  /** `urn:uuid:…`: makes our ids our own, whatever other devices publish. */
  readonly instanceId: string;
  /** Shown as the device's name. */
  readonly name: string;
}

/** undefined: nothing is to be published, so that others see us offline. */
export function ownPresenceDocument(own: OwnPresence, device: OwnDevice, nowMs: number): PresenceDocument | undefined {
  if (own.availability === 'invisible') return undefined;
  // WHY: with two publications under one tuple id servers keep only the later (INTEROP(Kamailio presence)).
  const id = device.instanceId.replace(/^urn:uuid:/, '').replace(/[^A-Za-z0-9]/g, '');
  const notes = own.note === '' ? [] : [{ text: own.note, lang: '' }];
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
      },
    ],
    persons: [{ ...emptyPerson(`p${id}`), rich: { ...EMPTY_RICH_STATUS, activities: activitiesOf(own) }, notes, timestampMs: nowMs }],
    devices: [
      {
        id: `d${id}`,
        deviceId: device.instanceId,
        rich: EMPTY_RICH_STATUS,
        notes: [{ text: device.name, lang: '' }],
        timestampMs: undefined,
      },
    ],
    notes: [],
  };
}

/** The availability comes first: programs that read only one activity read that one. */
function activitiesOf(own: OwnPresence): string[] {
  const first = own.availability === 'available' ? [] : [own.availability];
  const activity = own.activity.trim();
  if (activity === '' || activity === own.availability) return first;
  return [...first, RPID_ACTIVITIES.has(activity) ? activity : `other:${activity}`];
}
