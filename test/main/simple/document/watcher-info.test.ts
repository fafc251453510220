// Watcher information: the RFC's document, what Kamailio sends, and joining full and partial documents (RFC 3858 §4).
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  EMPTY_WATCHER_TABLE,
  stepWatcherInfo,
  type WatcherInfoStep,
  type WatcherTable,
} from '../../../../main/simple/document/watcher-info-merge.ts';
import {
  parseWatcherInfo,
  printWatcherInfo,
  type WatcherEntry,
  type WatcherInfoDocument,
} from '../../../../main/simple/document/watcher-info.ts';

const RFC_EXAMPLE = readFileSync(new URL('../../../rfc/document/rfc3858-5.xml', import.meta.url), 'utf8');

function watcher(id: string, changes: Partial<WatcherEntry> = {}): WatcherEntry {
  return {
    id,
    uri: 'sip:bob@example.org',
    displayName: '',
    status: 'active',
    event: 'subscribe',
    expirationSeconds: undefined,
    durationSubscribedSeconds: undefined,
    ...changes,
  };
}

function document(
  version: number,
  state: 'full' | 'partial',
  watchers: readonly WatcherEntry[],
  resource = 'sip:ada@example.org',
): WatcherInfoDocument {
  return { version, state, lists: [{ resource, package: 'presence', watchers }] };
}

function table(version: number, watchers: readonly WatcherEntry[]): WatcherTable {
  return { version, lists: [{ resource: 'sip:ada@example.org', package: 'presence', watchers }] };
}

