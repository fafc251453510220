// Addresses made from names, places as people type them, and where peers are.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Address } from '../../../../app/domain/address.ts';
import { parseAddress } from '../../../../app/domain/address.ts';
import { isWrongPlace, readPlace } from '../../../../main/accounts/nearby/ask-place.ts';
import { isAddressOfKey, isNearbyAddress, makeNearbyAddress } from '../../../../main/accounts/nearby/make-address.ts';
import { createPlaces, printLocation } from '../../../../main/accounts/nearby/places.ts';
import type { Places } from '../../../../main/accounts/nearby/places.ts';
import { createSourceRate } from '../../../../main/accounts/nearby/source-rate.ts';
import type { Peer } from '../../../../main/simple/discovery/peers.ts';
import type { SipType } from '../../../../main/simple/discovery/sip-types.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

test.each([
  ['Ada', 'ada'],
  ['  Ada  Lovelace! ', 'ada-lovelace'],
  ['Çélïne Œuvre', 'celine-uvre'],
  ['会議', 'me'],
  ['-', 'me'],
  ['A very long name that goes on and on', 'a-very-long-name-tha'],
])('%j becomes an address of its own', (name, slug) => {
  expect(makeNearbyAddress(name, 'a key')).toMatch(new RegExp(`^sip:${slug}@[a-z2-7]{16}\\.local$`));
});

test('any name gives a canonical address, which belongs to its key alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, key) => {
      const [one, other] = [makeNearbyAddress(name, key), makeNearbyAddress(name, `${key}!`)];
      expect(parseAddress(one)).toEqual({ kind: 'ok', address: one });
      expect([isNearbyAddress(one), isAddressOfKey(one, key), isAddressOfKey(other, key)]).toEqual([true, true, false]);
    }),
  );
});

test('an address stays that of its key', () => {
  expect(makeNearbyAddress('Ada', 'x-LJ7yZ0')).toBe('sip:ada@z32ynxwpe7xhjp3x.local');
});

test.each([
  ['sip:192.0.2.7:25062', { address: '192.0.2.7', port: 25_062 }],
  ['192.0.2.7', { address: '192.0.2.7', port: 5060 }],
  ['ada@192.0.2.7:7000', { address: '192.0.2.7', port: 7000 }],
  ['sip:ada@192.0.2.7:7000;transport=tcp', { address: '192.0.2.7', port: 7000 }],
  ['sip:[fe80::1%eth0]:25062', { address: 'fe80::1%eth0', port: 25_062 }],
  ['ada@example.org', undefined],
  ['sip:ada@aaaaaaaa.local', undefined],
  ['192.0.2.7:0', undefined],
  ['300.0.2.7:5060', undefined],
  ['[:::]:5060', undefined],
  ['192.0.2.7:99999', undefined],
  ['', undefined],
])('%j names a place, or a person', (text, place) => {
  expect(readPlace(text)).toEqual(place);
});

test.each([
  ['192.0.2.7:0', true],
  ['192.0.2.7:999999', true],
  ['sip:300.1.1.1', true],
  ['[::zz]', false],
  ['[:::]:5060', true],
  ['192.0.2.7', false],
  ['ada@192.0.2.7:99999', false],
  ['ada', false],
])('%j is no place, though one was meant: %j', (text, isWrong) => {
  expect(isWrongPlace(text)).toBe(isWrong);
});

test('whatever is typed is read without harm', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const place = readPlace(text);
      if (place !== undefined) expect(readPlace(printLocation(place))).toEqual(place);
    }),
  );
});

const OWN = 'sip:me@oooooooo.local' as Address;
const ADA = 'sip:ada@aaaaaaaa.local' as Address;
const BOB = 'sip:bob@192.0.2.9' as Address;

function peer(uri: string, ways: readonly (readonly [SipType, number, ...string[]])[], name = 'Name'): Peer {
  return { key: uri, name, uri, ways: ways.map(([type, port, ...addresses]) => ({ type, contact: uri, port, addresses })), extra: {} };
}

