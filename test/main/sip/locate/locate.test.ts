// Locating by the cases of RFC 3263 §4, and the order RFC 2782 gives to SRV records.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NaptrRecord, SrvRecord, TransportProtocol, Uri } from '../../../../main/sip/index.ts';
import { parseUri } from '../../../../main/sip/index.ts';
import { DeadTargets } from '../../../../main/sip/locate/dead-targets.ts';
import { isOtherEnd, locate } from '../../../../main/sip/locate/locate.ts';
import type { Located, Target } from '../../../../main/sip/locate/locate.ts';
import { orderSrv } from '../../../../main/sip/locate/order-records.ts';
import { TargetQueue } from '../../../../main/sip/locate/target-queue.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';

function naptr(order: number, preference: number, service: string, replacement: string): NaptrRecord {
  return { order, preference, flags: 's', service, replacement };
}
function srv(priority: number, weight: number, port: number, target: string): SrvRecord {
  return { priority, weight, port, target };
}

/** full.test has everything, plain.test only addresses, srv.test no NAPTR; gone.test says that the service is not there. */
const NAPTR: Record<string, NaptrRecord[]> = {
  'full.test': [
    naptr(20, 10, 'SIP+D2U', '_sip._udp.full.test'),
    naptr(10, 20, 'SIP+D2T', '_sip._tcp.full.test'),
    naptr(10, 10, 'SIPS+D2T', '_sips._tcp.full.test'),
    naptr(5, 10, 'E2U+sip', 'ignored.test'),
  ],
};
const SRV: Record<string, SrvRecord[]> = {
  '_sip._udp.full.test': [srv(10, 0, 5070, 'a.test')],
  '_sip._tcp.full.test': [srv(20, 0, 5071, 'b.test'), srv(10, 0, 5072, 'a.test')],
  '_sips._tcp.full.test': [srv(10, 0, 5073, 'a.test')],
  '_sip._tcp.srv.test': [srv(10, 0, 5074, 'b.test')],
  '_sip._udp.gone.test': [srv(0, 0, 0, '.')],
  '_sip._udp.half.test': [srv(0, 0, 0, '.')],
  '_sip._tcp.half.test': [srv(10, 0, 5075, 'b.test')],
};
const ADDRESSES: Record<string, string[]> = {
  'a.test': ['192.0.2.1', '2001:db8::1'],
  'b.test': ['192.0.2.2'],
  'full.test': ['192.0.2.9'],
  'plain.test': ['192.0.2.3'],
};

interface Setting {
  readonly usable?: TransportProtocol[];
  readonly preferred?: TransportProtocol;
  readonly broken?: boolean;
  readonly secures?: boolean;
}

function locatedOf(text: string, more: Setting = {}): Promise<Located> {
  const result = parseUri(text);
  const uri: Uri | undefined = result.kind === 'ok' ? result.value : undefined;
  if (uri?.kind !== 'sip') throw new Error(text);
  const answer = <T>(table: Record<string, T[]>, name: string): Promise<T[]> =>
    more.broken === true ? Promise.reject(new Error('SERVFAIL')) : Promise.resolve(table[name] ?? []);
  return locate(uri, {
    dns: { naptr: (name) => answer(NAPTR, name), srv: (name) => answer(SRV, name), addresses: (name) => answer(ADDRESSES, name) },
    fraction: () => 0.5,
    isUsable: (protocol) => (more.usable ?? ['udp', 'tcp']).includes(protocol),
    preferredTransport: more.preferred,
    ...(more.secures === undefined ? {} : { securesWebSocket: more.secures }),
  });
}

async function where(text: string, more: Setting = {}): Promise<string[]> {
  const located = await locatedOf(text, more);
  if (located.kind === 'failed') return [located.cause];
  return located.targets.map((target) => `${target.protocol} ${target.address} ${target.port} ${target.serverName}`);
}

