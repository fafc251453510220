// The pure machines of discovery, row by row (RFC 6762 §5.2, §6, §7, §8, §9, §10).
import { describe, expect, it } from 'vitest';
import { INITIAL_ANNOUNCEMENT, stepAnnouncement } from '../../../../main/simple/discovery/announcement-step.ts';
import type { AnnouncementInput, AnnouncementState } from '../../../../main/simple/discovery/announcement-step.ts';
import { Cache } from '../../../../main/simple/discovery/cache.ts';
import { LONGEST_QUESTION_GAP_MS, PACKET_BURST, RECORDS_FOR_A_PACKET } from '../../../../main/simple/discovery/limits.ts';
import { compareSets, judgeNames } from '../../../../main/simple/discovery/name-conflict.ts';
import { hostRecord, ownRecords, withdrawn } from '../../../../main/simple/discovery/own-records.ts';
import { allow, FULL_ALLOWANCE } from '../../../../main/simple/discovery/packet-allowance.ts';
import { createPendingAnswers } from '../../../../main/simple/discovery/pending-answers.ts';
import { NO_QUESTION, stepQuestion } from '../../../../main/simple/discovery/question-step.ts';
import { EMPTY_PACKET } from '../../../../main/simple/discovery/record.ts';
import type { DnsPacket, DnsRecord } from '../../../../main/simple/discovery/record.ts';

const HOST = ['h1', 'local'];
const LIST = ['_sipuri', '_udp', 'local'];
const NAME = ['sip:ada@a.test', ...LIST];
const { shared, unique } = ownRecords({ name: 'Ada', uri: 'sip:ada@a.test', services: [{ type: '_sipuri._udp', port: 5070 }] }, 1, HOST);
const [ptr, types] = shared as [DnsRecord, DnsRecord];
const [srv, txt] = unique as [DnsRecord, DnsRecord];
const address = hostRecord(HOST, '10.0.0.1');
const OWN = [...shared, ...unique, address];
const response = (...answers: DnsRecord[]): DnsPacket => ({ ...EMPTY_PACKET, isResponse: true, answers });

