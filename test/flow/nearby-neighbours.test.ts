// Others on the network: programs without keys, people whose key changed, somebody who poses as another, and floods.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDiscovery } from '../../main/simple/discovery/discovery.ts';
import { HOME } from '../support/core-person.ts';
import { sipUri } from '../support/endpoint-pair.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import type { NearbyPerson, NearbyWorld } from '../support/nearby-world.ts';
import { createNearbyWorld } from '../support/nearby-world.ts';
import type { PlainClient } from '../support/plain-client.ts';
import { createPlainClient } from '../support/plain-client.ts';

let world: NearbyWorld;
let ada: NearbyPerson;
const open: (() => unknown)[] = [];

beforeEach(async () => {
  world = await createNearbyWorld();
  ada = await world.person('Ada');
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
  await world.end();
});

async function plainClient(user = 'zoe', host = '192.0.2.77'): Promise<PlainClient> {
  const client = await createPlainClient(world, { user, host });
  open.push(() => client.stop());
  return client;
}

async function send(from: NearbyPerson, address: string, text: string): Promise<void> {
  await from.call('sendMessage', { accountId: from.accountId, address, text });
}

const textsOf = async (person: NearbyPerson, address: string): Promise<string[]> =>
  (await person.messages(address)).map(({ text }) => text);

const stateOf = async (person: NearbyPerson, address: string, text: string): Promise<string | undefined> =>
  (await person.messages(address)).find((message) => message.text === text)?.state;

/** Ada and bob have written to each other. */
async function knowBob(): Promise<NearbyPerson> {
  const bob = await world.person('Bob');
  await world.until(async () => (await ada.peers()).some(({ address }) => address === bob.address));
  await send(ada, bob.address, 'hello');
  await world.until(async () => (await stateOf(ada, bob.address, 'hello')) === 'delivered');
  return bob;
}

test('another program writes to us, as a stranger, and is written to; an unknown user is not here', async () => {
  const zoe = await plainClient();
  const statuses = [await zoe.write(ada, 'hi'), await zoe.write(ada, 'lost', { user: 'nobody' })];
  await send(ada, zoe.address, 'welcome');
  await world.until(() => Promise.resolve(zoe.texts.length > 0));
  const { conversations } = await ada.call('listConversations', { accountId: ada.accountId });
  expect([statuses, zoe.texts, conversations.map(({ address }) => address), await textsOf(ada, zoe.address)]).toEqual([
    [200, 404],
    ['welcome'],
    [zoe.address],
    ['hi', 'welcome'],
  ]);
});

test('an answer goes to where somebody wrote from, when their address leads nowhere', async () => {
  const zoe = await plainClient();
  await zoe.write(ada, 'hi', { from: sipUri('zoe', 'example.invalid') });
  await send(ada, 'sip:zoe@example.invalid', 'back to you');
  await world.until(() => Promise.resolve(zoe.texts.includes('back to you')));
});

test('another program that announces itself by the same names is listed as unverified, and reached the way it says', async () => {
  const host = '192.0.2.80';
  const zoe = await plainClient('zoe', host);
  const { clock } = world;
  const discovery = createDiscovery({
    ...{ clock, random: createFakeRandom(80), log: () => undefined },
    multicast: world.multicast.door({ [host]: HOME }),
    interfaces: [host],
  });
  open.push(() => discovery.stop());
  discovery.announce({ name: 'Zoë \u202e', uri: `sip:zoe@${host}`, services: [{ type: '_sipuri._tcp', port: 5060 }] });
  await world.until(async () => (await ada.peers()).length === 1);
  await send(ada, zoe.address, 'by tcp');
  await world.until(() => Promise.resolve(zoe.texts.length > 0));
  expect([await ada.peers(), zoe.endpoint.counts['connections-accepted']]).toEqual([
    [
      {
        accountId: ada.accountId,
        address: zoe.address,
        displayName: 'Zoë',
        isVerified: false,
        trust: 'plain',
        isHere: true,
        location: `${host}:5060`,
      },
    ],
    1,
  ]);
});

