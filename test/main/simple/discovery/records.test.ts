// What is read from strangers and written to them: packets, names, texts, addresses, whatever the bytes.
import { decode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../../../main/simple/discovery/address-bytes.ts';
import { Cache } from '../../../../main/simple/discovery/cache.ts';
import { LONGEST_NAME, PACKET_BYTES } from '../../../../main/simple/discovery/limits.ts';
import { ownRecords } from '../../../../main/simple/discovery/own-records.ts';
import { peersOf } from '../../../../main/simple/discovery/peers.ts';
import { printPackets } from '../../../../main/simple/discovery/print-packet.ts';
import { readPacket } from '../../../../main/simple/discovery/read-packet.ts';
import { EMPTY_PACKET } from '../../../../main/simple/discovery/record.ts';
import type { DnsPacket, DnsRecord } from '../../../../main/simple/discovery/record.ts';
import { instanceLabel } from '../../../../main/simple/discovery/sip-types.ts';
import { cutBytes, printText, readable, readText } from '../../../../main/simple/discovery/text-record.ts';
import { usableInterfaces } from '../../../../main/simple/discovery/usable-interfaces.ts';

const label = fc
  .string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'abc:@.é (2)') })
  .filter((text) => !text.startsWith('.') && !text.endsWith('.'));
const instance = label.map((first) => [first, '_sipuri', '_udp', 'local']);
const host = fc.constantFrom(['h1', 'local'], ['h2', 'local']);
const base = { ttlSeconds: fc.nat(4_500), isUnique: fc.boolean() };
const record: fc.Arbitrary<DnsRecord> = fc.oneof(
  fc.record({ ...base, type: fc.constant('PTR' as const), name: fc.constant(['_sipuri', '_udp', 'local']), target: instance }),
  fc.record({ ...base, type: fc.constant('SRV' as const), name: instance, port: fc.nat(65_535), target: host }),
  fc.record({
    ...base,
    type: fc.constant('TXT' as const),
    name: instance,
    strings: fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ ...base, type: fc.constant('A' as const), name: host, address: fc.ipV4() }),
);
const packet: fc.Arbitrary<DnsPacket> = fc.record({
  id: fc.nat(65_535),
  isResponse: fc.boolean(),
  isTruncated: fc.constant(false),
  questions: fc.array(fc.record({ name: instance, type: fc.constantFrom('PTR' as const, 'SRV' as const, 'ANY' as const) }), {
    maxLength: 3,
  }),
  answers: fc.array(record, { maxLength: 5 }),
  authorities: fc.array(record, { maxLength: 3 }),
  additionals: fc.array(record, { maxLength: 3 }),
});