describe('an announcement', () => {
  const at = (monotonicMs: number, fraction = 0.5) => ({ nowMs: 0, monotonicMs, fraction });
  const state = (more: Partial<AnnouncementState>): AnnouncementState => ({ ...INITIAL_ANNOUNCEMENT, ...more });
  const rows: [string, AnnouncementState, AnnouncementInput['kind'], AnnouncementState, string[]][] = [
    ['starts after a random wait', state({}), 'start', state({ phase: 'probing', dueMs: 1_125 }), []],
    ['waits for its time', state({ phase: 'probing', dueMs: 1_125 }), 'timer', state({ phase: 'probing', dueMs: 1_125 }), []],
    ['probes', state({ phase: 'probing', dueMs: 1_000 }), 'timer', state({ phase: 'probing', sent: 1, dueMs: 1_250 }), ['probe']],
    [
      'probes a third time',
      state({ phase: 'probing', sent: 2, dueMs: 1_000 }),
      'timer',
      state({ phase: 'probing', sent: 3, dueMs: 1_250 }),
      ['probe'],
    ],
    [
      'announces',
      state({ phase: 'probing', sent: 3, dueMs: 1_000 }),
      'timer',
      state({ phase: 'announcing', sent: 1, dueMs: 2_000 }),
      ['announce'],
    ],
    [
      'announces again, later',
      state({ phase: 'announcing', sent: 1, dueMs: 1_000 }),
      'timer',
      state({ phase: 'announcing', sent: 2, dueMs: 3_000 }),
      ['announce'],
    ],
    ['is done', state({ phase: 'announcing', sent: 2, dueMs: 1_000 }), 'timer', state({ phase: 'announced', sent: 3 }), ['announce']],
    [
      'takes another name',
      state({ phase: 'probing', sent: 1, dueMs: 1_100 }),
      'taken',
      state({ phase: 'probing', number: 2, dueMs: 1_125, conflictsMs: [1_000] }),
      ['renamed'],
    ],
    [
      'counts more of the same once',
      state({ phase: 'probing', dueMs: 1_100 }),
      'taken',
      state({ phase: 'probing', dueMs: 1_100, conflictsMs: [1_000] }),
      [],
    ],
    [
      'defends what it had by a probe',
      state({ phase: 'announced', sent: 3 }),
      'taken',
      state({ phase: 'probing', dueMs: 1_125, conflictsMs: [1_000] }),
      [],
    ],
    [
      'lets the winner of a tie go first',
      state({ phase: 'probing', sent: 2, dueMs: 1_100 }),
      'lost',
      state({ phase: 'probing', dueMs: 2_000 }),
      [],
    ],
    ['has no tie when announced', state({ phase: 'announced', sent: 3 }), 'lost', state({ phase: 'announced', sent: 3 }), []],
    ['tells a change without probe', state({ phase: 'announced', sent: 3 }), 'changed', state({ phase: 'announcing', dueMs: 1_000 }), []],
    [
      'tells a change in the end when still probing',
      state({ phase: 'probing', sent: 1, dueMs: 1_100 }),
      'changed',
      state({ phase: 'probing', sent: 1, dueMs: 1_100 }),
      [],
    ],
    ['ends', state({ phase: 'announcing', sent: 1, dueMs: 1_100 }), 'stop', state({ phase: 'stopped', sent: 1 }), []],
    ['does nothing after its end', state({ phase: 'stopped' }), 'start', state({ phase: 'stopped' }), []],
  ];
  it.each(rows)('%s', (_, before, kind, after, effects) => {
    expect(stepAnnouncement(before, { kind }, at(1_000))).toEqual([after, effects]);
  });

  it('waits five seconds after fifteen conflicts in ten', () => {
    const conflictsMs = Array.from({ length: 14 }, (_, index) => 500 + index);
    const [after] = stepAnnouncement(state({ phase: 'probing', sent: 1, dueMs: 1_100, conflictsMs }), { kind: 'taken' }, at(1_000));
    expect([after.dueMs, after.number]).toEqual([6_000, 2]);
  });
});

describe('questions for everybody', () => {
  it('get rare, down to one in an hour', () => {
    let [state] = stepQuestion(NO_QUESTION, 'start', { nowMs: 0, monotonicMs: 0, fraction: 0.5 });
    const asked: (number | undefined)[] = [];
    for (let count = 0; count < 15; count += 1) {
      const monotonicMs = state.dueMs ?? 0;
      asked.push(monotonicMs);
      const [next, isDue] = stepQuestion(state, 'timer', { nowMs: 0, monotonicMs, fraction: 0 });
      state = next;
      expect(isDue).toBe(true);
    }
    expect(asked.slice(0, 5)).toEqual([70, 1_070, 3_070, 7_070, 15_070]);
    expect(state.gapMs).toBe(LONGEST_QUESTION_GAP_MS);
    expect(stepQuestion(state, 'stop', { nowMs: 0, monotonicMs: 0, fraction: 0 })).toEqual([NO_QUESTION, false]);
  });
});