describe('locate', () => {
  it.each([
    ['numeric host', 'sip:192.0.2.7', {}, ['udp 192.0.2.7 5060 192.0.2.7']],
    ['numeric host with port', 'sip:192.0.2.7:5080', {}, ['udp 192.0.2.7 5080 192.0.2.7']],
    ['IPv6 reference', 'sip:[2001:db8::7];transport=tcp', {}, ['tcp 2001:db8::7 5060 [2001:db8::7]']],
    ['numeric sips', 'sips:192.0.2.7', { usable: ['tls'] }, ['tls 192.0.2.7 5061 192.0.2.7']],
    ['sips over tcp means TLS', 'sips:192.0.2.7;transport=tcp', { usable: ['tls'] }, ['tls 192.0.2.7 5061 192.0.2.7']],
    ['maddr', 'sip:full.test;maddr=192.0.2.8', {}, ['udp 192.0.2.8 5060 full.test']],
    ['name with port: no SRV', 'sip:full.test:5090', {}, ['udp 192.0.2.9 5090 full.test']],
    ['name with port and transport', 'sip:full.test:5090;transport=tcp', {}, ['tcp 192.0.2.9 5090 full.test']],
    [
      'name with transport: its SRV, by priority, all addresses',
      'sip:full.test;transport=tcp',
      {},
      ['tcp 192.0.2.1 5072 full.test', 'tcp 2001:db8::1 5072 full.test', 'tcp 192.0.2.2 5071 full.test'],
    ],
    [
      'NAPTR: the best we speak',
      'sip:full.test',
      {},
      ['tcp 192.0.2.1 5072 full.test', 'tcp 2001:db8::1 5072 full.test', 'tcp 192.0.2.2 5071 full.test'],
    ],
    [
      'NAPTR: TLS where we speak it',
      'sip:full.test',
      { usable: ['udp', 'tls'] },
      ['tls 192.0.2.1 5073 full.test', 'tls 2001:db8::1 5073 full.test'],
    ],
    [
      'NAPTR: the transport chosen by the person',
      'sip:full.test',
      { preferred: 'udp' },
      ['udp 192.0.2.1 5070 full.test', 'udp 2001:db8::1 5070 full.test'],
    ],
    [
      'sips takes only secure NAPTR',
      'sips:full.test',
      { usable: ['udp', 'tcp', 'tls'] },
      ['tls 192.0.2.1 5073 full.test', 'tls 2001:db8::1 5073 full.test'],
    ],
    ['no NAPTR: SRV of what we speak', 'sip:srv.test', {}, ['tcp 192.0.2.2 5074 srv.test']],
    ['neither: address and UDP', 'sip:plain.test', {}, ['udp 192.0.2.3 5060 plain.test']],
    ['neither: address and the chosen transport', 'sip:plain.test', { preferred: 'tcp' }, ['tcp 192.0.2.3 5060 plain.test']],
    ['a WebSocket chosen by the person', 'sip:full.test', { preferred: 'wss', usable: ['udp', 'wss'] }, ['wss 192.0.2.9 443 full.test']],
    ['ws', 'sip:192.0.2.7;transport=ws', {}, ['ws 192.0.2.7 80 192.0.2.7']],
    ['ws of a server reached by WSS', 'sip:192.0.2.7;transport=ws', { secures: true }, ['wss 192.0.2.7 443 192.0.2.7']],
    ['TCP of a server reached by WSS', 'sip:192.0.2.7;transport=tcp', { secures: true }, ['tcp 192.0.2.7 5060 192.0.2.7']],
    ['sips over WebSocket', 'sips:192.0.2.7:8443;transport=ws', {}, ['wss 192.0.2.7 8443 192.0.2.7']],
    ['sips without records', 'sips:plain.test', { usable: ['tls'] }, ['tls 192.0.2.3 5061 plain.test']],
    ['a service that is decidedly not there', 'sip:gone.test', {}, ['name-not-found']],
    ['an unknown name', 'sip:nowhere.test', {}, ['name-not-found']],
    ['an unknown transport', 'sip:full.test;transport=pigeon', {}, ['unreachable']],
    ['a name service that does not answer', 'sip:full.test', { broken: true }, ['unreachable']],
  ] as const)('%s', async (_, text, more, expected) => {
    expect(await where(text, more as Setting)).toEqual(expected);
  });
});

