// RFC 3858 §4: how documents of watcher information are joined, row by row, and §4.1's attributes.
import { describe, expect, it } from 'vitest';
import { parseWatcherInfo } from '../../../main/simple/document/watcher-info.ts';
import { EMPTY_WATCHER_TABLE, stepWatcherInfo } from '../../../main/simple/document/watcher-info-merge.ts';
import type { WatcherTable } from '../../../main/simple/document/watcher-info-merge.ts';

const watcher = (id: string, status = 'active', event = 'approved', more = ''): string =>
  `<watcher id="${id}" status="${status}" event="${event}"${more}>sip:${id}@a</watcher>`;
const list = (watchers: string, resource = 'sip:ada@a', name = 'presence'): string =>
  `<watcher-list resource="${resource}" package="${name}">${watchers}</watcher-list>`;
const winfo = (version: number | string, state: string, lists: string): string =>
  `<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="${version}" state="${state}">${lists}</watcherinfo>`;

function take(table: WatcherTable, text: string): ReturnType<typeof stepWatcherInfo> {
  const parsed = parseWatcherInfo(text);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return stepWatcherInfo(table, parsed.document);
}

const after = (...texts: readonly string[]): WatcherTable => texts.reduce((table, text) => take(table, text).state, EMPTY_WATCHER_TABLE);
const rows = ({ lists }: WatcherTable): string[] => lists.flatMap(({ watchers }) => watchers.map(({ id, status }) => `${id} ${status}`));

describe('§4 versions', () => {
  const known = after(winfo(0, 'full', list(watcher('bob'))), winfo(1, 'partial', list(watcher('eve', 'pending', 'subscribe'))));
  it.each<[string, string, string, string[]]>([
    ['the next partial', winfo(2, 'partial', list(watcher('eve'))), 'applied', ['bob active', 'eve active']],
    ['a partial after a gap', winfo(4, 'partial', list(watcher('eve'))), 'gap', ['bob active', 'eve active']],
    ['the same partial', winfo(1, 'partial', list(watcher('bob', 'terminated'))), 'stale', ['bob active', 'eve pending']],
    ['an older partial', winfo(0, 'partial', list(watcher('bob', 'terminated'))), 'stale', ['bob active', 'eve pending']],
    ['full state replaces', winfo(2, 'full', list(watcher('cat'))), 'applied', ['cat active']],
    ['full state after a gap', winfo(9, 'full', list('')), 'applied', []],
    ['older full state', winfo(0, 'full', list('')), 'stale', ['bob active', 'eve pending']],
    ['a partial that says nothing', winfo(2, 'partial', list('')), 'applied', ['bob active', 'eve pending']],
    [
      'a newcomer',
      winfo(2, 'partial', list(watcher('cat', 'waiting', 'timeout'))),
      'applied',
      ['bob active', 'eve pending', 'cat waiting'],
    ],
    [
      'another package',
      winfo(2, 'partial', list(watcher('cat'), 'sip:ada@a', 'dialog')),
      'applied',
      ['bob active', 'eve pending', 'cat active'],
    ],
  ])('%s', (_name, text, kind, expected) => {
    const step = take(known, text);
    expect([step.kind, rows(step.state)]).toEqual([kind, expected]);
  });

  it('a first partial is a gap', () => {
    expect(take(EMPTY_WATCHER_TABLE, winfo(0, 'partial', list(watcher('bob')))).kind).toBe('gap');
  });

  it('who is terminated is told once', () => {
    const ended = after(winfo(0, 'full', list(watcher('bob'))), winfo(1, 'partial', list(watcher('bob', 'terminated', 'rejected'))));
    expect([rows(ended), rows(take(ended, winfo(2, 'partial', list(''))).state)]).toEqual([['bob terminated'], []]);
  });
});

describe('§4.1 attributes', () => {
  const only = (text: string): unknown => {
    const parsed = parseWatcherInfo(winfo(0, 'full', list(text)));
    return parsed.kind === 'ok' ? parsed.document.lists[0]?.watchers[0] : parsed.reason;
  };
  it.each(['pending', 'active', 'waiting', 'terminated'])('status %s', (status) => {
    expect(only(watcher('bob', status))).toMatchObject({ id: 'bob', status });
  });
  it.each(['subscribe', 'approved', 'deactivated', 'probation', 'rejected', 'timeout', 'giveup', 'noresource'])('event %s', (event) => {
    expect(only(watcher('bob', 'active', event))).toMatchObject({ event });
  });
  it('all of them', () => {
    expect(only(watcher('bob', 'active', 'approved', ' display-name="Bob" expiration="300" duration-subscribed="60"'))).toEqual({
      id: 'bob',
      uri: 'sip:bob@a',
      displayName: 'Bob',
      status: 'active',
      event: 'approved',
      expirationSeconds: 300,
      durationSubscribedSeconds: 60,
    });
  });
  it('a status nobody knows leaves the watcher out', () => {
    expect(only(watcher('bob', 'dancing'))).toBeUndefined();
  });
});
