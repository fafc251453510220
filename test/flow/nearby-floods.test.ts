// Bad neighbours on the network of people without a server: floods, invented people, unreadable names, misleading places, clocks that jump. What
// they can make us keep is bounded and readable, and two people chat on meanwhile.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MOST_PEERS_OF_SENDER } from '../../main/simple/discovery/limits.ts';
import { hostRecord, ownRecords } from '../../main/simple/discovery/own-records.ts';
import { printPackets } from '../../main/simple/discovery/print-packet.ts';
import { EMPTY_PACKET } from '../../main/simple/discovery/record.ts';
import type { SipType } from '../../main/simple/discovery/sip-types.ts';
import { HOME } from '../support/core-person.ts';
import { sipUri, textMessage } from '../support/endpoint-pair.ts';
import type { NearbyPerson, NearbyWorld } from '../support/nearby-world.ts';
import { createNearbyWorld } from '../support/nearby-world.ts';
import { createPlainClient, listenPortOf } from '../support/plain-client.ts';

const EVIL = '192.0.2.66';
const YEAR_MS = 31_536_000_000;

let world: NearbyWorld;
let ada: NearbyPerson;
let bob: NearbyPerson;
const open: (() => unknown)[] = [];
let said = 0;

beforeEach(async () => {
  world = await createNearbyWorld();
  ada = await world.person('Ada');
  bob = await world.person('Bob');
  await world.until(async () => (await ada.peers()).some(({ address }) => address === bob.address));
  await ada.call('addContact', { accountId: ada.accountId, address: bob.address });
  await world.until(async () => (await bob.requests()).length === 1);
  await bob.call('decideRequest', { requestId: (await bob.requests())[0]?.requestId ?? '', decision: 'allow' });
  await isSeen('available');
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
  await world.end();
});

async function isSeen(availability: string): Promise<void> {
  await world.until(async () => (await ada.contact(bob.address))?.presence.availability === availability);
}

/** Ada and Bob write to each other, within five seconds each. */
async function chatGoesOn(): Promise<void> {
  for (const [from, to] of [
    [ada, bob],
    [bob, ada],
  ] as const) {
    const text = `number ${++said}`;
    await from.call('sendMessage', { accountId: from.accountId, address: to.address, text });
    const isThere = async (): Promise<boolean> =>
      (await from.messages(to.address)).some((message) => message.text === text && message.state === 'delivered');
    await world.until(isThere, 5_000);
  }
}

interface Fake {
  readonly name: string;
  readonly user: string;
  readonly address: string;
  readonly port: number;
  readonly type: SipType;
}

/** Says by multicast that somebody is there. */
function announce({ name, user, address = EVIL, port = 5060, type = '_sipuri._udp' }: Pick<Fake, 'name' | 'user'> & Partial<Fake>): void {
  const host = [`h-${user}`, 'local'];
  const { shared, unique } = ownRecords({ name, uri: `sip:${user}@${EVIL}`, services: [{ type, port }] }, 1, host);
  const answers = [...shared, ...unique, hostRecord(host, address)];
  for (const bytes of printPackets({ ...EMPTY_PACKET, isResponse: true, answers }))
    world.multicast.inject(HOME, bytes, { address: EVIL, port: 5353 });
}

test('a thousand invented people: the list is bounded, who comes after them is seen, and all are gone in the end', async () => {
  for (let index = 0; index < 1_000; index++) announce({ name: `Fake ${index}`, user: `fake${index}` });
  await world.clock.advance(2_000);
  const changesBefore = ada.changes.length;
  await chatGoesOn();
  const carol = await world.person('Carol');
  await world.until(async () => (await ada.peers()).some(({ address }) => address === carol.address));
  const listed = (await ada.peers()).length;
  await world.clock.advance(130_000);
  const left = (await ada.peers()).map(({ address }) => address).sort();
  expect([listed <= MOST_PEERS_OF_SENDER + 2, ada.changes.length - changesBefore < 100, left]).toEqual([
    true,
    true,
    [bob.address, carol.address].sort(),
  ]);
});

test('a flood of announcements, withdrawn and made again, and of noise', async () => {
  for (let round = 0; round < 20; round++) {
    for (let index = 0; index < 200; index++) announce({ name: `Fake ${index} ${round}`, user: `fake${index}`, port: 5_000 + round });
    for (let index = 0; index < 200; index++)
      world.multicast.inject(HOME, new Uint8Array(index * 10).fill(round), { address: EVIL, port: 5353 });
    await world.clock.advance(100);
  }
  const changes = ada.changes.filter(({ type }) => type === 'nearby-changed').length;
  await chatGoesOn();
  expect(changes).toBeLessThan(50);
});

