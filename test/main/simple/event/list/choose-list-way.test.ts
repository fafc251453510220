// Which way to watch many people: the table, row by row.
import { describe, expect, it } from 'vitest';
import { chooseListWay, firstListWay } from '../../../../../main/simple/event/list/choose-list-way.ts';
import type { ListAnswer, ListChoice, ListWay } from '../../../../../main/simple/event/list/choose-list-way.ts';

const BOTH = { 'server-list': true, 'request-contained': true };
const NONE = { 'server-list': false, 'request-contained': false };
const ONLY_SERVER = { ...NONE, 'server-list': true };

describe('the first way', () => {
  it.each<[ListWay | undefined, typeof BOTH, ListWay]>([
    [undefined, BOTH, 'server-list'],
    [undefined, NONE, 'single'],
    [undefined, { ...NONE, 'request-contained': true }, 'request-contained'],
    ['request-contained', BOTH, 'request-contained'],
    ['request-contained', ONLY_SERVER, 'single'],
    ['server-list', NONE, 'single'],
    ['single', BOTH, 'single'],
  ])('remembered %s, possible %j: %s', (remembered, possible, way) => {
    expect(firstListWay(remembered, possible)).toBe(way);
  });
});

describe('after an answer', () => {
  const refused = (status: number): ListAnswer => ({ kind: 'refused', status });
  const next = { way: 'request-contained', isLearned: true } as const;
  const nextForNow = { way: 'request-contained', isLearned: false } as const;
  it.each<[ListAnswer, number, ListChoice | undefined]>([
    [{ kind: 'accepted', isList: true }, 1, { way: 'server-list', isLearned: true }],
    [{ kind: 'accepted', isList: false }, 1, next],
    [refused(420), 1, next],
    [refused(489), 1, next],
    [refused(403), 1, next],
    [refused(405), 1, next],
    [refused(501), 1, next],
    [refused(404), 1, nextForNow],
    [refused(604), 1, nextForNow],
    [refused(500), 1, undefined],
    [refused(500), 2, nextForNow],
    [refused(503), 9, undefined],
    [{ kind: 'silent' }, 9, undefined],
    [{ kind: 'terminated', reason: 'rejected' }, 1, nextForNow],
    [{ kind: 'terminated', reason: 'noresource' }, 1, nextForNow],
    [{ kind: 'terminated', reason: 'deactivated' }, 1, undefined],
    [{ kind: 'terminated', reason: 'timeout' }, 1, undefined],
  ])('%j, %s in a row', (answer, timesInRow, choice) => {
    expect(chooseListWay('server-list', answer, timesInRow, BOTH)).toEqual(choice);
  });

  it('the last way is each alone, and stays', () => {
    expect(chooseListWay('server-list', refused(420), 1, ONLY_SERVER)).toEqual({ way: 'single', isLearned: true });
    expect(chooseListWay('request-contained', refused(420), 1, BOTH)).toEqual({ way: 'single', isLearned: true });
    expect(chooseListWay('single', refused(420), 1, BOTH)).toBeUndefined();
  });
});