function placesWith(kept: Readonly<Record<string, string>> = {}): Places {
  return createPlaces(OWN, { addresses: () => Object.keys(kept) as Address[], locationOf: (address) => kept[address] });
}

test('who is announced is reached by TLS first, else TCP, else UDP, IPv4 before IPv6; ourselves are nobody else', () => {
  const places = placesWith();
  const change = places.setFound([
    peer(ADA, [
      ['_sipuri._udp', 5, '192.0.2.3'],
      ['_sips._tcp', 6, 'fe80::3%eth0', '192.0.2.3'],
    ]),
    peer(BOB, [
      ['_sipuri._udp', 7, '192.0.2.9'],
      ['_sipuri._tcp', 8, '192.0.2.9'],
    ]),
    peer(OWN, [['_sips._tcp', 9, '192.0.2.66']]),
    peer('not an address', [['_sips._tcp', 9, '192.0.2.66']]),
  ]);
  const { appeared, disappeared } = places.setFound([]);
  expect([change, appeared, disappeared]).toEqual([{ appeared: [ADA, BOB], disappeared: [] }, [], [ADA, BOB]]);
  places.setFound([
    peer(`${ADA};transport=tls`, [['_sips._tcp', 6, 'fe80::3%eth0', '192.0.2.3']]),
    peer(BOB, [['_sipuri._tcp', 8, '192.0.2.9']]),
  ]);
  expect([places.of(ADA), places.of(BOB), places.ofHost('AAAAAAAA.local'), places.at('192.0.2.9', 8), places.zoneOf('fe80::3')]).toEqual([
    [
      { protocol: 'tls', address: '192.0.2.3', port: 6 },
      { protocol: 'tls', address: 'fe80::3%eth0', port: 6 },
    ],
    [{ protocol: 'tcp', address: '192.0.2.9', port: 8 }],
    places.of(ADA),
    BOB,
    '%eth0',
  ]);
});

test('whose key is kept is looked for where they were, by TLS alone, whatever else is announced', () => {
  const places = placesWith({ [ADA]: '[fe80::3%eth0]:6' });
  places.setFound([peer(ADA, [['_sipuri._udp', 5, '192.0.2.66']])]);
  places.learn(ADA, { protocol: 'udp', address: '192.0.2.66', port: 5 });
  expect(places.of(ADA)).toEqual([{ protocol: 'tls', address: 'fe80::3%eth0', port: 6 }]);
});

test('strangers who write from everywhere are not remembered without end', () => {
  const places = placesWith();
  const person = (number: number): Address => `sip:p${number}@x.local` as Address;
  for (let number = 0; number < 600; number++) places.learn(person(number), { protocol: 'udp', address: '192.0.2.5', port: number + 1 });
  expect([places.of(person(0)), places.of(person(599))]).toEqual([[], [{ protocol: 'udp', address: '192.0.2.5', port: 600 }]]);
});

test('a source has its burst, then its rate, and takes nothing from others', async () => {
  const clock = createFakeClock();
  const rate = createSourceRate(clock);
  const ask = (source: string): number | undefined => rate.refuse(source, { burst: 2, perSecond: 1 });
  const first = [ask('a'), ask('a'), ask('a'), ask('b')];
  await clock.advance(1_500);
  expect([first, [ask('a'), ask('a')]]).toEqual([
    [undefined, undefined, 1, undefined],
    [undefined, 1],
  ]);
});

test('however many sources there are, what all of them share is not given anew', () => {
  const rate = createSourceRate(createFakeClock());
  const ask = (source: string): number | undefined => rate.refuse(source, { burst: 2, perSecond: 0.001 });
  const taken = [ask('all'), ask('all')];
  const refused = Array.from({ length: 25_000 }, (_, at) => [ask(`from ${at}`), ask('all')]);
  expect([taken, new Set(refused.map(([own]) => own)), refused.every(([, shared]) => shared !== undefined)]).toEqual([
    [undefined, undefined],
    new Set([undefined]),
    true,
  ]);
});