test('a changed key stops messages both ways until it is accepted; what waited goes then', async () => {
  const bob = await knowBob();
  await bob.quit();
  bob.secrets.clear();
  await bob.launch();
  await world.until(async () => (await bob.peers()).some(({ isHere }) => isHere));
  await send(bob, ada.address, 'it is me');
  await world.until(async () => (await ada.peers())[0]?.trust === 'changed');
  await send(ada, bob.address, 'is it you?');
  await world.clock.advance(120_000);
  const [waiting] = (await ada.messages(bob.address)).slice(-1);
  const offered = (await ada.peers())[0]?.safetyNumber;
  const stopped = [await textsOf(ada, bob.address), waiting?.state, waiting?.failure?.reason, await textsOf(bob, ada.address)];
  expect([stopped, (await bob.peers())[0]?.safetyNumber === offered]).toEqual([
    [['hello', 'is it you?'], 'queued', expect.stringContaining('another key') as string, ['hello', 'it is me']],
    true,
  ]);
  expect((await bob.messages(ada.address)).find(({ text }) => text === 'it is me')).toMatchObject({
    state: 'failed',
    failure: { code: 403, reason: expect.stringContaining('another key') as string },
  });
  await ada.call('acceptKey', { accountId: ada.accountId, address: bob.address });
  await world.until(async () => (await stateOf(ada, bob.address, 'is it you?')) === 'delivered');
  expect((await ada.peers())[0]).toMatchObject({ trust: 'pinned', isVerified: true, safetyNumber: offered });
  await ada.call('compareKey', { accountId: ada.accountId, address: bob.address, isSame: true });
  expect((await ada.peers())[0]?.trust).toBe('compared');
});

test('who is known by a key cannot be posed as without it, and nothing of it is kept', async () => {
  const bob = await knowBob();
  const zoe = await plainClient();
  const [user = '', host = ''] = bob.address.replace('sip:', '').split('@');
  const status = await zoe.write(ada, 'I am bob', { from: sipUri(user, host) });
  await send(ada, bob.address, 'still you');
  await world.until(async () => (await stateOf(ada, bob.address, 'still you')) === 'delivered');
  expect([status, await textsOf(ada, bob.address), await textsOf(bob, ada.address)]).toEqual([
    403,
    ['hello', 'still you'],
    ['hello', 'still you'],
  ]);
});

test('who poses as somebody again and again does not fill the log', async () => {
  const bob = await knowBob();
  const zoe = await plainClient();
  const [user = '', host = ''] = bob.address.replace('sip:', '').split('@');
  const asBob = (text: string): Promise<number> => zoe.write(ada, text, { from: sipUri(user, host) });
  const statuses = await Promise.all(Array.from({ length: 50 }, (_, count) => asBob(`I am bob ${count}`)));
  await world.clock.advance(61_000);
  const refusals = ada.log.filter((line) => line.includes('refused'));
  expect([new Set(statuses), refusals]).toEqual([
    new Set([403]),
    ['warn refused MESSAGE from 192.0.2.77: downgrade', 'warn refused 49 more MESSAGE in a minute, downgrade, the last from 192.0.2.77'],
  ]);
});

test('a flood of messages from one place is bounded, while somebody known chats on', async () => {
  const bob = await knowBob();
  const flooder = await plainClient();
  const statuses: number[] = [];
  for (let count = 0; count < 400; count++) void flooder.write(ada, `flood ${count}`).then((status) => statuses.push(status));
  await send(bob, ada.address, 'through the flood');
  await world.until(async () => (await stateOf(bob, ada.address, 'through the flood')) === 'delivered', 5_000);
  await world.until(() => Promise.resolve(statuses.length === 400));
  const taken = statuses.filter((status) => status === 200).length;
  expect([taken >= 200 && taken < 300, new Set(statuses)]).toEqual([true, new Set([200, 503])]);
});