test('people who ask without end: few of them are put before the person, and a friend may ask meanwhile', async () => {
  const flooder = await createPlainClient(world, { user: 'eve', host: EVIL });
  open.push(() => flooder.stop());
  const port = await listenPortOf(ada);
  const user = /sip:([^@]*)@/.exec(ada.address)?.[1] ?? '';
  const statuses: number[] = [];
  for (let index = 0; index < 500; index++) {
    const from = sipUri(`eve${index}`, EVIL);
    const request = {
      ...textMessage(from, sipUri(user, ada.host, { port }), ''),
      method: 'SUBSCRIBE',
      contact: { user: 'eve' },
      headers: [
        { name: 'Event', value: 'presence' },
        { name: 'Expires', value: '600' },
      ],
    };
    void flooder.endpoint.send(request).outcome.then((outcome) => statuses.push(outcome.kind === 'final' ? outcome.response.status : 0));
  }
  await chatGoesOn();
  await world.until(() => Promise.resolve(statuses.length === 500));
  await bob.call('addContact', { accountId: bob.accountId, address: ada.address });
  await world.until(async () => (await ada.requests()).some(({ address }) => address === bob.address));
  const count = (status: number): number => statuses.filter((each) => each === status).length;
  // notifier-options.ts: 20 of one network address.
  expect([count(200), count(503), (await ada.requests()).length]).toEqual([20, 480, 21]);
});

test('names of ten thousand characters, with controls and marks that turn text around, are one readable line', async () => {
  const bad = `Bo\u0000b\n\u202e${'x'.repeat(10_000)}`;
  announce({ name: bad, user: 'eve' });
  const zoe = await createPlainClient(world, { user: 'zoe', host: '192.0.2.77' });
  open.push(() => zoe.stop());
  const port = await listenPortOf(ada);
  const user = /sip:([^@]*)@/.exec(ada.address)?.[1] ?? '';
  const message = textMessage(zoe.uri, sipUri(user, ada.host, { port }), 'hi');
  const outcome = world.clock.run(zoe.endpoint.send({ ...message, from: { ...message.from, displayName: bad.slice(0, 1_000) } }).outcome);
  await outcome;
  await world.until(async () => (await ada.peers()).some(({ address }) => address.startsWith('sip:eve@')));
  const names = (await ada.peers()).map(({ displayName }) => displayName);
  const { conversations } = await ada.call('listConversations', { accountId: ada.accountId });
  const shown = [...names, ...conversations.map(({ displayName }) => displayName)];
  expect(shown.filter((name) => name.length > 256 || /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(name))).toEqual([]);
  await chatGoesOn();
});

test('announcements that lead to somebody else or to ourselves: nobody gets what was not for them, and nothing goes round in circles', async () => {
  const places: [string, NearbyPerson, SipType, number][] = [
    ['at-bob', bob, '_sipuri._udp', await listenPortOf(bob)],
    ['at-us', ada, '_sipuri._tcp', await listenPortOf(ada)],
    ['tls-at-bob', bob, '_sips._tcp', (await listenPortOf(bob)) + 1],
    ['tls-at-us', ada, '_sips._tcp', (await listenPortOf(ada)) + 1],
  ];
  for (const [user, { host }, type, port] of places) announce({ name: user, user, address: host, port, type });
  await world.until(async () => (await ada.peers()).length === places.length + 1);
  for (const [user] of places) {
    await ada.call('sendMessage', { accountId: ada.accountId, address: `sip:${user}@${EVIL}`, text: `for ${user}` });
    await ada.call('addContact', { accountId: ada.accountId, address: `sip:${user}@${EVIL}` });
  }
  await world.clock.advance(60_000);
  const { conversations } = await ada.call('listConversations', { accountId: ada.accountId });
  const got = async (person: NearbyPerson): Promise<string[]> => {
    const all = (await person.call('listConversations', { accountId: person.accountId })).conversations;
    const texts = await Promise.all(
      all.map(async ({ address }) => (await person.messages(address)).filter(({ direction }) => direction === 'in')),
    );
    return texts.flat().map(({ text }) => text);
  };
  const sentCount = world.multicast.sent.length;
  await chatGoesOn();
  expect([
    conversations.length,
    (await got(bob)).filter((text) => text.startsWith('for')),
    (await got(ada)).filter((text) => text.startsWith('for')),
  ]).toEqual([places.length, [], []]);
  expect(sentCount).toBeLessThan(300);
});

test('a calendar that jumps years ahead and back: who is here stays here, and chats', async () => {
  for (const jumpMs of [YEAR_MS, -2 * YEAR_MS, YEAR_MS]) {
    world.clock.setNowMs(world.clock.nowMs() + jumpMs);
    await world.clock.advance(3_000);
    await chatGoesOn();
    await world.clock.advance(700_000);
    await isSeen('available');
    await chatGoesOn();
  }
  expect((await ada.peers()).map(({ address, isHere, trust }) => [address, isHere, trust])).toEqual([[bob.address, true, 'pinned']]);
});
