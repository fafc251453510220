// Who is it really: keys kept since the first contact, changed, accepted, stolen names, and people who only claim to be somebody.
//
//   ada                                   bob, with a new key
//    | TLS, key of bob kept before   -------->|   handshake shows another key: nothing is sent, the message waits
//    |<------------------------------ MESSAGE |   403
//    | acceptKey; MESSAGE            -------->|   what waited goes
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDiscovery } from '../../main/simple/discovery/discovery.ts';
import type { StreamSocket } from '../../main/sip/index.ts';
import { HOME } from '../support/core-person.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { memoryIdentity } from '../support/memory-identity.ts';
import type { NearbyPerson, NearbyWorld } from '../support/nearby-world.ts';
import { createNearbyWorld } from '../support/nearby-world.ts';
import { statusesIn } from '../support/raw-peer.ts';

const EVE_HOST = '192.0.2.66';
let world: NearbyWorld;
let ada: NearbyPerson;
let bob: NearbyPerson;
const ends: (() => void)[] = [];
beforeEach(async () => {
  world = await createNearbyWorld();
  ada = await world.person('Ada');
  bob = await world.person('Bob');
  await talk('hello');
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await world.end();
});

async function write(from: NearbyPerson, to: NearbyPerson, text: string): Promise<void> {
  await from.call('sendMessage', { accountId: from.accountId, address: to.address, text });
}

async function stateOf(from: NearbyPerson, to: NearbyPerson, text: string): Promise<string | undefined> {
  return (await from.messages(to.address)).find((message) => message.text === text)?.state;
}

/** Ada writes, and bob has it. */
async function talk(text: string): Promise<void> {
  await world.until(async () => (await ada.peers()).some(({ address }) => address === bob.address));
  await write(ada, bob, text);
  await world.until(async () => (await stateOf(ada, bob, text)) === 'delivered');
}

/** How ada sees bob. */
async function bobForAda() {
  const peer = (await ada.peers()).find(({ address }) => address === bob.address);
  return { trust: peer?.trust, isVerified: peer?.isVerified, safetyNumber: peer?.safetyNumber };
}

/** The same profile, whose keychain was lost. */
async function loseKey(person: NearbyPerson): Promise<void> {
  await person.quit();
  person.secrets.clear();
  await person.launch();
}

interface Raw {
  text: string;
  socket: StreamSocket;
}

/** Eve connects to ada by TLS, with a certificate that names whom she wants. */
async function connectAsEve(uris: readonly string[], key = 'key of eve'): Promise<Raw> {
  const place = (await bob.peers()).find(({ address }) => address === ada.address)?.location ?? '';
  const raw = { text: '' };
  const events = { onData: (data: Uint8Array) => void (raw.text += Buffer.from(data).toString()), onClosed: () => undefined };
  const tls = { serverName: '', caPem: undefined, byKey: true, identity: memoryIdentity(key, uris) };
  const remote = { address: ada.host, port: Number(place.split(':').at(-1)) };
  const socket = await world.clock.run(world.internet.host(EVE_HOST).connectTls(remote, tls, events, new AbortController().signal));
  ends.push(() => socket.close());
  return Object.assign(raw, { socket });
}

