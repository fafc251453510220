// Who may see us where we answer ourselves: allow, block, polite block, later, time limits, undo, spheres, hidden parts; other SIP programs watch.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallInputGiven } from '../../app/bridge/contract.ts';
import { holdDatabase } from '../support/hold-database.ts';
import type { PlainClient, PlainWatch } from '../support/plain-client.ts';
import { createPlainClient } from '../support/plain-client.ts';
import type { NearbyPerson, NearbyWorld } from '../support/nearby-world.ts';
import { sipUri } from '../support/endpoint-pair.ts';
import { memoryIdentity } from '../support/memory-identity.ts';
import { createNearbyWorld } from '../support/nearby-world.ts';

let world: NearbyWorld;
let ada: NearbyPerson;
let zoe: PlainClient;
const open: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  world = await createNearbyWorld();
  ada = await world.person('Ada');
  zoe = await createPlainClient(world);
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
  await zoe.stop();
  await world.end();
});

async function watchBy(client: PlainClient, expiresSeconds = 600): Promise<PlainWatch> {
  const watch = await client.watch(ada, expiresSeconds);
  open.push(() => watch.stop());
  return watch;
}

type Terms = Omit<CallInputGiven<'decideWatcher'>, 'accountId' | 'address'>;

async function decide(terms: Terms, address = zoe.address): Promise<void> {
  await ada.call('decideWatcher', { accountId: ada.accountId, address, ...terms });
}

const last = (watch: PlainWatch): PlainWatch['heard'][number] | undefined => watch.heard.at(-1);
const stateOf = (watch: PlainWatch): unknown[] => [last(watch)?.notification.state, last(watch)?.notification.reason];

test('a new watcher is accepted at once and pending, with an empty body; later keeps that; allow shows presence', async () => {
  const watch = await watchBy(zoe);
  await world.until(async () => (await ada.requests()).length === 1);
  const pending = [stateOf(watch), last(watch)?.text];
  await decide({ decision: 'later' });
  await world.clock.advance(5_000);
  const later = watch.subscription.state.kind;
  await decide({ decision: 'allow' });
  await world.until(() => Promise.resolve(stateOf(watch)[0] === 'active'));
  expect({ pending, later, basic: /<basic>(\w+)</.exec(last(watch)?.text ?? '')?.[1] }).toEqual({
    pending: [['pending', ''], ''],
    later: 'pending',
    basic: 'open',
  });
});

test('a request that the disk does not take is asked about as soon as it does', { timeout: 60_000 }, async () => {
  const release = holdDatabase(ada.databaseFile);
  await watchBy(zoe);
  await world.until(() => Promise.resolve(ada.log.some((line) => line.includes('storing watchers failed'))));
  release();
  await world.until(async () => (await ada.requests()).length === 1, 60_000);
  expect((await ada.requests()).map(({ address }) => address)).toEqual([zoe.address]);
});

test('block ends it as rejected, and messages are declined', async () => {
  const watch = await watchBy(zoe);
  await world.until(async () => (await ada.requests()).length === 1);
  await decide({ decision: 'block' });
  await world.until(() => Promise.resolve(stateOf(watch)[0] === 'terminated'));
  await world.until(async () => {
    const { watchers } = await ada.call('listWatchers', { accountId: ada.accountId });
    return watchers.find(({ address }) => address === zoe.address)?.isConfirmed === true;
  });
  expect([stateOf(watch), await zoe.write(ada, 'hello?')]).toEqual([['terminated', 'rejected'], 603]);
});

test('politely blocked is told what anybody is told of somebody who is away: in form, on a single look, and in time', async () => {
  const yan = await createPlainClient(world, { user: 'zoe', host: '192.0.2.78' });
  open.push(() => yan.stop());
  await decide({ decision: 'politely-block' });
  await decide({ decision: 'allow' }, yan.address);
  await ada.call('setOwnPresence', { accountId: ada.accountId, availability: 'invisible' });
  await world.clock.advance(1_000);
  const fingerprint = async (client: PlainClient): Promise<unknown> => {
    const look = await client.watch(ada, 0);
    await world.clock.advance(20_000);
    await look.stop();
    const watch = await watchBy(client);
    await world.clock.advance(20_000);
    return [look, watch].map(({ heard }) =>
      heard.map(({ atMs, text, notification: { state, reason } }) => ({ atMs, text, state, reason })),
    );
  };
  const [blocked, allowed] = [await fingerprint(zoe), await fingerprint(yan)];
  expect(blocked).toEqual(allowed);
  expect(JSON.stringify(blocked)).toContain('<basic>closed<');
});

