// Instants as text, against the calendar of the platform.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDateTime, printDateTime } from '../../../../main/simple/document/date-time.ts';

describe('parseDateTime', () => {
  it.each([
    ['2001-10-27T16:49:29Z', '2001-10-27T16:49:29.000Z'],
    ['2003-12-24T17:00:00+01:00', '2003-12-24T16:00:00.000Z'],
    ['2003-12-24T17:00:00.5-0530', '2003-12-24T22:30:00.500Z'],
    [' 2024-02-29T00:00:00 ', '2024-02-29T00:00:00.000Z'],
    ['2024-12-31T24:00:00Z', '2025-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseDateTime(text)).toBe(Date.parse(expected));
  });

  it.each([
    '',
    'now',
    '2023-02-29T00:00:00Z',
    '2023-13-01T00:00:00Z',
    '2023-04-31T00:00:00Z',
    '2023-01-01',
    '2023-01-01T25:00:00Z',
    '2023-01-01T24:00:01Z',
    '2023-01-01T00:61:00Z',
    '2023-01-01T00:00:00+15:00',
    '12023-01-01T00:00:00Z',
  ])('refuses %j', (text) => {
    expect(parseDateTime(text)).toBeUndefined();
  });

  it('agrees with the platform', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) }), (instantMs) => {
        const iso = new Date(instantMs).toISOString();
        expect([parseDateTime(iso), parseDateTime(printDateTime(instantMs)), printDateTime(instantMs)]).toEqual([
          instantMs,
          instantMs,
          iso.replace('.000Z', 'Z'),
        ]);
      }),
    );
  });

  it('clamps what four digits of a year cannot hold', () => {
    expect([printDateTime(Infinity), printDateTime(-Infinity)]).toEqual(['9999-12-31T23:59:59.999Z', '0001-01-01T00:00:00Z']);
  });
});