describe('parseWatcherInfo', () => {
  it('RFC 3858 §5', () => {
    expect(parseWatcherInfo(RFC_EXAMPLE)).toEqual({
      kind: 'ok',
      document: {
        version: 0,
        state: 'full',
        lists: [
          {
            resource: 'sip:professor@example.net',
            package: 'presence',
            watchers: [
              watcher('8ajksjda7s', { uri: 'sip:userA@example.net', event: 'approved', durationSubscribedSeconds: 509 }),
              watcher('hh8juja87s997-ass7', { uri: 'sip:userB@example.org', status: 'pending', displayName: 'Mr. Subscriber' }),
            ],
          },
        ],
      },
    });
  });

  it('INTEROP(Kamailio): one URI many times, empty partial documents', () => {
    const source =
      '<?xml version="1.0"?>\n<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="4" state="partial">\n  <watcher-list resource="sip:ada@example.org" package="presence">' +
      '<watcher id="c1@h" event="subscribe" status="active">sip:bob@example.org</watcher><watcher id="c2@h" event="subscribe" status="pending">sip:bob@example.org</watcher></watcher-list></watcherinfo>';
    expect(parseWatcherInfo(source)).toEqual({
      kind: 'ok',
      document: document(4, 'partial', [watcher('c1@h'), watcher('c2@h', { status: 'pending' })]),
    });
    const empty =
      '<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="5" state="partial"><watcher-list resource="sip:ada@example.org" package="presence"/></watcherinfo>';
    expect(parseWatcherInfo(empty)).toEqual({ kind: 'ok', document: document(5, 'partial', []) });
  });

  it('leaves out watchers that say too little', () => {
    const source =
      '<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="1" state="full"><watcher-list resource="sip:ada@example.org" package="presence">' +
      '<watcher status="active" event="x">sip:a@b</watcher><watcher id="1" status="dancing">sip:a@b</watcher><watcher id="2" status="active"/><watcher id="3" status="waiting" expiration="soon">sip:bob@example.org</watcher></watcher-list></watcherinfo>';
    expect(parseWatcherInfo(source)).toEqual({
      kind: 'ok',
      document: document(1, 'full', [watcher('3', { status: 'waiting', event: '' })]),
    });
  });

  it.each([
    ['another document', '<presence xmlns="urn:ietf:params:xml:ns:pidf"/>', 'not a watcherinfo document'],
    ['no version', '<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" state="full"/>', 'watcherinfo without a version'],
    [
      'negative version',
      '<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="-1" state="full"/>',
      'watcherinfo without a version',
    ],
    ['no state', '<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="1"/>', 'watcherinfo is neither full nor partial'],
  ])('refuses: %s', (_name, source, reason) => {
    expect(parseWatcherInfo(source)).toEqual({ kind: 'failure', reason, offset: 0 });
  });

  it('what is printed reads back the same', () => {
    const text = fc.stringMatching(/^[a-z<&>"'@:.-]{1,10}$/);
    const number = fc.option(fc.nat(), { nil: undefined });
    const entry: fc.Arbitrary<WatcherEntry> = fc.record({
      id: text,
      uri: text,
      displayName: fc.oneof(fc.constant(''), text),
      status: fc.constantFrom('pending', 'active', 'waiting', 'terminated'),
      event: fc.constantFrom('subscribe', 'approved', 'giveup'),
      expirationSeconds: number,
      durationSubscribedSeconds: number,
    });
    const lists = fc.array(fc.record({ resource: text, package: text, watchers: fc.array(entry, { maxLength: 4 }) }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.record({ version: fc.nat(), state: fc.constantFrom('full', 'partial'), lists }), (value) => {
        expect(parseWatcherInfo(printWatcherInfo(value))).toEqual({ kind: 'ok', document: value });
      }),
    );
  });
});

describe('stepWatcherInfo', () => {
  const known = table(3, [watcher('1'), watcher('2', { status: 'pending' })]);

  it.each<[string, WatcherTable, WatcherInfoDocument, WatcherInfoStep]>([
    ['first full', EMPTY_WATCHER_TABLE, document(7, 'full', [watcher('1')]), { kind: 'applied', state: table(7, [watcher('1')]) }],
    [
      'first partial: full state never seen',
      EMPTY_WATCHER_TABLE,
      document(0, 'partial', [watcher('1')]),
      { kind: 'gap', state: table(0, [watcher('1')]) },
    ],
    ['next partial', known, document(4, 'partial', [watcher('2')]), { kind: 'applied', state: table(4, [watcher('1'), watcher('2')]) }],
    ['next partial, empty', known, document(4, 'partial', []), { kind: 'applied', state: { ...known, version: 4 } }],
    [
      'partial too new',
      known,
      document(6, 'partial', [watcher('3')]),
      { kind: 'gap', state: table(6, [watcher('1'), watcher('2', { status: 'pending' }), watcher('3')]) },
    ],
    ['same partial again', known, document(3, 'partial', [watcher('9')]), { kind: 'stale', state: known }],
    ['older full', known, document(2, 'full', []), { kind: 'stale', state: known }],
    ['same full again', known, document(3, 'full', [watcher('1')]), { kind: 'applied', state: table(3, [watcher('1')]) }],
    ['full replaces, over a gap', known, document(9, 'full', [watcher('9')]), { kind: 'applied', state: table(9, [watcher('9')]) }],
  ])('%s', (_name, state, news, expected) => {
    expect(stepWatcherInfo(state, news)).toEqual(expected);
  });

  it('keeps a terminated watcher until the next document', () => {
    const ended = stepWatcherInfo(known, document(4, 'partial', [watcher('1', { status: 'terminated', event: 'timeout' })]));
    expect(ended.state).toEqual(table(4, [watcher('1', { status: 'terminated', event: 'timeout' }), watcher('2', { status: 'pending' })]));
    expect(stepWatcherInfo(ended.state, document(5, 'partial', [])).state).toEqual(table(5, [watcher('2', { status: 'pending' })]));
  });

  it('keeps lists of other resources and packages apart', () => {
    const other = document(4, 'partial', [watcher('1')], 'sip:work@example.org');
    expect(stepWatcherInfo(known, other).state).toEqual({ version: 4, lists: [...known.lists, ...other.lists] });
  });
});
