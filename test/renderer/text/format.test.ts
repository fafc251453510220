// Times in words, around days, weeks and years.
import { beforeEach, describe, expect, it } from 'vitest';
import { ago, dayName, daysBetween, moment, shortWhen, startOfDay } from '../../../renderer/text/format.ts';
import { setLanguage } from '../../../renderer/text/text.svelte.ts';
import { inputTime, readInputTime, untilOf } from '../../../renderer/state/until.ts';

// A Wednesday, local time.
const now = new Date(2026, 4, 6, 15, 30).getTime();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

beforeEach(() => setLanguage('en', 'en-GB'));

describe('days', () => {
  it('begin at local midnight', () => {
    expect(startOfDay(now)).toBe(new Date(2026, 4, 6).getTime());
    expect(startOfDay(now, 1)).toBe(new Date(2026, 4, 7).getTime());
    expect(daysBetween(now - 16 * HOUR, now)).toBe(1);
    expect(daysBetween(now, now + 20 * DAY)).toBe(20);
  });

  it.each([
    [now, 'Today'],
    [now - DAY, 'Yesterday'],
    [now - 3 * DAY, 'Sunday'],
    [now - 30 * DAY, '6 April'],
    [now - 400 * DAY, '1 April 2025'],
  ])('are named (%#)', (ms, name) => {
    expect(dayName(ms, now)).toBe(name);
  });
});

describe('moments', () => {
  it('are as short as they can be', () => {
    expect([shortWhen(now - HOUR, now), shortWhen(now - 3 * DAY, now), shortWhen(now - 30 * DAY, now)]).toEqual([
      '14:30',
      'Sun',
      '06/04/26',
    ]);
    expect([moment(now + HOUR, now), moment(now + 3 * DAY, now), moment(now + 30 * DAY, now)]).toEqual([
      '16:30',
      'Sat 15:30',
      '5 Jun 2026, 15:30',
    ]);
  });

  it('in the past are told by how long ago they are', () => {
    expect([0, 59_999, MINUTE, 59 * MINUTE, HOUR, 23 * HOUR, DAY, 9 * DAY].map((ms) => ago(now - ms, now))).toEqual([
      'just now',
      'just now',
      '1 minute ago',
      '59 minutes ago',
      '1 hour ago',
      '23 hours ago',
      '1 day ago',
      '9 days ago',
    ]);
    expect(ago(now + HOUR, now)).toBe('just now');
  });
});

describe('until', () => {
  it('counts from now, or to the end of the day or the week', () => {
    expect(untilOf('for15', now)).toBe(now + 15 * MINUTE);
    expect(untilOf('for60', now)).toBe(now + HOUR);
    expect(untilOf('today', now)).toBe(new Date(2026, 4, 7).getTime());
    expect(untilOf('week', now)).toBe(new Date(2026, 4, 11).getTime());
    expect(untilOf('week', new Date(2026, 4, 10, 9).getTime())).toBe(new Date(2026, 4, 11).getTime());
  });

  it('goes through the date field and back', () => {
    expect(inputTime(now)).toBe('2026-05-06T15:30');
    expect(readInputTime(inputTime(now))).toBe(now);
    expect(readInputTime('')).toBe(null);
    expect(readInputTime('soon')).toBe(null);
  });
});