test('politely blocked hears nothing of changes, and is shown as blocked here', async () => {
  await decide({ decision: 'politely-block' });
  const watch = await watchBy(zoe);
  await world.clock.advance(2_000);
  const before = watch.heard.length;
  await ada.call('setOwnPresence', { accountId: ada.accountId, availability: 'busy', note: 'secret' });
  await world.clock.advance(30_000);
  const preview = await ada.call('previewWatcher', { accountId: ada.accountId, address: zoe.address });
  expect([
    watch.heard.length,
    last(watch)?.text.includes('secret'),
    preview.presence.availability,
    preview.document === last(watch)?.text,
  ]).toEqual([before, false, 'offline', true]);
});

test('a time limit ends by itself, and who is asked about anew may be allowed again', async () => {
  const watch = await watchBy(zoe);
  await world.until(async () => (await ada.requests()).length === 1);
  const untilMs = world.clock.nowMs() + 60_000;
  await decide({ decision: 'allow', untilMs });
  await world.until(() => Promise.resolve(stateOf(watch)[0] === 'active'));
  await world.clock.advance(untilMs - world.clock.nowMs() - 1_000);
  const before = watch.subscription.state.kind;
  await world.until(() => Promise.resolve(watch.subscription.state.kind === 'pending'), 10_000);
  expect([before, (await ada.requests()).map(({ address }) => address)]).toEqual(['active', [zoe.address]]);
});

test('an answer is taken back by undo', async () => {
  const watch = await watchBy(zoe);
  await world.until(async () => (await ada.requests()).length === 1);
  await decide({ decision: 'allow' });
  await world.until(() => Promise.resolve(stateOf(watch)[0] === 'active'));
  const [record] = (await ada.call('listDecisions', { accountId: ada.accountId })).decisions;
  await ada.call('undoDecision', { decisionId: record?.decisionId ?? '' });
  await world.until(() => Promise.resolve(watch.subscription.state.kind === 'pending'));
  expect((await ada.requests()).map(({ address }) => address)).toEqual([zoe.address]);
});

test('spheres and hidden parts hold, and a whole network can be let in', async () => {
  await decide({ decision: 'allow', sphere: 'work', seen: { notes: false, activities: true, place: true, devices: true } });
  await ada.call('setOwnPresence', { accountId: ada.accountId, availability: 'busy', note: 'with a client', sphere: 'home' });
  const watch = await watchBy(zoe);
  await world.clock.advance(2_000);
  const atHome = watch.subscription.state.kind;
  await ada.call('setOwnPresence', { accountId: ada.accountId, availability: 'busy', note: 'with a client', sphere: 'work' });
  await world.until(() => Promise.resolve(watch.subscription.state.kind === 'active'));
  await world.until(() => Promise.resolve(last(watch)?.text.includes('busy') === true));
  const other = await createPlainClient(world, { user: 'yan', host: '192.0.2.78' });
  open.push(() => other.stop());
  await ada.call('decideScope', { accountId: ada.accountId, scope: { kind: 'domain', domain: '192.0.2.78' }, decision: 'allow' });
  const letIn = await watchBy(other);
  await world.until(() => Promise.resolve(letIn.subscription.state.kind === 'active'));
  expect([atHome, last(watch)?.text.includes('with a client'), letIn.heard.at(-1)?.text.includes('with a client')]).toEqual([
    'pending',
    false,
    true,
  ]);
});

test('our own watchers are told to who has our key, as a server would tell them', async () => {
  const watched = await watchBy(zoe);
  await world.until(async () => (await ada.requests()).length === 1);
  const [keyPem = ''] = ada.secrets.entries().flatMap(([name, value]) => (name.startsWith('nearby-key:') ? [value] : []));
  const [user = '', host = ''] = ada.address.replace('sip:', '').split('@');
  const options = { identity: memoryIdentity(keyPem, [ada.address]), peerTrouble: () => undefined };
  const ourself = await createPlainClient(world, { user: 'zoe', host: '192.0.2.79', options });
  open.push(() => ourself.stop());
  const watch = await ourself.watch(ada, 600, 'presence.winfo', { as: sipUri(user, host), isSecure: true });
  open.push(() => watch.stop());
  await world.until(() => Promise.resolve(watch.heard.length > 0));
  await decide({ decision: 'allow' });
  await world.until(() => Promise.resolve(stateOf(watched)[0] === 'active' && last(watch)?.text.includes('status="active"') === true));
  expect([watch.heard[0]?.text.includes('status="pending"'), last(watch)?.text.includes(zoe.address)]).toEqual([true, true]);
});

test('only ourselves may watch our watchers', async () => {
  const watch = await zoe.watch(ada, 600, 'presence.winfo');
  open.push(() => watch.stop());
  await world.clock.advance(1_000);
  expect([watch.subscription.state, watch.heard]).toMatchObject([{ kind: 'failed', failure: { kind: 'status', status: 403 } }, []]);
});