describe('a name that somebody else wants', () => {
  const theirs: DnsRecord = { ...srv, type: 'SRV', port: 1, target: ['zz', 'local'] };
  const weaker: DnsRecord = { ...srv, type: 'SRV', port: 1, target: ['aa', 'local'] };
  it.each([
    ['our own announcement', response(...OWN), 'none'],
    ['our own probe', { ...EMPTY_PACKET, authorities: unique }, 'none'],
    ['another one has it', response(theirs), 'taken'],
    ['another one gives it up', response(...withdrawn([theirs])), 'none'],
    ['our own port of before', response({ ...srv, type: 'SRV', port: 9, target: HOST }), 'none'],
    ['another name', response({ ...theirs, name: ['x', ...LIST] }), 'none'],
    ['a probe that comes later in order', { ...EMPTY_PACKET, authorities: [{ ...theirs, port: 65_000 }, txt] }, 'lost'],
    ['a probe that comes before ours', { ...EMPTY_PACKET, authorities: [weaker, txt] }, 'none'],
  ] as [string, DnsPacket, string][])('%s', (_, packet, verdict) => {
    expect(judgeNames(packet, unique)).toBe(verdict);
  });

  it('sets are compared by type and bytes, the longer of equal ones wins', () => {
    expect([compareSets([srv, txt], [txt, srv]), compareSets([srv, txt], [txt]), compareSets([address], [srv])].map(Math.sign)).toEqual([
      0, 1, -1,
    ]);
  });
});

describe('answers', () => {
  const ask = (more: Partial<DnsPacket>): DnsPacket => ({ ...EMPTY_PACKET, questions: [{ name: LIST, type: 'PTR' }], ...more });
  const due = (packet: DnsPacket): [number, DnsRecord[]] => {
    const pending = createPendingAnswers();
    pending.ask({ packet, asker: 'a' }, OWN, 1_000, 0.5);
    return [pending.nextMs(), pending.take(100_000)];
  };
  it.each([
    ['shared ones after a short wait', ask({}), [1_070, [ptr]]],
    ['our own at once', ask({ questions: [{ name: NAME, type: 'ANY' }] }), [1_000, [srv, txt]]],
    ['without case', ask({ questions: [{ name: NAME.map((label) => label.toUpperCase()), type: 'SRV' }] }), [1_000, [srv]]],
    ['types there are', ask({ questions: [{ name: ['_services', '_dns-sd', '_udp', 'local'], type: 'PTR' }] }), [1_070, [types]]],
    ['nothing that is known', ask({ answers: [{ ...ptr, ttlSeconds: 2_300 }] }), [Infinity, []]],
    ['what is known but old', ask({ answers: [{ ...ptr, ttlSeconds: 2_000 }] }), [1_070, [ptr]]],
    ['after all known answers have come', ask({ isTruncated: true }), [1_450, [ptr]]],
    ['nothing to others', ask({ questions: [{ name: ['x', 'local'], type: 'ANY' }] }), [Infinity, []]],
  ] as [string, DnsPacket, [number, DnsRecord[]]][])('%s', (_, packet, expected) => {
    expect(due(packet)).toEqual(expected);
  });

  it('not twice within a second, but to a probe; not what known answers or others told meanwhile', () => {
    const pending = createPendingAnswers();
    const probe = { ...EMPTY_PACKET, questions: [{ name: NAME, type: 'ANY' as const }], authorities: [srv] };
    const once = { packet: { ...probe, authorities: [] }, asker: 'a' };
    const takes: number[] = [];
    for (const [asked, nowMs] of [
      [once, 0],
      [once, 900],
      [{ packet: probe, asker: 'b' }, 950],
      [once, 2_000],
    ] as const) {
      pending.ask(asked, OWN, nowMs, 0);
      takes.push(pending.take(nowMs).length);
    }
    expect(takes).toEqual([2, 0, 2, 2]);
    pending.ask({ packet: ask({ isTruncated: true }), asker: 'a' }, OWN, 5_000, 0);
    pending.ask({ packet: { ...EMPTY_PACKET, answers: [ptr] }, asker: 'a' }, OWN, 5_010, 0);
    expect(pending.nextMs()).toBe(Infinity);
    pending.ask({ packet: ask({}), asker: 'a' }, OWN, 8_000, 0);
    pending.told([ptr]);
    expect(pending.nextMs()).toBe(Infinity);
  });
});