describe('the other end of a connection', () => {
  it.each<[TransportProtocol, number, string[]]>([
    ['tcp', 5060, ['sip:192.0.2.7', 'sip:192.0.2.7:5070', 'sip:192.0.2.7;transport=tcp', 'sip:192.0.2.7:5060;transport=TCP']],
    ['tls', 5061, ['sip:192.0.2.7', 'sip:192.0.2.7:5070', 'sips:192.0.2.7', 'sips:192.0.2.7;transport=tcp', 'sip:192.0.2.7;transport=tls']],
    ['ws', 80, ['sip:192.0.2.7', 'sip:192.0.2.7:5070', 'sip:192.0.2.7;transport=ws']],
    [
      'wss',
      443,
      ['sip:192.0.2.7', 'sip:192.0.2.7:5070', 'sip:192.0.2.7;transport=ws', 'sips:192.0.2.7;transport=ws', 'sip:192.0.2.7;transport=wss'],
    ],
    ['udp', 5060, []],
  ])('over %s is named by its address, and transport and port where it says them', (protocol, port, expected) => {
    const texts = [
      ...['sip:192.0.2.7', 'sip:192.0.2.7:5070', 'sip:192.0.2.8', 'sip:plain.test', 'sips:192.0.2.7', 'sips:192.0.2.7:5070'],
      ...['sip:192.0.2.7;transport=tcp', 'sip:192.0.2.7:5060;transport=TCP', 'sip:192.0.2.7:5070;transport=tcp'],
      ...['sips:192.0.2.7;transport=tcp', 'sip:192.0.2.7;transport=tls', 'sip:192.0.2.7;transport=pigeon'],
      ...['sip:192.0.2.7;transport=ws', 'sips:192.0.2.7;transport=ws', 'sip:192.0.2.7;transport=wss', 'sip:192.0.2.7:1;transport=ws'],
    ];
    const remote = { address: '192.0.2.7', port };
    const named = texts.filter((text) => {
      const result = parseUri(text);
      return result.kind === 'ok' && result.value.kind === 'sip' && isOtherEnd(result.value, { protocol, remote });
    });
    expect(named.toSorted()).toEqual(expected.toSorted());
  });
});

describe('orderSrv', () => {
  it('keeps every record once and never puts a lower priority first', () => {
    const record = fc.record({ priority: fc.nat(3), weight: fc.nat(100), port: fc.nat(65_535), target: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), fc.nat(), (records, seed) => {
        const ordered = orderSrv(records, createFakeRandom(seed).fraction);
        expect(ordered.toSorted(byText)).toEqual(records.toSorted(byText));
        expect(ordered.map((entry) => entry.priority)).toEqual(records.map((entry) => entry.priority).toSorted((a, b) => a - b));
      }),
    );
  });

  it('chooses by weight', () => {
    const random = createFakeRandom(3);
    const first = { heavy: 0, light: 0, none: 0 };
    for (let round = 0; round < 1_000; round++) {
      const [chosen] = orderSrv([srv(1, 30, 1, 'light'), srv(1, 0, 1, 'none'), srv(1, 70, 1, 'heavy')], () => random.fraction());
      first[chosen?.target as keyof typeof first]++;
    }
    expect(first.heavy).toBeGreaterThan(620);
    expect(first.light).toBeGreaterThan(220);
    expect(first.none).toBeGreaterThan(0);
  });
});

function byText(a: SrvRecord, b: SrvRecord): number {
  const left = JSON.stringify(a);
  const right = JSON.stringify(b);
  return left < right ? -1 : left > right ? 1 : 0;
}

