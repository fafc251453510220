// The network as an account without a server sees it: names of peers, zones, and names of the network that no name server is asked for.
import { expect, test } from 'vitest';
import type { Address } from '../../../../app/domain/address.ts';
import { createNearbyNetwork } from '../../../../main/accounts/nearby/nearby-network.ts';
import { createPlaces } from '../../../../main/accounts/nearby/places.ts';
import type { Network, NetworkAddress } from '../../../../main/sip/index.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { createMemoryInternet } from '../../../support/memory-network.ts';

const ADA = 'sip:ada@aaaaaaaa.local' as Address;

function createWorld(own: readonly string[] = []) {
  const internet = createMemoryInternet(createFakeClock(), createFakeRandom(1));
  const asked: NetworkAddress[] = [];
  const host = internet.host('192.0.2.2');
  const network: Network = {
    ...host,
    localAddressFor: (remote) => Promise.resolve((asked.push(remote), '192.0.2.2')),
  };
  const places = createPlaces('sip:me@oooooooo.local' as Address, { addresses: () => [], locationOf: () => undefined });
  return { places, asked, internet, nearby: createNearbyNetwork(network, places, () => own) };
}

test('a peer’s name leads to TLS at each of their places, and to nothing else', async () => {
  const { places, nearby, internet } = createWorld();
  places.learn(ADA, { protocol: 'tls', address: 'fe80::3%eth0', port: 6 });
  const { dns } = nearby;
  expect([
    await dns.srv('_sips._tcp.aaaaaaaa.local'),
    await dns.srv('_sip._udp.aaaaaaaa.local'),
    await dns.naptr('aaaaaaaa.local'),
    await dns.addresses('aaaaaaaa.local'),
    await dns.addresses('fe80::3%eth0'),
  ]).toEqual([[{ priority: 0, weight: 0, port: 6, target: 'fe80::3%eth0' }], [], [], [], ['fe80::3%eth0']]);
  expect(internet.dnsQueries).toEqual([]);
  await dns.addresses('example.org');
  expect(internet.dnsQueries).toEqual(['addresses:example.org']);
});

test('a link-local address gets the zone that is known of it, or the only one there is', async () => {
  const one = createWorld(['192.0.2.2', 'fe80::1%eth0']);
  one.places.learn(ADA, { protocol: 'tls', address: 'fe80::3%eth7', port: 6 });
  for (const address of ['fe80::3', 'fe80::4', 'fe80::5%eth1', '2001:db8::1']) await one.nearby.localAddressFor({ address, port: 1 });
  const two = createWorld(['fe80::1%eth0', 'fe80::2%eth1']);
  await two.nearby.localAddressFor({ address: 'fe80::4', port: 1 });
  expect([...one.asked, ...two.asked].map(({ address }) => address)).toEqual([
    'fe80::3%eth7',
    'fe80::4%eth0',
    'fe80::5%eth1',
    '2001:db8::1',
    'fe80::4',
  ]);
});
