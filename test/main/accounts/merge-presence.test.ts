// The rules by which a presence document becomes one state, each row of the table and the oddities of real documents.
import { describe, expect, it } from 'vitest';
import type { Availability } from '../../../app/domain/presence.ts';
import { UNKNOWN_PRESENCE, mergePresence } from '../../../main/accounts/merge-presence.ts';
import type { PresenceDocument, PresencePerson, PresenceTuple } from '../../../main/simple/document/presence-document.ts';
import { EMPTY_RICH_STATUS, emptyPerson, emptyTuple } from '../../../main/simple/document/presence-document.ts';

const NOW_MS = 1_000_000;

function document(tuples: readonly PresenceTuple[], persons: readonly PresencePerson[] = []): PresenceDocument {
  return { entity: 'sip:bob@example.test', tuples, persons, devices: [], notes: [] };
}
function tuple(id: string, basic: 'open' | 'closed' | undefined, activities: string[] = []): PresenceTuple {
  return { ...emptyTuple(id), basic, rich: { ...EMPTY_RICH_STATUS, activities } };
}
function person(activities: string[], timestampMs?: number): PresencePerson {
  return { ...emptyPerson('p'), rich: { ...EMPTY_RICH_STATUS, activities }, timestampMs };
}
function note(text: string): { text: string; lang: string }[] {
  return [{ text, lang: '' }];
}

describe('availability', () => {
  const rows: [string, PresenceDocument | undefined, Availability][] = [
    ['no document', undefined, 'offline'],
    ['nothing in it', document([]), 'offline'],
    ['one closed service', document([tuple('a', 'closed')]), 'offline'],
    ['all closed, whatever the person says', document([tuple('a', 'closed')], [person(['busy'])]), 'offline'],
    ['one open service', document([tuple('a', 'open')]), 'available'],
    ['a service without basic', document([tuple('a', undefined)]), 'silent'],
    ['a person without services', document([], [person([])]), 'silent'],
    ['a person without services who says busy', document([], [person(['busy'])]), 'busy'],
    ['open and away', document([tuple('a', 'open')], [person(['away'])]), 'away'],
    ['open and in a meeting', document([tuple('a', 'open')], [person(['meeting'])]), 'busy'],
    ['away outweighs busy', document([tuple('a', 'open')], [person(['busy', 'vacation'])]), 'away'],
    ['an activity that says nothing', document([tuple('a', 'open')], [person(['looking-for-work'])]), 'available'],
    ['an activity nobody knows', document([tuple('a', 'open')], [person(['other:yodelling', 'constructor'])]), 'available'],
    ['two services: the more available one', document([tuple('a', 'open', ['busy']), tuple('b', 'open')]), 'available'],
    ['two services, one closed', document([tuple('a', 'closed'), tuple('b', 'open', ['away'])]), 'away'],
    ['two persons: the newer', document([tuple('a', 'open')], [person(['busy'], 500), person(['away'], 100)]), 'busy'],
    ['two persons without time: the later', document([tuple('a', 'open')], [person(['busy']), person([])]), 'available'],
    [
      'a time in the future counts as now',
      document([tuple('a', 'open')], [person(['away'], NOW_MS * 2), person(['busy'], NOW_MS)]),
      'busy',
    ],
  ];
  it.each(rows)('%s', (_name, given, expected) => {
    expect(mergePresence(given, NOW_MS).availability).toBe(expected);
  });

  it('an idle person is away', () => {
    const idle: PresencePerson = {
      ...emptyPerson('p'),
      rich: { ...EMPTY_RICH_STATUS, userInput: { state: 'idle', idleThresholdSeconds: undefined, lastInputMs: undefined } },
    };
    expect(mergePresence(document([tuple('a', 'open')], [idle]), NOW_MS).availability).toBe('away');
  });

  it('away by itself on one device gives way to another that is in use', () => {
    const userInput = { state: 'idle', idleThresholdSeconds: 300, lastInputMs: 5 } as const;
    const left: PresencePerson = { ...person(['away'], 900), rich: { ...EMPTY_RICH_STATUS, activities: ['away'], userInput } };
    const both = document([tuple('a', 'open'), tuple('b', 'open')], [person([], 100), left]);
    expect(mergePresence(both, NOW_MS).availability).toBe('available');
    expect(mergePresence(document([tuple('a', 'open')], [left]), NOW_MS).availability).toBe('away');
    expect(mergePresence(document([tuple('a', 'open')], [left, person(['busy'], 1)]), NOW_MS).availability).toBe('busy');
  });

  it('a device that nobody touches is away, unless its service or the person says something else', () => {
    const userInput = { state: 'idle', idleThresholdSeconds: undefined, lastInputMs: undefined } as const;
    const device = { id: 'd', deviceId: 'urn:x', rich: { ...EMPTY_RICH_STATUS, userInput }, notes: [], timestampMs: undefined };
    const on = (activities: string[], persons: PresencePerson[] = []): PresenceDocument => ({
      ...document([{ ...tuple('a', 'open', activities), deviceId: 'urn:x' }], persons),
      devices: [device],
    });
    const all = [on([]), on(['busy']), on([], [person(['meeting'])]), { ...on([]), devices: [{ ...device, deviceId: 'urn:y' }] }];
    expect(all.map((each) => mergePresence(each, NOW_MS).availability)).toEqual(['away', 'busy', 'busy', 'available']);
    const two = { ...on([]), tuples: [...on([]).tuples, tuple('b', 'open')] };
    expect(mergePresence(two, NOW_MS).devices.map(({ availability }) => availability)).toEqual(['away', 'available']);
  });
});

describe('the rest', () => {
  it('one document, whole', () => {
    const phone: PresenceTuple = { ...tuple('phone', 'closed'), contact: 'sip:bob@192.0.2.9', notes: note('in the bag') };
    const laptop: PresenceTuple = { ...tuple('laptop', 'open'), deviceId: 'urn:uuid:1', notes: note('  \u0000at\u202e the desk ') };
    const given: PresenceDocument = {
      ...document([phone, laptop], [{ ...person(['meeting', 'meeting']), notes: note('') }]),
      devices: [{ id: 'd', deviceId: 'urn:uuid:1', rich: EMPTY_RICH_STATUS, notes: note('Laptop'), timestampMs: undefined }],
    };
    expect(mergePresence(given, NOW_MS)).toEqual({
      availability: 'busy',
      note: 'in the bag',
      activities: ['meeting'],
      changedAtMs: NOW_MS,
      devices: [
        { deviceId: 'phone', name: '', availability: 'offline', note: 'in the bag', address: 'sip:bob@192.0.2.9' },
        { deviceId: 'laptop', name: 'Laptop', availability: 'available', note: 'at\u202e the desk', address: '' },
      ],
    });
  });

  it('a thousand devices are not kept', () => {
    const many = document(Array.from({ length: 1_000 }, (_, index) => tuple(`t${index}`, 'open')));
    expect(mergePresence(many, NOW_MS).devices).toHaveLength(20);
  });

  it('unknown is not offline', () => {
    expect(UNKNOWN_PRESENCE).toEqual({ availability: 'unknown', note: '', activities: [], devices: [], changedAtMs: 0 });
  });
});