/** Byte arrays of whatever kind as plain lists, for comparison. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (ArrayBuffer.isView(each) ? Array.from(each as Uint8Array) : each)).replaceAll(
      /\{"type":"Buffer","data":(\[[^\]]*\])\}/g,
      '$1',
    ),
  );

describe('packets', () => {
  it('any bytes are a packet or undefined, and what is read does no harm further on', () => {
    const header = fc
      .tuple(fc.constantFrom(0, 0x84), fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3))
      .map(([flags, ...counts]) => [0, 0, flags, 0, ...counts.flatMap((count) => [0, count])]);
    const withHeader = fc.tuple(header, fc.uint8Array({ maxLength: 300 })).map(([head, rest]) => Uint8Array.from([...head, ...rest]));
    const mutated = fc.tuple(packet, fc.nat(), fc.nat(255)).map(([good, at, byte]) => {
      const [bytes = new Uint8Array()] = printPackets(good);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), withHeader, mutated), (bytes) => {
        const read = readPacket(bytes);
        if (read === undefined) return;
        const cache = new Cache();
        cache.take(read, '10.0.0.1', { monotonicMs: 0, fraction: 0.5 });
        cache.sweep({ monotonicMs: 1_000, fraction: 0.5 });
        expect(Array.isArray(peersOf([{ interfaceAddress: '10.0.0.2', found: cache.found() }], ['me', 'local']))).toBe(true);
        expect(printPackets(read).length).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });

  it('what is printed reads the same', () => {
    fc.assert(
      fc.property(packet, (each) => {
        const all = printPackets(each);
        expect(all.map((bytes) => plain(readPacket(bytes)))).toEqual([plain(each)]);
        expect(decode(Buffer.from(all[0] ?? [])).type).toBe(each.isResponse ? 'response' : 'query');
      }),
    );
  });

  it('many known answers go in several packets, all but the last marked', () => {
    const answers: DnsRecord[] = Array.from({ length: 200 }, (_, index) => {
      const name = ['_sipuri', '_udp', 'local'];
      return { type: 'PTR', name, ttlSeconds: 4_500, isUnique: false, target: [`sip:person${index}@somewhere.example`, ...name] };
    });
    const all = printPackets({ ...EMPTY_PACKET, questions: [{ name: ['_sipuri', '_udp', 'local'], type: 'PTR' }], answers });
    const read = all.map(readPacket);
    expect(read.flatMap((each) => each?.answers)).toEqual(answers);
    expect(read.map((each) => each?.isTruncated)).toEqual(read.map((_, index) => index < all.length - 1));
    expect(read.map((each) => each?.questions.length)).toEqual(read.map((_, index) => (index === 0 ? 1 : 0)));
    expect(Math.max(...all.map(({ length }) => length))).toBeLessThanOrEqual(PACKET_BYTES);
  });

  it.each([
    ['an error code', [0, 0, 0x84, 3]],
    ['another opcode', [0, 0, 0x28, 0]],
    ['more records than are read', [0, 0, 0, 0, 0xff, 0xff]],
  ])('%s is not read', (_, head) => {
    expect(readPacket(Uint8Array.from([...head, ...new Uint8Array(12 - head.length)]))).toBeUndefined();
  });

  it('a label too long to be written leaves its record out', () => {
    const question = { name: ['x'.repeat(64), 'local'], type: 'A' as const };
    expect(printPackets({ ...EMPTY_PACKET, questions: [question] }).map(readPacket)).toEqual([EMPTY_PACKET]);
  });
});

describe('texts', () => {
  it.each([
    [['name=Ada', 'NAME=Eve', 'flag', '=lost', 'a=b=c'], { name: 'Ada', flag: '', a: 'b=c' }],
    [[''], {}],
  ])('%j', (strings, values) => {
    expect(Object.fromEntries(readText(strings.map((text) => Buffer.from(text))))).toEqual(values);
  });

  it('any bytes are read; any text becomes readable, bounded, and stays so', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (strings) => {
        expect(readText(strings).size).toBeLessThanOrEqual(strings.length);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const clean = readable(text);
        expect(Array.from(clean).length).toBeLessThanOrEqual(LONGEST_NAME);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(readable(clean)).toBe(clean);
        expect(Buffer.byteLength(cutBytes(text, 50))).toBeLessThanOrEqual(50);
      }),
    );
  });

  it('long values are cut between characters', () => {
    expect(printText([['name', 'é'.repeat(5_000)]]).map((bytes) => Buffer.from(bytes).toString())).toEqual([`name=${'é'.repeat(125)}`]);
  });

  it('a long URI fits a label, with its number too, and is whole in the text', () => {
    const uri = `sip:${'a'.repeat(100)}@a.test`;
    expect([instanceLabel(uri, 1).length, instanceLabel(uri, 12).slice(-6), instanceLabel(uri, 12).length]).toEqual([63, 'a (12)', 63]);
    const [srv, txt] = ownRecords({ name: '', uri, services: [{ type: '_sipuri._udp', port: 1 }] }, 1, ['h', 'local']).unique;
    expect(srv?.type).toBe('SRV');
    expect(txt?.type === 'TXT' && readText(txt.strings).get('contact')).toBe(`<${uri}>`);
  });
});

describe('people as other clients announce them', () => {
  const found = { type: '_sipuri._udp' as const, sender: '10.0.0.7', hostName: ['laptop', 'local'], port: 5060, addresses: ['10.0.0.7'] };
  const of = (labelText: string, strings: readonly string[]) =>
    peersOf(
      [{ interfaceAddress: '10.0.0.1', found: [{ ...found, label: labelText, strings: strings.map((text) => Buffer.from(text)) }] }],
      ['me', 'local'],
    ).map(({ name, uri }) => [name, uri]);
  it.each([
    ['without text, by label', 'sip:bob@laptop.local', [''], [['bob', 'sip:bob@laptop.local']]],
    ['renamed label', 'sip:bob@laptop.local (2)', [''], [['bob', 'sip:bob@laptop.local']]],
    [
      'contact in brackets',
      'x',
      ['txtvers=1', 'name=Bob', 'contact=<sip:b1@10.0.0.7:5060;transport=tcp>'],
      [['Bob', 'sip:b1@10.0.0.7:5060;transport=tcp']],
    ],
    ['contact without brackets', 'x', ['contact=sip:b1@10.0.0.7'], [['b1', 'sip:b1@10.0.0.7']]],
    ['no SIP URI', 'printer', ['contact=http://x'], []],
  ])('%s', (_, labelText, strings, people) => {
    expect(of(labelText, strings)).toEqual(people);
  });
});

describe('addresses', () => {
  it.each([
    ['10.0.0.1', '0a000001'],
    ['::1', '00000000000000000000000000000001'],
    ['fe80::1:2%eth0', 'fe800000000000000000000000010002'],
    ['2001:db8:1:2:3:4:5:6', '20010db8000100020003000400050006'],
    ['::ffff:1.2.3.4', '00000000000000000000ffff01020304'],
  ])('%s', (address, hex) => {
    expect(Buffer.from(encode(address)).toString('hex')).toBe(hex);
  });

  it('all networks but point-to-point ones, one address of each family', () => {
    const v4 = (address: string, prefix = 24, internal = false) => ({
      address,
      family: 'IPv4' as const,
      cidr: `${address}/${prefix}`,
      internal,
    });
    const v6 = (address: string, internal = false) => ({ address, family: 'IPv6' as const, cidr: `${address}/64`, internal });
    const usable = usableInterfaces({
      lo: [v4('127.0.0.1', 8, true), v6('::1', true)],
      eth0: [v4('192.168.1.5'), v4('192.168.1.6'), v6('2001:db8::5'), v6('fe80::5')],
      wlan0: [v6('2001:db8:1::5')],
      tun0: [v4('10.8.0.2')],
      usb0: [v4('10.9.0.2', 32)],
      gone: undefined,
    });
    expect(usable).toEqual(['127.0.0.1', '192.168.1.5', 'fe80::5%eth0', '2001:db8:1::5%wlan0']);
  });
});
