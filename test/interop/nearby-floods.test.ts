// Bad neighbours with real sockets, on the loopback interface: handshakes begun and never finished, noise in place of TLS, a port that is taken.
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import type { NearbyPerson } from './support/nearby-people.ts';
import { NearbyPeople, exchange, meet } from './support/nearby-people.ts';

const HOST = '127.0.0.1';
/** More than node-handshakes.ts lets wait, of one source and of all. */
const CONNECTIONS = 300;
const people = new NearbyPeople();
afterAll(() => people.end());

async function portOf({ app }: NearbyPerson): Promise<number> {
  const { accounts } = await app.call('listAccounts', {});
  return accounts[0]?.settings.listenPort ?? 0;
}

test('handshakes that are begun and not finished, and noise: two people find each other and chat meanwhile', async () => {
  const ada = await people.start('Ada');
  const port = (await portOf(ada)) + 1;
  const sockets: Socket[] = [];
  let closed = 0;
  for (let count = 0; count < CONNECTIONS; count++) {
    const socket = connect(port, HOST, () => count % 2 === 0 && socket.write('\u0016\u0003\u0001'.repeat(count)));
    socket.on('error', () => undefined).on('close', () => closed++);
    sockets.push(socket);
  }
  const bob = await people.start('Bob');
  await meet(ada, bob);
  await exchange(bob, ada, 'through the flood');
  await exchange(ada, bob, 'and back');
  for (const socket of sockets) socket.destroy();
  expect(closed).toBeGreaterThan(0);
});

test('two profiles that want the same port: the second says so in words, and takes it when it is free', async () => {
  const ada = await people.start('Ada');
  const listenPort = await portOf(ada);
  const bob = await people.start('Bob');
  await bob.app.call('updateAccount', { accountId: bob.accountId, listenPort });
  const { account } = await bob.app.change('account-changed', (change) => change.account.registration.state === 'failed');
  expect(account.registration).toMatchObject({
    reason: expect.stringContaining(`Port ${listenPort} is used by another program`) as string,
  });
  bob.app.forget();
  await ada.app.stop();
  await bob.app.change('account-changed', (change) => change.account.registration.state === 'ok');
  expect(await portOf(bob)).toBe(listenPort);
});
