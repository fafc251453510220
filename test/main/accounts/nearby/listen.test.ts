// Listening on several networks at once: an address that is not ready yet is waited for, one that never is keeps nobody from the others.
import { expect, test } from 'vitest';
import { listen } from '../../../../main/accounts/nearby/listen.ts';
import type { Endpoint, Network } from '../../../../main/sip/index.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { memoryIdentity } from '../../../support/memory-identity.ts';
import { createMemoryInternet } from '../../../support/memory-network.ts';

const READY = '192.0.2.2';
const LATE = 'fe80::7%eth0';
type World = Parameters<typeof listen>[0];

/** Listens on both; the late address is refused for so many tries. Gives where it listens, and how long that took. */
async function listenOnBoth(refusedTries: number, interfaces: readonly string[] = [READY, LATE]) {
  const clock = createFakeClock();
  const host = createMemoryInternet(clock, createFakeRandom(1)).host(READY);
  let tries = 0;
  const network: Network = {
    ...host,
    openUdp(local, onDatagram) {
      if (local.address !== LATE || ++tries > refusedTries) return host.openUdp({ ...local, address: READY, port: 0 }, onDatagram);
      return Promise.reject(Object.assign(new Error('bind'), { code: 'EADDRNOTAVAIL', address: LATE }));
    },
    listenTcp: (_, onConnection) => host.listenTcp({ address: READY, port: 0 }, onConnection),
    listenTls: (_, tls, onConnection) => host.listenTls({ address: READY, port: 0 }, tls, onConnection),
  };
  const random = createFakeRandom(2);
  const options = {
    ...{ clock, random, network, identity: memoryIdentity('key', []), log: () => undefined, product: 'test', outboundProxy: undefined },
    ...{ preferredTransport: undefined, caPem: undefined, credentials: () => undefined, peerTrouble: () => undefined },
  };
  const world = { stored: { settings: {} }, doors: { clock, random } } as unknown as World;
  let ended: Endpoint | undefined;
  const startedMs = clock.monotonicMs();
  const listening = listen(world, options, interfaces).then(({ endpoint, addresses }) => {
    ended = endpoint;
    return { sockets: endpoint.listening.length, addresses, tookMs: clock.monotonicMs() - startedMs };
  });
  const result = await clock.run(listening);
  await ended?.stop();
  return result;
}

test.each([
  ['ready at once', 0, { sockets: 6, tookMs: 0 }],
  ['ready a second later', 2, { sockets: 6, tookMs: 1_000 }],
  ['never ready', Infinity, { sockets: 3, tookMs: 4_000 }],
])('an address that is %s', async (_, refusedTries, expected) => {
  expect(await listenOnBoth(refusedTries)).toEqual({ addresses: [READY, LATE], ...expected });
});

test('the only address is not given up for nothing', async () => {
  await expect(listenOnBoth(Infinity, [LATE])).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
});

test('no network at all is said', async () => {
  await expect(listenOnBoth(0, [])).rejects.toMatchObject({ reason: expect.stringContaining('no network now') as string });
});
