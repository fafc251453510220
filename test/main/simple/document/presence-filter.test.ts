// What one watcher sees: each permission alone, all, and none (RFC 5025 §3.3).
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePidf } from '../../../../main/simple/document/pidf.ts';
import { EMPTY_RICH_STATUS, emptyPerson, emptyTuple, type PresenceDocument } from '../../../../main/simple/document/presence-document.ts';
import { filterPresence, politelyBlockedPresence } from '../../../../main/simple/document/presence-filter.ts';
import {
  EMPTY_TRANSFORMATIONS,
  FULL_TRANSFORMATIONS,
  joinTransformations,
  type Transformations,
} from '../../../../main/simple/document/rules/transformations.ts';

const SOURCE = readFileSync(new URL('../../../rfc/document/rfc4480-4.xml', import.meta.url), 'utf8');

function read(): PresenceDocument {
  const parsed = parsePidf(SOURCE);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return parsed.document;
}

const FULL = read();
const allow = (changes: Partial<Transformations>): PresenceDocument => filterPresence(FULL, { ...EMPTY_TRANSFORMATIONS, ...changes });
const ids = (document: PresenceDocument): readonly (readonly string[])[] =>
  [document.tuples, document.persons, document.devices].map((parts) => parts.map(({ id }) => id));

describe('filterPresence', () => {
  it('shows everything, or nothing', () => {
    expect(filterPresence(FULL, FULL_TRANSFORMATIONS)).toEqual(FULL);
    expect(filterPresence(FULL, EMPTY_TRANSFORMATIONS)).toEqual({ entity: FULL.entity, tuples: [], persons: [], devices: [], notes: [] });
  });

  it.each<[string, Partial<Transformations>, readonly (readonly string[])[]]>([
    ['all services', { services: 'all' }, [['bs35r9', 'ty4658', 'eg92n8'], [], []]],
    ['services by scheme', { services: [{ kind: 'service-uri-scheme', value: 'IM' }] }, [['bs35r9'], [], []]],
    ['services by address', { services: [{ kind: 'service-uri', value: 'mailto:secretary@example.com' }] }, [['ty4658'], [], []]],
    ['services by class', { services: [{ kind: 'class', value: 'email' }] }, [['eg92n8'], [], []]],
    ['services by id', { services: [{ kind: 'occurrence-id', value: 'ty4658' }] }, [['ty4658'], [], []]],
    ['persons by class', { persons: [{ kind: 'class', value: 'calendar' }] }, [[], ['p1'], []]],
    ['persons by another class', { persons: [{ kind: 'class', value: 'x' }] }, [[], [], []]],
    ['devices by device id', { devices: [{ kind: 'deviceID', value: 'urn:device:0003ba4811e3' }] }, [[], [], ['pc147']]],
    ['an unknown selector', { devices: [{ kind: 'colour', value: 'red' }] }, [[], [], []]],
  ])('%s', (_name, changes, expected) => {
    expect(ids(allow(changes))).toEqual(expected);
  });

  it('shows of a granted tuple only what is always shown', () => {
    expect(allow({ services: [{ kind: 'occurrence-id', value: 'bs35r9' }] }).tuples).toEqual([
      {
        ...emptyTuple('bs35r9'),
        basic: 'open',
        contact: 'im:someone@mobile.example.net',
        contactPriority: 0.8,
        timestampMs: Date.UTC(2005, 9, 27, 16, 49, 29),
      },
    ]);
  });

  it.each<[string, Partial<Transformations>, object]>([
    ['activities', { attributes: ['activities'] }, { activities: ['away'] }],
    ['mood and sphere', { attributes: ['mood', 'sphere'] }, { moods: ['angry', 'other:brooding'], sphere: 'bowling league' }],
    [
      'places',
      { attributes: ['place-is', 'place-type', 'privacy'] },
      { placeIs: ['audio/noisy'], placeTypes: ['residence'], privacy: ['unknown'] },
    ],
    [
      'the rest',
      { attributes: ['class', 'status-icon', 'time-offset'] },
      { class: 'calendar', statusIcon: 'http://example.com/play.gif', timeOffsetMinutes: -240 },
    ],
  ])('shows of a person: %s', (_name, changes, rich) => {
    expect(allow({ persons: 'all', ...changes }).persons).toEqual([
      { ...emptyPerson('p1'), rich: { ...EMPTY_RICH_STATUS, ...rich }, timestampMs: FULL.persons[0]?.timestampMs },
    ]);
  });

  it.each([
    ['false', undefined],
    ['bare', { state: 'idle', idleThresholdSeconds: undefined, lastInputMs: undefined }],
    ['thresholds', { state: 'idle', idleThresholdSeconds: 600, lastInputMs: undefined }],
    ['full', { state: 'idle', idleThresholdSeconds: 600, lastInputMs: Date.UTC(2004, 9, 21, 18, 20) }],
  ] as const)('shows user input: %s', (userInput, expected) => {
    expect(allow({ devices: 'all', userInput }).devices[0]?.rich.userInput).toEqual(expected);
  });

  it('never shows more than there is, and granting twice changes nothing', () => {
    const provided = fc.constantFrom('all' as const, [], [{ kind: 'occurrence-id', value: 'ty4658' }]);
    const some: fc.Arbitrary<Transformations> = fc.record({
      devices: provided,
      persons: provided,
      services: provided,
      attributes: fc.oneof(fc.constant('all' as const), fc.subarray(['note', 'activities', 'mood', 'deviceID', 'class'])),
      userInput: fc.constantFrom('false', 'bare', 'thresholds', 'full'),
      unknownAttributes: fc.constant([]),
    });
    fc.assert(
      fc.property(some, some, (first, second) => {
        const joined = joinTransformations(first, second);
        expect(joinTransformations(joined, first)).toEqual(joined);
        // Whatever one set of permissions shows, both together show at least that.
        expect(filterPresence(filterPresence(FULL, joined), first)).toEqual(filterPresence(FULL, first));
      }),
    );
  });
});

describe('politelyBlockedPresence', () => {
  it('says nothing but closed', () => {
    expect(politelyBlockedPresence('sip:ada@example.org')).toEqual({
      entity: 'sip:ada@example.org',
      tuples: [{ ...emptyTuple('unavailable'), basic: 'closed' }],
      persons: [],
      devices: [],
      notes: [],
    });
  });
});
