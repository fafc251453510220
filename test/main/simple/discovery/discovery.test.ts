// Discovery among several on networks in memory: appearing, leaving, one name twice, networks that come and go, bad neighbours.
import { describe, expect, it } from 'vitest';
import { createDiscovery } from '../../../../main/simple/discovery/discovery.ts';
import type { Discovery } from '../../../../main/simple/discovery/discovery.ts';
import { MOST_PEERS_OF_SENDER } from '../../../../main/simple/discovery/limits.ts';
import { hostRecord, ownRecords } from '../../../../main/simple/discovery/own-records.ts';
import type { Announced } from '../../../../main/simple/discovery/own-records.ts';
import type { Peer } from '../../../../main/simple/discovery/peers.ts';
import { printPackets } from '../../../../main/simple/discovery/print-packet.ts';
import { readPacket } from '../../../../main/simple/discovery/read-packet.ts';
import { EMPTY_PACKET } from '../../../../main/simple/discovery/record.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { createMemoryMulticast } from '../../../support/memory-multicast.ts';

const MANY_MS = 10_000;

function announced(user: string, host: string, more: Partial<Announced> = {}): Announced {
  const uri = `sip:${user}@${host}`;
  return { name: `${user} N.`, uri, services: [{ type: '_sipuri._udp', port: 5070 }], ...more };
}

function createRoom() {
  const clock = createFakeClock();
  const net = createMemoryMulticast(clock);
  const all: Discovery[] = [];
  let seed = 1;
  return {
    clock,
    net,
    join(interfaces: Readonly<Record<string, string>>, used = Object.keys(interfaces)): Discovery {
      seed += 1;
      const random = createFakeRandom(seed);
      const discovery = createDiscovery({ clock, random, multicast: net.door(interfaces), log: () => undefined, interfaces: used });
      all.push(discovery);
      return discovery;
    },
    stopAll: () => all.forEach((discovery) => discovery.stop()),
  };
}

/** Whom `discovery` sees now, in `list.now`. */
function watch(discovery: Discovery): { now: readonly Peer[]; calls: number } {
  const list: { now: readonly Peer[]; calls: number } = { now: [], calls: 0 };
  discovery.browse((peers) => {
    list.now = peers;
    list.calls += 1;
  });
  return list;
}

const names = (list: { now: readonly Peer[] }): string[] => list.now.map(({ name }) => name).sort();

