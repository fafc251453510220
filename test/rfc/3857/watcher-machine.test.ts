// RFC 3857 §4.7.1: the watcher's machine, every state with every event.
import { describe, expect, it } from 'vitest';
import type { WatcherEvent, WatcherStatus } from '../../../main/simple/document/watcher-info.ts';
import { firstWatcherStatus, nextWatcherStatus } from '../../../main/simple/event/notifier/watcher-machine.ts';
import type { WatcherPolicy, WatcherState } from '../../../main/simple/event/notifier/watcher-machine.ts';

describe('from init, as the policy says', () => {
  it.each<[WatcherPolicy, WatcherStatus, WatcherEvent]>([
    ['accepted', 'active', 'subscribe'],
    ['pending', 'pending', 'subscribe'],
    ['refused', 'terminated', 'rejected'],
  ])('%s: %s by %s', (policy, status, event) => {
    expect(firstWatcherStatus(policy)).toEqual({ status, event });
  });
});

const EVENTS: readonly WatcherEvent[] = [
  'subscribe',
  'approved',
  'deactivated',
  'probation',
  'rejected',
  'timeout',
  'giveup',
  'noresource',
];

describe('every event in every state', () => {
  // Columns as in EVENTS; `-`: nothing happens.
  it.each<[WatcherState, string]>([
    ['init', '- - - - - - - -'],
    ['pending', '- active terminated terminated terminated waiting terminated terminated'],
    ['active', '- - terminated terminated terminated terminated - terminated'],
    ['waiting', 'terminated terminated - - terminated - terminated terminated'],
    ['terminated', '- - - - - - - -'],
  ])('%s', (state, row) => {
    expect(EVENTS.map((event) => nextWatcherStatus(state, event) ?? '-').join(' ')).toBe(row);
  });
});
