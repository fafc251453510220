// What one watcher may see beside whether the presentity is there, as transformations (RFC 5025 §3.3) and back.
import { xml, type XmlNode } from '../xml/print-xml.ts';
import type { Transformations } from './transformations.ts';

export interface SeenAttributes {
  readonly notes: boolean;
  /** Activities, mood, idleness. */
  readonly activities: boolean;
  /** Place and sphere. */
  readonly place: boolean;
  readonly devices: boolean;
}

/** Names behind `provide-`, by the part they belong to. */
const ATTRIBUTES: Readonly<Record<Exclude<keyof SeenAttributes, 'devices'>, readonly string[]>> = {
  notes: ['note', 'status-icon'],
  activities: ['activities', 'mood', 'relationship'],
  place: ['place-type', 'place-is', 'privacy', 'sphere', 'time-offset'],
};
const PARTS = ['notes', 'activities', 'place'] as const;

/**
 * The children of a `<transformations>` element. `prefix` with its colon. undefined: everything.
 * INTEROP(Kamailio 5.6): takes away only what is named with `false`, where RFC 5025 grants only what is named with `true`; so all are named.
 */
export function seenPermissions(seen: SeenAttributes | undefined, prefix: string): XmlNode[] {
  const provideAll = (name: string): XmlNode => xml(`${prefix}provide-${name}`, {}, [xml(`${prefix}all-${name}`)]);
  if (seen === undefined) return [...['services', 'persons', 'devices'].map(provideAll), xml(`${prefix}provide-all-attributes`)];
  const sets = ['services', 'persons', ...(seen.devices ? ['devices'] : [])].map(provideAll);
  const granted = PARTS.flatMap((part) => ATTRIBUTES[part].map((name) => xml(`${prefix}provide-${name}`, {}, [String(seen[part])])));
  const more = [
    xml(`${prefix}provide-user-input`, {}, [seen.activities ? 'full' : 'false']),
    xml(`${prefix}provide-deviceID`, {}, [String(seen.devices)]),
  ];
  return [...sets, ...granted, ...more];
}

/** undefined: everything may be seen, or the rule says nothing of it. */
export function seenIn(transformations: Transformations): SeenAttributes | undefined {
  const { attributes, services, devices } = transformations;
  if (attributes === 'all' || services !== 'all') return undefined;
  const grants = (part: (typeof PARTS)[number]): boolean => ATTRIBUTES[part].every((name) => attributes.includes(name));
  return { notes: grants('notes'), activities: grants('activities'), place: grants('place'), devices: devices === 'all' };
}