describe('two on one network', () => {
  it('see each other with name, URI and every way', async () => {
    const room = createRoom();
    const ada = room.join({ '10.0.0.1': 'lan' });
    const bob = room.join({ '10.0.0.2': 'lan' });
    const seen = watch(bob);
    ada.announce({
      name: 'Ada L.',
      uri: 'sip:ada@10.0.0.1:5070',
      services: [
        { type: '_sipuri._udp', port: 5070 },
        { type: '_sips._tcp', port: 5071, contact: 'sips:ada@10.0.0.1:5071' },
      ],
      extra: { fp: 'abc' },
    });
    await room.clock.advance(MANY_MS);
    const [peer] = seen.now;
    expect(seen.now).toEqual([
      {
        key: peer?.key,
        name: 'Ada L.',
        uri: 'sip:ada@10.0.0.1:5070',
        ways: [
          { type: '_sipuri._udp', contact: 'sip:ada@10.0.0.1:5070', port: 5070, addresses: ['10.0.0.1'] },
          { type: '_sips._tcp', contact: 'sips:ada@10.0.0.1:5071', port: 5071, addresses: ['10.0.0.1'] },
        ],
        extra: { txtvers: '1', name: 'Ada L.', contact: '<sip:ada@10.0.0.1:5070>', fp: 'abc' },
      },
    ]);
    room.stopAll();
    // The last goodbye arrives.
    await room.clock.advance(2);
    expect(room.clock.pendingTimers()).toBe(0);
  });

  it('who comes later is found, and finds who was there before', async () => {
    const room = createRoom();
    const ada = room.join({ '10.0.0.1': 'lan' });
    ada.announce(announced('ada', 'a.test'));
    const seenByAda = watch(ada);
    await room.clock.advance(600_000);
    const bob = room.join({ '10.0.0.2': 'lan' });
    bob.announce(announced('bob', 'b.test'));
    const seenByBob = watch(bob);
    await room.clock.advance(3_000);
    expect([names(seenByAda), names(seenByBob)]).toEqual([['bob N.'], ['ada N.']]);
    room.stopAll();
  });

  it('who says goodbye is gone within two seconds', async () => {
    const room = createRoom();
    const ada = room.join({ '10.0.0.1': 'lan' });
    const seen = watch(room.join({ '10.0.0.2': 'lan' }));
    const announcement = ada.announce(announced('ada', 'a.test'));
    await room.clock.advance(MANY_MS);
    expect(names(seen)).toEqual(['ada N.']);
    announcement.stop();
    await room.clock.advance(1_500);
    expect(names(seen)).toEqual([]);
    room.stopAll();
  });

  it('who vanishes without a word is gone after two minutes, and stays while there', async () => {
    const room = createRoom();
    const ada = room.join({ '10.0.0.1': 'lan' });
    const seen = watch(room.join({ '10.0.0.2': 'lan' }));
    ada.announce(announced('ada', 'a.test'));
    await room.clock.advance(3 * 3_600_000);
    expect(names(seen)).toEqual(['ada N.']);
    room.net.setUp('lan', false);
    await room.clock.advance(121_000);
    expect(names(seen)).toEqual([]);
    room.net.setUp('lan', true);
    room.stopAll();
  });

  it('who could not be reached is asked for, and gone in ten seconds without an answer (RFC 6762 §10.4)', async () => {
    const room = createRoom();
    const [ada, eve] = [room.join({ '10.0.0.1': 'lan' }), room.join({ '10.0.0.3': 'gone' })];
    const bob = room.join({ '10.0.0.2': 'lan', '10.1.0.2': 'gone' });
    const seen = watch(bob);
    ada.announce(announced('ada', 'a.test'));
    eve.announce(announced('eve', 'e.test'));
    await room.clock.advance(60_000);
    room.net.setUp('gone', false);
    const before = room.net.sent.length;
    for (const address of ['10.0.0.1', '10.0.0.3', '10.0.0.9']) {
      for (let count = 0; count < 100; count++) bob.doubt(address, 5070);
    }
    await room.clock.advance(9_000);
    const during = names(seen);
    await room.clock.advance(2_000);
    const asked = room.net.sent.length - before;
    expect([during, names(seen), asked > 0 && asked < 8]).toEqual([['ada N.', 'eve N.'], ['ada N.'], true]);
    await room.clock.advance(600_000);
    expect(names(seen)).toEqual(['ada N.']);
    room.net.setUp('gone', true);
    room.stopAll();
  });

  it('a new name is told within a second', async () => {
    const room = createRoom();
    const ada = room.join({ '10.0.0.1': 'lan' });
    const seen = watch(room.join({ '10.0.0.2': 'lan' }));
    const announcement = ada.announce(announced('ada', 'a.test'));
    await room.clock.advance(MANY_MS);
    announcement.change(announced('ada', 'a.test', { name: 'Countess' }));
    await room.clock.advance(1_000);
    expect([names(seen), announcement.label()]).toEqual([['Countess'], 'sip:ada@a.test']);
    announcement.change(announced('ada', 'new.test', { name: 'Countess' }));
    await room.clock.advance(MANY_MS);
    expect(seen.now.map(({ uri }) => uri)).toEqual(['sip:ada@new.test']);
    room.stopAll();
  });
});

describe('one name twice', () => {
  it.each([
    ['at once', 0],
    ['while the first probes', 300],
    ['when the first is there', MANY_MS],
  ])('%s: one keeps it, the other gets a number, both are seen', async (_, afterMs) => {
    const room = createRoom();
    const one = room.join({ '10.0.0.1': 'lan' });
    const two = room.join({ '10.0.0.2': 'lan' });
    const seen = watch(room.join({ '10.0.0.3': 'lan' }));
    const first = one.announce(announced('ada', 'a.test'));
    await room.clock.advance(afterMs);
    const second = two.announce(announced('ada', 'a.test'));
    await room.clock.advance(MANY_MS);
    expect([first.label(), second.label()].sort()).toEqual(['sip:ada@a.test', 'sip:ada@a.test (2)']);
    expect(seen.now.map(({ uri, ways }) => [uri, ways[0]?.addresses]).sort()).toEqual([
      ['sip:ada@a.test', ['10.0.0.1']],
      ['sip:ada@a.test', ['10.0.0.2']],
    ]);
    room.stopAll();
  });

  it('both had it on networks of their own that are joined', async () => {
    const room = createRoom();
    const one = room.join({ '10.0.0.1': 'lan' });
    const two = room.join({ '10.0.0.2': 'cafe', '10.0.0.3': 'lan' }, ['10.0.0.2']);
    const labels = [one.announce(announced('ada', 'a.test')), two.announce(announced('ada', 'a.test'))];
    await room.clock.advance(MANY_MS);
    expect(labels.map((each) => each.label())).toEqual(['sip:ada@a.test', 'sip:ada@a.test']);
    two.refreshInterfaces(['10.0.0.3']);
    await room.clock.advance(MANY_MS);
    expect(labels.map((each) => each.label())).toEqual(['sip:ada@a.test', 'sip:ada@a.test (2)']);
    room.stopAll();
  });
});