const request = (method: string, from: string, transport: string, id: string): Uint8Array =>
  Buffer.from(
    [
      `${method} ${ada.address} SIP/2.0`,
      `Via: SIP/2.0/${transport} ${EVE_HOST}:5060;branch=z9hG4bK${id}`,
      `From: <${from}>;tag=${id}`,
      `To: <${ada.address}>`,
      `Call-ID: ${id}`,
      `CSeq: 1 ${method}`,
      'Max-Forwards: 70',
      `Contact: <sip:eve@${EVE_HOST}:5060>`,
      ...(method === 'SUBSCRIBE' ? ['Event: presence', 'Expires: 600'] : ['Content-Type: text/plain']),
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );

test('another key stops messages both ways; accepting it lets what waits go', async () => {
  const before = await bobForAda();
  await loseKey(bob);
  await world.until(async () => (await bob.peers()).some(({ address, isHere }) => address === ada.address && isHere));
  await write(ada, bob, 'is it you?');
  await write(bob, ada, 'I am new here');
  await world.until(async () => (await bobForAda()).trust === 'changed');
  await world.clock.advance(60_000);
  const waiting = (await ada.messages(bob.address)).find(({ text }) => text === 'is it you?');
  const changed = await bobForAda();
  expect({
    before,
    changed,
    isOtherNumber: changed.safetyNumber !== before.safetyNumber,
    waiting: [waiting?.state, waiting?.failure?.reason],
    fromBob: [await stateOf(bob, ada, 'I am new here'), (await ada.messages(bob.address)).length],
  }).toEqual({
    before: { trust: 'pinned', isVerified: true, safetyNumber: expect.any(String) as string },
    changed: { trust: 'changed', isVerified: false, safetyNumber: expect.any(String) as string },
    isOtherNumber: true,
    waiting: ['queued', expect.stringContaining('another key') as string],
    fromBob: ['failed', 2],
  });
  const accept = (safetyNumber: string | undefined) =>
    ada.call('acceptKey', { accountId: ada.accountId, address: bob.address, safetyNumber });
  await expect(accept(before.safetyNumber)).rejects.toMatchObject({
    failure: { reason: expect.stringContaining('Yet another') as string },
  });
  await accept(changed.safetyNumber);
  await world.until(async () => (await stateOf(ada, bob, 'is it you?')) === 'delivered', 5_000);
  const after = await bobForAda();
  expect(after).toEqual({ trust: 'pinned', isVerified: true, safetyNumber: changed.safetyNumber });
  const bobsNumber = (await bob.peers()).find(({ address }) => address === ada.address)?.safetyNumber;
  await write(bob, ada, 'now you know');
  await world.until(async () => (await stateOf(bob, ada, 'now you know')) === 'delivered');
  expect(bobsNumber).toBe(after.safetyNumber);
});

test('a new key after a comparison is not compared; comparing can be taken back', async () => {
  const compare = (isSame: boolean) => ada.call('compareKey', { accountId: ada.accountId, address: bob.address, isSame });
  const seen = [];
  await compare(true);
  seen.push((await bobForAda()).trust);
  await compare(false);
  seen.push((await bobForAda()).trust);
  await compare(true);
  await ada.restart();
  seen.push((await bobForAda()).trust);
  await loseKey(bob);
  await write(ada, bob, 'still you?');
  await world.until(async () => (await bobForAda()).trust === 'changed');
  await ada.call('acceptKey', { accountId: ada.accountId, address: bob.address });
  seen.push((await bobForAda()).trust);
  expect(seen).toEqual(['compared', 'pinned', 'compared', 'pinned']);
});

test('who claims the name with another key is refused, and chatting with the real one goes on', async () => {
  const eve = await connectAsEve([bob.address]);
  eve.socket.write(request('MESSAGE', bob.address, 'TLS', 'one'));
  eve.socket.write(request('SUBSCRIBE', bob.address, 'TLS', 'two'));
  await world.until(() => Promise.resolve(statusesIn(eve.text).length === 2));
  expect([statusesIn(eve.text), (await bobForAda()).trust]).toEqual([[403, 403], 'changed']);
  await talk('somebody uses your name');
  expect([(await bobForAda()).trust, (await ada.messages(bob.address)).length, (await ada.requests()).length]).toEqual(['pinned', 2, 0]);
});

test('a certificate for somebody else proves nothing, whosever the name', async () => {
  const eve = await connectAsEve(['sip:eve@eeeeeeee.local']);
  eve.socket.write(request('MESSAGE', 'sip:carol@cccccccc.local', 'TLS', 'one'));
  eve.socket.write(request('MESSAGE', bob.address, 'TLS', 'two'));
  eve.socket.write(request('MESSAGE', ada.address, 'TLS', 'three'));
  await world.until(() => Promise.resolve(statusesIn(eve.text).length === 3));
  expect([statusesIn(eve.text), (await bobForAda()).trust]).toEqual([[403, 403, 403], 'pinned']);
});

test.each(['UDP', 'TCP'])('a name whose key is kept is not heard over %s', async (transport) => {
  const place = (await bob.peers()).find(({ address }) => address === ada.address)?.location ?? '';
  // UDP and TCP are one port below TLS.
  const remote = { address: ada.host, port: Number(place.split(':').at(-1)) - 1 };
  let text = '';
  const hear = (data: Uint8Array): void => void (text += Buffer.from(data).toString());
  const host = world.internet.host(EVE_HOST);
  for (const [index, from] of [bob.address, ada.address].entries()) {
    const bytes = request('MESSAGE', from, transport, `${transport}${index}`);
    if (transport === 'UDP') {
      const socket = await host.openUdp({ address: EVE_HOST, port: 5060 + index }, hear);
      ends.push(() => socket.close());
      socket.send(bytes, remote, () => undefined);
    } else {
      const events = { onData: hear, onClosed: () => undefined };
      const socket = await world.clock.run(host.connectTcp(remote, events, new AbortController().signal));
      ends.push(() => socket.close());
      socket.write(bytes);
    }
  }
  await world.clock.advance(1_000);
  expect([statusesIn(text), (await ada.messages(bob.address)).length, (await bobForAda()).trust]).toEqual([[403, 403], 1, 'pinned']);
});

/** Eve listens with a certificate for that address, and announces it. Gives what she heard. */
async function eveAnnounces(of: string): Promise<() => string> {
  let heard = '';
  const local = { address: EVE_HOST, port: 21_000 };
  const tls = { identity: memoryIdentity('key of eve', [of]), clientCaPem: undefined, byKey: true as const };
  const listening = await world.internet.host(EVE_HOST).listenTls(local, tls, () => ({
    onData: (data) => void (heard += Buffer.from(data).toString()),
    onClosed: () => undefined,
  }));
  const { clock, multicast } = world;
  const door = multicast.door({ [EVE_HOST]: HOME });
  const discovery = createDiscovery({ clock, random: createFakeRandom(9), multicast: door, log: () => undefined, interfaces: [EVE_HOST] });
  discovery.announce({ name: 'Bob', uri: of, services: [{ type: '_sips._tcp', port: 21_000, contact: of }] });
  ends.push(() => (discovery.stop(), listening.close()));
  return () => heard;
}

test('who announces an address before anybody met its owner becomes nobody', async () => {
  const carol = await world.person('Carol');
  await carol.quit();
  const heard = await eveAnnounces(carol.address);
  await world.until(async () => (await ada.peers()).some(({ address, isHere }) => address === carol.address && isHere));
  await write(ada, carol, 'for Carol alone');
  const eve = await connectAsEve([carol.address]);
  eve.socket.write(request('MESSAGE', carol.address, 'TLS', 'one'));
  await world.clock.advance(30_000);
  const trustOfCarol = async () => (await ada.peers()).find(({ address }) => address === carol.address)?.trust;
  expect([heard(), statusesIn(eve.text), await trustOfCarol()]).toEqual(['', [403], 'unknown']);
  await carol.launch();
  await world.until(async () => (await stateOf(ada, carol, 'for Carol alone')) === 'delivered');
  expect([heard(), await trustOfCarol()]).toEqual(['', 'pinned']);
});

test('who announces somebody else’s address is found there, and gets nothing', async () => {
  const heard = await eveAnnounces(bob.address);
  await world.clock.advance(5_000);
  await talk('which of you?');
  await bob.quit();
  await world.clock.advance(5_000);
  await write(ada, bob, 'and now?');
  await world.clock.advance(60_000);
  expect([heard(), await stateOf(ada, bob, 'and now?'), (await bobForAda()).trust]).toEqual(['', 'queued', 'changed']);
  await bob.launch();
  await world.until(async () => (await stateOf(ada, bob, 'and now?')) === 'delivered');
  expect([heard(), (await bobForAda()).trust]).toEqual(['', 'pinned']);
});

test('two of one name have their own keys, numbers and conversations', async () => {
  const other = await world.person('Bob');
  await world.until(async () => (await ada.peers()).length === 2);
  await write(other, ada, 'it is Bob');
  await world.until(
    async () => (await stateOf(other, ada, 'it is Bob')) === 'accepted' || (await ada.messages(other.address)).length === 1,
  );
  const peers = await ada.peers();
  expect(new Set(peers.map(({ safetyNumber }) => safetyNumber)).size).toBe(2);
  expect([(await ada.messages(other.address)).map(({ text }) => text), (await ada.messages(bob.address)).map(({ text }) => text)]).toEqual([
    ['it is Bob'],
    ['hello'],
  ]);
});

test('a key that was lost is said to its owner, now and at each start', async () => {
  const findings = async () => (await bob.call('listAccounts', {})).accounts.map((account) => account.findings?.map(({ kind }) => kind));
  const seen = [await findings()];
  await loseKey(bob);
  await world.clock.advance(1_000);
  seen.push(await findings());
  await bob.restart();
  await world.clock.advance(1_000);
  seen.push(await findings());
  expect(seen).toEqual([[[]], [['key-lost']], [['key-lost']]]);
});

test('asked for from two sides at once, a key that was lost is made once', async () => {
  await bob.quit();
  bob.secrets.clear();
  const get = bob.secrets.get.bind(bob.secrets);
  bob.secrets.get = () => {
    throw new Error('the keychain is locked');
  };
  await bob.launch();
  await world.clock.advance(1_000);
  bob.secrets.get = get;
  const made: string[] = [];
  const set = bob.secrets.set.bind(bob.secrets);
  bob.secrets.set = (name, value) => {
    if (name.startsWith('nearby-key:')) made.push(value);
    return set(name, value);
  };
  const compare = { accountId: bob.accountId, address: ada.address, isSame: true };
  await world.clock.run(Promise.all([bob.core.call('compareKey', compare), bob.core.call('compareKey', compare)]));
  await world.clock.advance(15_000);
  expect([made.length, (await bob.call('listAccounts', {})).accounts[0]?.registration.state]).toEqual([1, 'ok']);
});

test('the key is kept under the account’s own name, and goes with the account', async () => {
  expect([...ada.secrets.keys()].filter((key) => key.startsWith('nearby-key:'))).toEqual([`nearby-key:${ada.address}`]);
  await ada.call('removeAccount', { accountId: ada.accountId });
  await world.clock.advance(5_000);
  expect([...ada.secrets.keys()].filter((key) => key.startsWith('nearby-key:'))).toEqual([]);
});

test('who is announced with TLS is not heard without it, before a first contact too', async () => {
  const carol = await world.person('Carol');
  await world.until(async () => (await ada.peers()).some(({ address }) => address === carol.address));
  const place = (await bob.peers()).find(({ address }) => address === ada.address)?.location ?? '';
  let text = '';
  const socket = await world.internet
    .host(EVE_HOST)
    .openUdp({ address: EVE_HOST, port: 5060 }, (data) => void (text += Buffer.from(data).toString()));
  ends.push(() => socket.close());
  const remote = { address: ada.host, port: Number(place.split(':').at(-1)) - 1 };
  socket.send(request('MESSAGE', carol.address, 'UDP', 'one'), remote, () => undefined);
  socket.send(request('MESSAGE', 'sip:dave@192.0.2.66', 'UDP', 'two'), remote, () => undefined);
  await world.clock.advance(1_000);
  expect([statusesIn(text), await ada.messages(carol.address)]).toEqual([[403, 200], []]);
});

test('keys made for the purpose are no way around the bounds for strangers', async () => {
  const statuses: number[] = [];
  for (let who = 0; who < 10; who++) {
    const uri = `sip:eve@${'abcdefghij'.charAt(who).repeat(8)}.local`;
    const eve = await connectAsEve([uri], `key ${who}`);
    for (let count = 0; count < 60; count++) eve.socket.write(request('MESSAGE', uri, 'TLS', `${who}x${count}`));
    await world.clock.advance(100);
    statuses.push(...statusesIn(eve.text));
  }
  expect([statuses.filter((status) => status === 200).length <= 250, statuses.includes(503)]).toEqual([true, true]);
  await talk('through the flood');
});

test('who asks for somebody else is told that they are not here, by OPTIONS too', async () => {
  const eve = await connectAsEve([]);
  const ask = (target: string): Uint8Array =>
    Buffer.from(
      Buffer.from(request('OPTIONS', 'sip:eve@eve.example', 'TLS', target))
        .toString()
        .replace(`OPTIONS ${ada.address}`, `OPTIONS ${target}`),
    );
  for (const target of [ada.address, `sip:${ada.host}`, `sip:nobody@${ada.host}`]) eve.socket.write(ask(target));
  await world.until(() => Promise.resolve(statusesIn(eve.text).length === 3));
  expect(statusesIn(eve.text)).toEqual([200, 200, 404]);
});

test('one key under name after name is not kept without end, and those who are known are heard', async () => {
  const eve = await connectAsEve([]);
  for (let who = 0; who < 600; who++) eve.socket.write(request('MESSAGE', `sip:eve${who}@eve.example`, 'TLS', `new${who}`));
  await world.clock.advance(2_000);
  const kept = (await ada.peers()).filter(({ address }) => address.includes('eve.example')).length;
  const statuses = statusesIn(eve.text);
  expect([kept <= 270, statuses.includes(503), statuses.length]).toEqual([true, true, 600]);
  await talk('through the crowd');
});