const target = (host: string, protocol: TransportProtocol = 'udp'): Target => ({
  protocol,
  address: `192.0.2.${host}`,
  port: 5060,
  serverName: 'x.test',
});

/** All that a queue gives. */
async function drained(located: Extract<Located, { kind: 'targets' }>, dead: DeadTargets): Promise<string[]> {
  const queue = new TargetQueue(located, dead);
  const given: string[] = [];
  for (let next = await queue.next(); next !== undefined; next = await queue.next()) given.push(`${next.protocol} ${next.address}`);
  return given;
}

describe('TargetQueue', () => {
  it('puts what did not answer last, for a minute', async () => {
    const clock = createFakeClock();
    const dead = new DeadTargets(clock);
    const located = { kind: 'targets', targets: [target('1'), target('2')] } as const;
    dead.add(target('1'));
    expect(await drained(located, dead)).toEqual(['udp 192.0.2.2', 'udp 192.0.2.1']);
    await clock.advance(60_000);
    expect(await drained(located, dead)).toEqual(['udp 192.0.2.1', 'udp 192.0.2.2']);
  });

  it('goes on with the next transport, and asks for it no sooner than it must', async () => {
    let asked = 0;
    const udp: Located = { kind: 'targets', targets: [target('3')] };
    const more = (): Promise<Located> => {
      asked += 1;
      return Promise.resolve(udp);
    };
    const dead = new DeadTargets(createFakeClock());
    const located = { kind: 'targets', targets: [target('1', 'tcp'), target('2', 'tcp')], more } as const;
    const queue = new TargetQueue(located, dead);
    await queue.next();
    await queue.next();
    expect(asked).toBe(0);
    dead.add(target('1', 'tcp'));
    expect(await drained(located, dead)).toEqual(['tcp 192.0.2.2', 'udp 192.0.2.3', 'tcp 192.0.2.1']);
  });

  it('ends where the next transport has no place, and after so many in any case', async () => {
    const dead = new DeadTargets(createFakeClock());
    const failed: Located = { kind: 'failed', cause: 'name-not-found', reason: 'none' };
    const located = { kind: 'targets', targets: [target('1')], more: () => Promise.resolve(failed) } as const;
    expect(await drained(located, dead)).toEqual(['udp 192.0.2.1']);
    const many = Array.from({ length: 40 }, (_, index) => target(String(index)));
    expect((await drained({ kind: 'targets', targets: many }, dead)).length).toBe(16);
  });
});

describe('all the places a name stands for', () => {
  it.each([
    [
      'by NAPTR, transport after transport',
      'sip:full.test',
      {},
      ['tcp 192.0.2.1', 'tcp 2001:db8::1', 'tcp 192.0.2.2', 'udp 192.0.2.1', 'udp 2001:db8::1'],
    ],
    [
      'the one chosen by the person first',
      'sip:full.test',
      { preferred: 'udp' },
      ['udp 192.0.2.1', 'udp 2001:db8::1', 'tcp 192.0.2.1', 'tcp 2001:db8::1', 'tcp 192.0.2.2'],
    ],
    ['nothing less safe behind TLS', 'sip:full.test', { usable: ['udp', 'tcp', 'tls'] }, ['tls 192.0.2.1', 'tls 2001:db8::1']],
    ['by the one transport that is named', 'sip:full.test;transport=udp', {}, ['udp 192.0.2.1', 'udp 2001:db8::1']],
    ['behind a service that is decidedly not there', 'sip:half.test', {}, ['tcp 192.0.2.2']],
  ] as const)('%s', async (_, text, more, expected) => {
    const located = await locatedOf(text, more as Setting);
    if (located.kind === 'failed') throw new Error(located.reason);
    expect(await drained(located, new DeadTargets(createFakeClock()))).toEqual(expected);
  });
});