describe('networks that come and go', () => {
  it('two networks and one that is left', async () => {
    const room = createRoom();
    const ada = room.join({ '10.0.0.1': 'lan', '10.1.0.1': 'wifi' });
    const bob = room.join({ '10.0.0.2': 'lan', '10.1.0.2': 'wifi' });
    ada.announce(announced('ada', 'a.test'));
    const seen = watch(bob);
    await room.clock.advance(MANY_MS);
    expect(seen.now.map(({ ways }) => ways[0]?.addresses)).toEqual([['10.0.0.1', '10.1.0.1']]);
    ada.refreshInterfaces(['10.1.0.1']);
    await room.clock.advance(2_500);
    expect(seen.now.map(({ ways }) => ways[0]?.addresses)).toEqual([['10.1.0.1']]);
    bob.refreshInterfaces([]);
    await room.clock.advance(1_000);
    expect(seen.now).toEqual([]);
    room.stopAll();
  });

  it('a network that cannot be used yet is tried again, told of once', async () => {
    const room = createRoom();
    room.net.setUp('lan', false);
    const log: string[] = [];
    const interfaces = ['10.0.0.1'];
    const multicast = room.net.door({ '10.0.0.1': 'lan' });
    const random = createFakeRandom(9);
    const late = createDiscovery({ clock: room.clock, random, multicast, log: (_, text) => void log.push(text), interfaces });
    late.announce(announced('late', 'l.test'));
    await room.clock.advance(21_000);
    room.net.setUp('lan', true);
    const seen = watch(room.join({ '10.0.0.2': 'lan' }));
    await room.clock.advance(MANY_MS);
    expect([names(seen), log]).toEqual([['late N.'], ['discovery: 10.0.0.1 cannot be used: no network at 10.0.0.1']]);
    late.stop();
    room.stopAll();
    // The last goodbye arrives.
    await room.clock.advance(2);
    expect(room.clock.pendingTimers()).toBe(0);
  });

  it('link-local addresses carry the zone of the network they were heard on', async () => {
    const room = createRoom();
    const ada = room.join({ 'fe80::1%eth0': 'lan' });
    const seen = watch(room.join({ 'fe80::2%wlan1': 'lan' }));
    ada.announce(announced('ada', 'a.test'));
    await room.clock.advance(MANY_MS);
    expect(seen.now.map(({ ways }) => ways[0]?.addresses)).toEqual([['fe80::1%wlan1']]);
    room.stopAll();
  });
});

