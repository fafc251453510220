// Accounts changed from several sides at once: each change runs whole, and no endpoint stays behind (`end` looks for sockets and timers).
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FlowWorld, Person } from '../../support/flow-world.ts';
import { createFlowWorld } from '../../support/flow-world.ts';

let world: FlowWorld;
let ada: Person;
let accountId: string;
let serverSockets: number;
beforeEach(async () => {
  world = await createFlowWorld();
  ada = await world.person('ada');
  serverSockets = world.internet.openSockets();
  accountId = await ada.signIn();
});
afterEach(() => world.end());

async function together(...calls: readonly [name: string, input: object][]): Promise<string[]> {
  const results = await world.clock.run(Promise.all(calls.map(([name, input]) => ada.core.call(name, input))));
  return results.map((result) => ('failure' in result ? `${result.failure.kind} ${result.failure.field ?? ''}` : 'done'));
}

const named = (displayName: string): [string, object] => ['updateAccount', { accountId, displayName }];

it('three changes at once: all are made, in order, and one endpoint is left', async () => {
  const before = world.internet.openSockets();
  const results = await together(named('One'), named('Two'), ['updateAccount', { accountId, authUser: 'ada' }]);
  await world.clock.advance(10_000);
  const { accounts } = await ada.call('listAccounts', {});
  expect({
    results,
    names: accounts.map(({ settings, registration }) => [settings.displayName, settings.authUser, registration.state]),
    sockets: world.internet.openSockets(),
  }).toEqual({ results: ['done', 'done', 'done'], names: [['Two', 'ada', 'ok']], sockets: before });
});

it('a change and a removal at once: the account is gone; the other way round the change finds none', async () => {
  const first = await together(named('One'), ['removeAccount', { accountId }], named('Two'));
  await world.clock.advance(10_000);
  expect({
    first,
    accounts: (await ada.call('listAccounts', {})).accounts,
    isRegistered: world.server.registrar.isRegistered(ada.address),
    complaints: ada.log.filter((line) => line.includes('FOREIGN KEY')),
  }).toEqual({ first: ['done', 'done', 'not-found accountId'], accounts: [], isRegistered: false, complaints: [] });
});

it('own presence told from two sides at once: neither takes away what the other said', async () => {
  const busy = { accountId, availability: 'busy' };
  const results = await together(['setOwnPresence', { ...busy, note: 'writing' }], ['setOwnPresence', { ...busy, activity: 'meeting' }]);
  const [account] = (await ada.call('listAccounts', {})).accounts;
  expect([results, account?.ownPresence]).toMatchObject([['done', 'done'], { note: 'writing', activity: 'meeting' }]);
});

it('a keychain that is locked at the start: the password is read when the person tries again', async () => {
  await ada.quit();
  const kept = [...ada.secrets].filter(([key]) => key.endsWith('/password'));
  for (const [key] of kept) ada.secrets.delete(key);
  await ada.launch();
  const stateNow = async (): Promise<string | undefined> => (await ada.call('listAccounts', {})).accounts[0]?.registration.state;
  await ada.call('retryAccount', { accountId });
  await world.clock.advance(5_000);
  const locked = await stateNow();
  for (const [key, value] of kept) ada.secrets.set(key, value);
  await ada.call('retryAccount', { accountId });
  await world.clock.advance(5_000);
  expect([kept.length, locked, await stateNow()]).toEqual([1, 'failed', 'ok']);
});

it('stopped during a change: nothing opens afterwards, what waited is refused, and the change is there at the next start', async () => {
  const changing = Promise.all([named('One'), named('Two')].map(([name, input]) => ada.core.call(name, input)));
  // The first now waits for the server to let the old binding go.
  await new Promise((resolve) => setImmediate(resolve));
  await ada.quit();
  const results = (await changing).map((result) => ('failure' in result ? result.failure.kind : 'done'));
  await world.clock.advance(10_000);
  expect([results, world.internet.openSockets()]).toEqual([['done', 'refused'], serverSockets]);
  await ada.launch();
  const { accounts } = await ada.call('listAccounts', {});
  expect(accounts.map(({ settings }) => settings.displayName)).toEqual(['One']);
});

it('a certificate file that is missing at the start is told, and read when the person tries again', async () => {
  const caFile = join(dirname(ada.databaseFile), 'ca.pem');
  writeFileSync(caFile, rootCertificates[0] ?? '');
  await ada.call('updateAccount', { accountId, caFile });
  await ada.quit();
  rmSync(caFile);
  await ada.launch();
  const states: unknown[] = [];
  const look = async (): Promise<void> => {
    await world.clock.advance(10_000);
    const [account] = (await ada.call('listAccounts', {})).accounts;
    states.push([account?.registration.state, account?.registration.reason]);
  };
  await look();
  await ada.call('retryAccount', { accountId });
  await look();
  writeFileSync(caFile, rootCertificates[0] ?? '');
  await ada.call('retryAccount', { accountId });
  await look();
  const missing = ['failed', 'This certificate file cannot be read. Choose another file.'];
  expect(states).toEqual([missing, missing, ['ok', undefined]]);
});
