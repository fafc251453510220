// The DNS client against a scripted name server on loopback: what is asked, believed, remembered and passed over.
import { decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { DnsResolver } from '../../../../main/sip/network.ts';
import { parseReply, printQuestion } from '../../../../main/sip/dns/dns-answer.ts';
import { parseHosts } from '../../../../main/sip/dns/hosts-file.ts';
import { parseServerAddress } from '../../../../main/sip/dns/server-address.ts';
import { createNodeDns } from '../../../../main/sip/node-dns.ts';
import { createNodeClock, createNodeRandom } from '../../../../main/sip/index.ts';
import type { Clock } from '../../../../main/sip/index.ts';
import { startScriptedDns } from '../../../support/scripted-dns.ts';
import type { DnsScript, ScriptedDns } from '../../../support/scripted-dns.ts';

const srv = (name: string, ttl: number, port: number, target: string) =>
  ({ type: 'SRV', name, ttl, data: { priority: 10, weight: 5, port, target } }) as const;
const a = (name: string, ttl: number, data: string) => ({ type: 'A', name, ttl, data }) as const;
const SRV_NAME = '_sip._udp.example.test';

const running: ScriptedDns[] = [];
afterEach(async () => {
  for (const dns of running.splice(0)) await dns.stop();
});

async function serve(script: DnsScript): Promise<ScriptedDns> {
  const dns = await startScriptedDns(script);
  running.push(dns);
  return dns;
}

interface TestResolver {
  readonly resolver: DnsResolver;
  /** Lets this much time pass for what is remembered. */
  pass(seconds: number): void;
  readonly system: string[];
}

function resolverFor(...servers: ScriptedDns['server'][]): TestResolver {
  const real = createNodeClock();
  let shiftMs = 0;
  const clock: Clock = { ...real, monotonicMs: () => real.monotonicMs() + shiftMs };
  const system: string[] = [];
  const resolver = createNodeDns({
    clock,
    random: createNodeRandom(),
    servers,
    systemAddresses: async (host) => {
      system.push(host);
      return host === 'printer' || host === 'found-elsewhere.test' ? ['192.0.2.99'] : [];
    },
  });
  return { resolver, system, pass: (seconds) => void (shiftMs += seconds * 1_000) };
}

describe('DNS client', () => {
  it('reads SRV and NAPTR records and remembers them for their time to live', async () => {
    const naptr = { order: 10, preference: 20, flags: 's', services: 'SIP+D2T', regexp: '', replacement: '_sip._tcp.example.test' };
    const dns = await serve({
      records: {
        [`SRV ${SRV_NAME}`]: [srv(SRV_NAME, 30, 5070, 'a.example.test'), srv(SRV_NAME, 60, 5071, 'b.example.test')],
        'NAPTR example.test': [{ type: 'NAPTR', name: 'example.test', ttl: 300, data: naptr }],
      },
    });
    const { resolver, pass } = resolverFor(dns.server);
    const expected = [
      { priority: 10, weight: 5, port: 5070, target: 'a.example.test' },
      { priority: 10, weight: 5, port: 5071, target: 'b.example.test' },
    ];
    expect(await resolver.srv(SRV_NAME)).toEqual(expected);
    expect(await resolver.naptr('example.test')).toEqual([
      { order: 10, preference: 20, flags: 's', service: 'SIP+D2T', replacement: '_sip._tcp.example.test' },
    ]);
    pass(29);
    // The name has no case, and the least of the times to live counts.
    expect(await resolver.srv('_SIP._udp.Example.test')).toEqual(expected);
    expect(dns.asked).toEqual([`udp SRV ${SRV_NAME}`, 'udp NAPTR example.test']);
    pass(2);
    await resolver.srv(SRV_NAME);
    await resolver.naptr('example.test');
    expect(dns.asked).toEqual([`udp SRV ${SRV_NAME}`, 'udp NAPTR example.test', `udp SRV ${SRV_NAME}`]);
  });

  it('asks once for what several want at the same time, and again after the network changed', async () => {
    const dns = await serve({ records: { [`SRV ${SRV_NAME}`]: [srv(SRV_NAME, 300, 5070, 'a.example.test')] } });
    const { resolver } = resolverFor(dns.server);
    await Promise.all([resolver.srv(SRV_NAME), resolver.srv(SRV_NAME), resolver.srv(SRV_NAME)]);
    expect(dns.asked).toEqual([`udp SRV ${SRV_NAME}`]);
    resolver.forget?.();
    await resolver.srv(SRV_NAME);
    expect(dns.asked).toEqual([`udp SRV ${SRV_NAME}`, `udp SRV ${SRV_NAME}`]);
  });

  it('remembers that there is nothing, for as long as the zone says', async () => {
    const dns = await serve({ records: {}, codes: { [`SRV ${SRV_NAME}`]: 3 }, negativeSeconds: 20 });
    const { resolver, pass } = resolverFor(dns.server);
    expect(await resolver.srv(SRV_NAME)).toEqual([]);
    pass(19);
    expect(await resolver.srv(SRV_NAME)).toEqual([]);
    expect(dns.asked).toHaveLength(1);
    pass(2);
    dns.script = { records: { [`SRV ${SRV_NAME}`]: [srv(SRV_NAME, 300, 5070, 'a.example.test')] } };
    expect(await resolver.srv(SRV_NAME)).toHaveLength(1);
  });

  it('follows aliases, and takes both address families', async () => {
    const alias = { type: 'CNAME', name: 'sip.example.test', ttl: 300, data: 'host.example.test' } as const;
    const dns = await serve({
      records: {
        'A sip.example.test': [alias, a('host.example.test', 300, '192.0.2.1'), a('other.example.test', 300, '192.0.2.66')],
        'AAAA sip.example.test': [alias, { type: 'AAAA', name: 'host.example.test', ttl: 300, data: '2001:db8::1' }],
      },
    });
    const { resolver } = resolverFor(dns.server);
    expect((await resolver.addresses('sip.example.test')).toSorted()).toEqual(['192.0.2.1', '2001:db8::1']);
  });

  it('asks for what the other name has, where the server does not say', async () => {
    const alias = (name: string, data: string, ttl: number) => ({ type: 'CNAME', name, ttl, data }) as const;
    const dns = await serve({
      records: {
        [`SRV ${SRV_NAME}`]: [alias(SRV_NAME, 'one.test', 30)],
        'SRV one.test': [alias('one.test', 'two.test', 20)],
        'SRV two.test': [srv('two.test', 300, 5070, 'a.test')],
        'SRV x.test': [alias('x.test', 'y.test', 30)],
        'SRV y.test': [alias('y.test', 'x.test', 30)],
      },
    });
    const { resolver, pass } = resolverFor(dns.server);
    expect(await resolver.srv(SRV_NAME)).toHaveLength(1);
    expect(dns.asked).toEqual([`udp SRV ${SRV_NAME}`, 'udp SRV one.test', 'udp SRV two.test']);
    pass(21);
    await resolver.srv(SRV_NAME);
    expect(dns.asked).toHaveLength(6);
    expect(await resolver.srv('x.test')).toEqual([]);
    expect(dns.asked).toHaveLength(6 + 9);
  });

  it('does not follow a ring of aliases for ever', async () => {
    const ring = [
      { type: 'CNAME', name: 'x.test', ttl: 300, data: 'y.test' },
      { type: 'CNAME', name: 'y.test', ttl: 300, data: 'x.test' },
    ] as const;
    const dns = await serve({ records: { 'A x.test': ring, 'AAAA x.test': ring } });
    const { resolver, system } = resolverFor(dns.server);
    expect(await resolver.addresses('x.test')).toEqual([]);
    expect(system).toEqual(['x.test']);
  });

  it('asks again over TCP where the answer is cut short', async () => {
    const many = Array.from({ length: 40 }, (_, index) => srv(SRV_NAME, 300, 6000 + index, `host-${index}.example.test`));
    const key = `SRV ${SRV_NAME}`;
    const dns = await serve({ records: { [key]: many }, truncatedFor: [key] });
    const { resolver } = resolverFor(dns.server);
    expect((await resolver.srv(SRV_NAME)).map((record) => record.port)).toEqual(many.map((record) => record.data.port));
    expect(dns.asked).toEqual([`udp ${key}`, `tcp ${key}`]);
  });

  it('goes on to the next server, and begins with the one that answered the next time', async () => {
    const records = { 'A a.test': [a('a.test', 0, '192.0.2.1')], 'A b.test': [a('b.test', 0, '192.0.2.2')] };
    const broken = await serve({ records, codes: { 'A a.test': 2, 'AAAA a.test': 2, 'A b.test': 2, 'AAAA b.test': 2 } });
    const good = await serve({ records });
    const { resolver } = resolverFor(broken.server, good.server);
    expect(await resolver.addresses('a.test')).toEqual(['192.0.2.1']);
    const askedBefore = broken.asked.length;
    expect(await resolver.addresses('b.test')).toEqual(['192.0.2.2']);
    expect(broken.asked).toHaveLength(askedBefore);
  });

  it('says when nobody answers, and does not make every question wait for it', async () => {
    const key = `SRV ${SRV_NAME}`;
    const dns = await serve({ records: {}, silentFor: [key, 'NAPTR example.test'] });
    const { resolver, pass } = resolverFor(dns.server);
    await expect(resolver.srv(SRV_NAME)).rejects.toThrow('the name server did not answer');
    await expect(resolver.naptr('example.test')).rejects.toThrow('the name servers do not answer');
    expect(dns.asked).toEqual([`udp ${key}`, `udp ${key}`]);
    pass(6);
    dns.script = { records: { [key]: [srv(SRV_NAME, 300, 5070, 'a.example.test')] } };
    expect(await resolver.srv(SRV_NAME)).toHaveLength(1);
  });

  it('loses nobody else’s names where the servers of one domain are silent or broken', async () => {
    const records = { [`SRV ${SRV_NAME}`]: [srv(SRV_NAME, 300, 5070, 'a.example.test')] };
    const codes = { 'SRV _sip._udp.broken.test': 2 };
    const dns = await serve({ records, codes, silentFor: ['NAPTR silent.test'] });
    const { resolver } = resolverFor(dns.server);
    await expect(resolver.naptr('silent.test')).rejects.toThrow('did not answer');
    await expect(resolver.srv('_sip._udp.broken.test')).rejects.toThrow('error 2');
    expect(await resolver.srv(SRV_NAME)).toHaveLength(1);
  });

  it('goes on to the next server where no way leads to one', async () => {
    const dns = await serve({ records: { [`SRV ${SRV_NAME}`]: [srv(SRV_NAME, 300, 5070, 'a.example.test')] } });
    // Broadcast is refused by the system at once, as any address is without a network.
    const { resolver } = resolverFor({ address: '255.255.255.255', port: 53 }, dns.server);
    expect(await resolver.srv(SRV_NAME)).toHaveLength(1);
    const { resolver: alone } = resolverFor({ address: '255.255.255.255', port: 53 });
    await expect(alone.srv(SRV_NAME)).rejects.toThrow('255.255.255.255');
  });

  it.each(['', '.', 'a..b.test', `${'x'.repeat(64)}.test`, `${'abc.'.repeat(63)}test`])(
    'never asks for %j, which no DNS can have',
    async (name) => {
      const dns = await serve({ records: {} });
      const { resolver } = resolverFor(dns.server);
      expect(await resolver.naptr(name)).toEqual([]);
      expect(dns.asked).toEqual([]);
    },
  );

  it.each([
    ['another number', (packet: ReturnType<typeof decode>) => ({ ...packet, id: ((packet.id ?? 0) + 1) % 65_536 })],
    [
      'another question',
      (packet: ReturnType<typeof decode>) => ({ ...packet, questions: [{ type: 'A', name: 'evil.test', class: 'IN' } as const] }),
    ],
  ])('does not believe an answer with %s', async (_, forgery) => {
    const dns = await serve({
      records: { 'A a.test': [a('a.test', 300, '192.0.2.1')] },
      forge: (answer) => encode({ ...forgery(decode(answer)), answers: [a('a.test', 300, '203.0.113.66')] }),
    });
    const { resolver } = resolverFor(dns.server);
    expect(await resolver.addresses('a.test')).toEqual(['192.0.2.1']);
  });

  it('leaves numeric hosts, names without dot and names it does not find to where they belong', async () => {
    const dns = await serve({ records: {} });
    const { resolver, system } = resolverFor(dns.server);
    expect(await resolver.addresses('192.0.2.7')).toEqual(['192.0.2.7']);
    expect(await resolver.addresses('2001:db8::7')).toEqual(['2001:db8::7']);
    expect(await resolver.addresses('localhost')).toContain('127.0.0.1');
    expect(dns.asked).toEqual([]);
    expect(await resolver.addresses('printer')).toEqual(['192.0.2.99']);
    expect(await resolver.addresses('found-elsewhere.test')).toEqual(['192.0.2.99']);
    expect(system).toEqual(['printer', 'found-elsewhere.test']);
  });
});

describe('parseReply', () => {
  const question = { type: 'SRV', name: SRV_NAME, id: 4711 } as const;

  it('never throws, whatever the bytes', () => {
    const good = encode({
      type: 'response',
      id: 4711,
      questions: [{ type: 'SRV', name: SRV_NAME }],
      answers: [srv(SRV_NAME, 30, 5070, 'a.example.test')],
    });
    const mutated = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
      const bytes = Uint8Array.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated), (bytes) => {
        const reply = parseReply(bytes, question);
        expect(['undefined', 'records', 'truncated', 'failed']).toContain(reply?.kind ?? 'undefined');
      }),
    );
  });

  it.each([
    ['a name that points at itself', [0xc0, 0x0c]],
    ['two names that point at each other', [0xc0, 0x0e, 0xc0, 0x0c]],
    ['a name that points behind the end', [0xff, 0xff]],
    ['a name that does not end', [0x3f, 0x61]],
  ])('ends at %s', (_, name) => {
    const header = [0x12, 0x67, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0];
    expect(parseReply(Uint8Array.from([...header, ...name, 0, 33, 0, 1]), question)).toBeUndefined();
  });

  it('reads no more records than any service has', () => {
    const counts = [64, 200, 500].map((length) => {
      const answers = Array.from({ length }, (_, index) => srv(SRV_NAME, 300, index + 1, 'a.test'));
      const reply = parseReply(encode({ type: 'response', id: 4711, questions: [{ type: 'SRV', name: SRV_NAME }], answers }), question);
      return reply?.kind === 'records' ? reply.records.length : reply;
    });
    expect(counts).toEqual([64, 64, undefined]);
  });

  it('asks with recursion desired', () => {
    expect(decode(Buffer.from(printQuestion(question)))).toMatchObject({
      id: 4711,
      type: 'query',
      flag_rd: true,
      questions: [{ type: 'SRV', name: SRV_NAME, class: 'IN' }],
    });
  });
});

describe('the system’s tables', () => {
  it('reads a hosts file', () => {
    const text = '# local\n127.0.0.1\tlocalhost Box # me\r\n::1 localhost\nnonsense here\n192.0.2.4   sip.example.test\n';
    expect([...parseHosts(text)]).toEqual([
      ['localhost', ['127.0.0.1', '::1']],
      ['box', ['127.0.0.1']],
      ['sip.example.test', ['192.0.2.4']],
    ]);
  });

  it.each([
    ['192.0.2.1', { address: '192.0.2.1', port: 53 }],
    ['192.0.2.1:5353', { address: '192.0.2.1', port: 5353 }],
    ['2001:db8::1', { address: '2001:db8::1', port: 53 }],
    ['[2001:db8::1]:5353', { address: '2001:db8::1', port: 5353 }],
    ['nonsense', undefined],
    ['192.0.2.1:0', undefined],
    ['192.0.2.1:65536', undefined],
  ])('reads the server address %s', (text, expected) => {
    expect(parseServerAddress(text)).toEqual(expected);
  });
});
