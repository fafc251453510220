// What Kamailio 5.6 was seen to send where rules hide parts: of each kind the first element only.
import { describe, expect, it } from 'vitest';
import { filterPresenceAsKamailio } from '../../../../main/simple/document/kamailio-presence-filter.ts';
import { EMPTY_RICH_STATUS, emptyPerson, emptyTuple, type PresenceDocument } from '../../../../main/simple/document/presence-document.ts';
import { EMPTY_TRANSFORMATIONS, FULL_TRANSFORMATIONS } from '../../../../main/simple/document/rules/transformations.ts';

const note = (text: string): { text: string; lang: string }[] => [{ text, lang: '' }];
const ACTIVE = { state: 'active', idleThresholdSeconds: undefined, lastInputMs: undefined } as const;
const BUSY = { ...EMPTY_RICH_STATUS, activities: ['busy'] };

const DOCUMENT: PresenceDocument = {
  entity: 'sip:bob@example.test',
  tuples: [
    { ...emptyTuple('t1'), basic: 'open', rich: { ...BUSY, moods: ['sad'], userInput: ACTIVE }, deviceId: 'a', notes: note('T1') },
    { ...emptyTuple('t2'), basic: 'open', rich: BUSY, deviceId: 'b', notes: note('T2') },
  ],
  persons: [{ ...emptyPerson('p1'), rich: { ...BUSY, moods: ['sad'] }, notes: note('P1') }],
  devices: [{ id: 'd1', deviceId: 'a', rich: { ...EMPTY_RICH_STATUS, userInput: ACTIVE }, notes: note('D1'), timestampMs: undefined }],
  notes: note('all'),
};
const [T1, T2] = DOCUMENT.tuples;
const ALL_PARTS = { ...EMPTY_TRANSFORMATIONS, services: 'all', persons: 'all' } as const;

describe('what Kamailio lets through', () => {
  it('is everything where everything is granted, and where the rule has no transformation at all', () => {
    expect(filterPresenceAsKamailio(DOCUMENT, FULL_TRANSFORMATIONS)).toEqual(DOCUMENT);
    expect(filterPresenceAsKamailio(DOCUMENT, EMPTY_TRANSFORMATIONS)).toEqual(DOCUMENT);
  });

  it('lacks the first element of each kind that is hidden, wherever it stands, and one note of the whole', () => {
    expect(filterPresenceAsKamailio(DOCUMENT, ALL_PARTS)).toEqual({
      ...DOCUMENT,
      tuples: [{ ...T1, rich: EMPTY_RICH_STATUS, deviceId: undefined, notes: [] }, T2],
      notes: [],
    });
  });

  it('lacks what only a person or a device says', () => {
    const ours = { ...DOCUMENT, tuples: [{ ...emptyTuple('t1'), basic: 'open' as const, deviceId: 'a' }], notes: [] };
    expect(filterPresenceAsKamailio(ours, ALL_PARTS)).toEqual({
      ...ours,
      tuples: [{ ...ours.tuples[0], deviceId: undefined }],
      persons: [{ ...ours.persons[0], rich: EMPTY_RICH_STATUS, notes: [] }],
      devices: [{ ...ours.devices[0], rich: EMPTY_RICH_STATUS }],
    });
  });

  it('has the kinds that are granted', () => {
    const attributes = ['activities', 'mood', 'note', 'deviceID'];
    expect(filterPresenceAsKamailio(DOCUMENT, { ...ALL_PARTS, attributes, userInput: 'full' })).toEqual(DOCUMENT);
  });

  it('has no services or persons where none are, and every device', () => {
    const shown = filterPresenceAsKamailio(DOCUMENT, { ...FULL_TRANSFORMATIONS, services: [], persons: [], devices: [] });
    expect(shown).toEqual({ ...DOCUMENT, tuples: [], persons: [] });
  });
});