describe('bad neighbours', () => {
  function fake(index: number, more: Partial<Announced> = {}): Uint8Array[] {
    const host = [`fake${index}`, 'local'];
    const { shared, unique } = ownRecords(announced(`fake${index}`, 'f.test', more), 1, host);
    return printPackets({ ...EMPTY_PACKET, isResponse: true, answers: [...shared, ...unique, hostRecord(host, '10.0.0.66')] });
  }

  it('three thousand invented people do not shut out a real one, and go when their time is over', async () => {
    const room = createRoom();
    const seen = watch(room.join({ '10.0.0.2': 'lan' }));
    const ada = room.join({ '10.0.0.1': 'lan' });
    ada.announce(announced('ada', 'a.test'));
    await room.clock.advance(MANY_MS);
    for (let index = 0; index < 3_000; index += 1)
      for (const bytes of fake(index)) room.net.inject('lan', bytes, { address: '10.0.0.66', port: 5353 });
    const callsBefore = seen.calls;
    await room.clock.advance(MANY_MS);
    expect(seen.now.length).toBe(MOST_PEERS_OF_SENDER + 1);
    expect(names(seen)).toContain('ada N.');
    const late = room.join({ '10.0.0.3': 'lan' });
    late.announce(announced('late', 'l.test'));
    await room.clock.advance(MANY_MS);
    expect(names(seen)).toContain('late N.');
    expect(seen.calls - callsBefore).toBeLessThan(5);
    await room.clock.advance(130_000);
    expect(names(seen)).toEqual(['ada N.', 'late N.']);
    room.stopAll();
  });

  it('names are one readable line, cut', async () => {
    const room = createRoom();
    const seen = watch(room.join({ '10.0.0.2': 'lan' }));
    const ada = room.join({ '10.0.0.1': 'lan' });
    ada.announce(announced('ada', 'a.test', { name: `A\u202e\u0000\n${'da'.repeat(5_000)}` }));
    const strings = [Buffer.from('name=\u0007 x\u2028y\ufffd'), Buffer.from('contact=<sip:eve@e.test>')];
    const { shared, unique } = ownRecords(announced('eve', 'e.test'), 1, ['eve', 'local']);
    const answers = [
      ...shared,
      ...unique.map((record) => (record.type === 'TXT' ? { ...record, strings } : record)),
      hostRecord(['eve', 'local'], '10.0.0.9'),
    ];
    for (const bytes of printPackets({ ...EMPTY_PACKET, isResponse: true, answers }))
      room.net.inject('lan', bytes, { address: '10.0.0.9', port: 5353 });
    await room.clock.advance(MANY_MS);
    expect(names(seen)).toEqual([`A ${'da'.repeat(30)}d…`, 'x y']);
    room.stopAll();
  });

  it('who claims every name makes us rename rarely, not for ever busy', async () => {
    const room = createRoom();
    const victim = room.join({ '10.0.0.1': 'lan' });
    const bully = room.net.door({ '10.0.0.66': 'lan' });
    const socket = await bully.open('10.0.0.66', (bytes) => {
      const packet = readPacket(bytes);
      for (const claim of packet?.authorities ?? []) {
        if (claim.type !== 'SRV') continue;
        const answers = [{ ...claim, target: ['bully', 'local'] }];
        for (const out of printPackets({ ...EMPTY_PACKET, isResponse: true, answers })) socket.send(out, () => undefined);
      }
    });
    const announcement = victim.announce(announced('ada', 'a.test'));
    await room.clock.advance(60_000);
    const number = Number(/\((\d+)\)$/.exec(announcement.label())?.[1]);
    expect(number).toBeGreaterThan(15);
    expect(number).toBeLessThan(120);
    room.stopAll();
  });

  it('a jump of the calendar changes nothing', async () => {
    const room = createRoom();
    const ada = room.join({ '10.0.0.1': 'lan' });
    const seen = watch(room.join({ '10.0.0.2': 'lan' }));
    ada.announce(announced('ada', 'a.test'));
    await room.clock.advance(MANY_MS);
    for (const jumpMs of [3.15e10, -3.15e10]) {
      room.clock.setNowMs(room.clock.nowMs() + jumpMs);
      await room.clock.advance(MANY_MS);
      expect([names(seen), seen.calls]).toEqual([['ada N.'], 2]);
    }
    room.stopAll();
  });

  it('a quiet network stays quiet: questions get rare', async () => {
    const room = createRoom();
    watch(room.join({ '10.0.0.2': 'lan' }));
    await room.clock.advance(24 * 3_600_000);
    expect(room.net.sent.length).toBeLessThan(40);
    room.stopAll();
  });
});

describe('plain DNS clients', () => {
  it('get a short-lived answer for themselves, with their question', async () => {
    const room = createRoom();
    const ada = room.join({ '10.0.0.1': 'lan' });
    ada.announce(announced('ada', 'a.test'));
    await room.clock.advance(MANY_MS);
    const before = room.net.sent.length;
    const question = { name: ['_sipuri', '_udp', 'local'], type: 'PTR' as const };
    const [bytes] = printPackets({ ...EMPTY_PACKET, id: 77, questions: [question] });
    room.net.inject('lan', bytes ?? new Uint8Array(), { address: '10.0.0.5', port: 40_000 });
    await room.clock.advance(500);
    const replies = room.net.sent.slice(before);
    expect(replies.map(({ to }) => to)).toEqual([{ address: '10.0.0.5', port: 40_000 }]);
    const reply = readPacket(replies[0]?.bytes ?? new Uint8Array());
    const target = ['sip:ada@a.test', '_sipuri', '_udp', 'local'];
    expect([reply?.id, reply?.questions, reply?.answers, reply?.additionals.map(({ type }) => type)]).toEqual([
      77,
      [question],
      [{ type: 'PTR', name: question.name, ttlSeconds: 10, isUnique: false, target }],
      ['SRV', 'TXT', 'A'],
    ]);
    room.stopAll();
  });
});