describe('what is kept of others', () => {
  const when = (monotonicMs: number) => ({ monotonicMs, fraction: 0 });
  const sweeps = (cache: Cache, times: readonly number[]): string[][] =>
    times.map((ms) => cache.sweep(when(ms)).map(({ type, name }) => `${type} ${name[0]}`));

  it('asks again at 80, 85, 90 and 95 % of its time, then forgets', () => {
    const cache = new Cache();
    cache.take(response(...OWN), 'x', when(0));
    expect(sweeps(cache, [95_000, 96_000, 102_000, 108_000, 114_000])).toEqual([
      [],
      ['SRV sip:ada@a.test', 'A h1'],
      ['SRV sip:ada@a.test', 'A h1'],
      ['SRV sip:ada@a.test', 'A h1'],
      ['SRV sip:ada@a.test', 'A h1'],
    ]);
    expect([cache.found().length, cache.nextMs()]).toEqual([1, 120_000]);
    expect([sweeps(cache, [120_000]), cache.found()]).toEqual([[[]], []]);
  });

  it('asks for what is missing, ever rarer, then no more', () => {
    const cache = new Cache();
    cache.take(response(ptr), 'x', when(0));
    const both = ['SRV sip:ada@a.test', 'TXT sip:ada@a.test'];
    expect(sweeps(cache, [100, 200, 1_200, 3_200, 7_200, 15_200, 60_000])).toEqual([[], both, both, both, both, both, []]);
    cache.take(response(srv, txt), 'x', when(60_000));
    expect(sweeps(cache, [60_200])).toEqual([['A h1', 'AAAA h1']]);
  });

  it('forgets a second after a goodbye, unless it is back', () => {
    const cache = new Cache();
    cache.take(response(...OWN), 'x', when(0));
    cache.take(response(...withdrawn([ptr])), 'x', when(5_000));
    cache.take(response(ptr), 'x', when(5_500));
    expect([sweeps(cache, [6_000]), cache.found().length]).toEqual([[[]], 1]);
    cache.take(response(...withdrawn([ptr])), 'x', when(7_000));
    expect([cache.nextMs(), sweeps(cache, [8_000]), cache.found().length]).toEqual([8_000, [[]], 0]);
  });

  it('takes nothing that nobody is listed for, and tells what it knows with what time is left', () => {
    const cache = new Cache();
    cache.take(response(srv, txt, address, { ...ptr, type: 'PTR', target: ['x', '_other', '_udp', 'local'] }), 'x', when(0));
    expect([cache.version(), cache.nextMs()]).toEqual([0, Infinity]);
    cache.take(response(ptr), 'x', when(0));
    expect(cache.knownAnswers('_sipuri._udp', 1_000_000)).toEqual([{ ...ptr, ttlSeconds: 3_500 }]);
    expect(cache.knownAnswers('_sipuri._udp', 2_300_000)).toEqual([]);
  });

  it('an address that replaces another ends it', () => {
    const cache = new Cache();
    cache.take(response(...OWN), 'x', when(0));
    cache.take(response({ ...address, address: '10.0.0.2' }), 'x', when(5_000));
    cache.sweep(when(6_000));
    expect(cache.found().map(({ addresses }) => addresses)).toEqual([['10.0.0.2']]);
  });
});

describe('a flood', () => {
  /** How many of 10,000 packets at once are read, and what is left. */
  function flood(records: number): [number, typeof FULL_ALLOWANCE] {
    let allowance = FULL_ALLOWANCE;
    let read = 0;
    for (let packet = 0; packet < 10_000; packet += 1) {
      const next = allow(allowance, records, 1_000);
      if (next === undefined) continue;
      allowance = next;
      read += 1;
    }
    return [read, allowance];
  }

  it('is read as far as the bucket goes, which fills with time', () => {
    const [read, left] = flood(0);
    expect([read, allow(left, 0, 1_002)]).toEqual([PACKET_BURST, { left: 0, atMs: 1_002 }]);
  });

  it('of packets full of records is read as far as their records go', () => {
    expect(flood(RECORDS_FOR_A_PACKET * 31)[0]).toBe(Math.floor(PACKET_BURST / 32));
  });
});
