// Discovery over real multicast on the loopback interface: two and five on one computer, sharing one port.
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeClock, createNodeRandom } from '../../../../main/sip/index.ts';
import { createDiscovery } from '../../../../main/simple/discovery/discovery.ts';
import type { Discovery } from '../../../../main/simple/discovery/discovery.ts';
import { createNodeMulticast } from '../../../../main/simple/discovery/node-multicast.ts';
import type { Peer } from '../../../../main/simple/discovery/peers.ts';

const LOOPBACK = '127.0.0.1';
const open: Discovery[] = [];

afterEach(() => {
  for (const discovery of open.splice(0)) discovery.stop();
});

/** A port that nobody uses now. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '0.0.0.0', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

interface Person {
  readonly discovery: Discovery;
  /** Resolves as soon as exactly these are seen. */
  sees(...names: string[]): Promise<void>;
  leave(): void;
}

function join(port: number, user: string): Person {
  const discovery = createDiscovery({
    clock: createNodeClock(),
    random: createNodeRandom(),
    multicast: createNodeMulticast({ port }),
    log: () => undefined,
    interfaces: [LOOPBACK],
  });
  open.push(discovery);
  const announcement = discovery.announce({
    name: user,
    uri: `sip:${user}@${LOOPBACK}:5070`,
    services: [{ type: '_sipuri._udp', port: 5070 }],
  });
  let now: readonly Peer[] = [];
  const waiting = new Set<() => void>();
  discovery.browse((peers) => {
    now = peers;
    for (const check of [...waiting]) check();
  });
  return {
    discovery,
    sees: (...names) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (
            now
              .map(({ name }) => name)
              .sort()
              .join() !== [...names].sort().join()
          )
            return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    leave: () => announcement.stop(),
  };
}

describe('on the loopback interface', () => {
  it('two find each other, and one that leaves is gone', async () => {
    const port = await freePort();
    const [ada, bob] = [join(port, 'ada'), join(port, 'bob')];
    await Promise.all([ada.sees('bob'), bob.sees('ada')]);
    ada.leave();
    await bob.sees();
    await ada.sees('bob');
  });

  it('five find each other; one ends, one comes back by a new network', async () => {
    const port = await freePort();
    const names = ['ada', 'bob', 'cy', 'dee', 'eve'];
    const people = names.map((name) => join(port, name));
    await Promise.all(people.map((person, index) => person.sees(...names.filter((_, other) => other !== index))));
    people[4]?.discovery.stop();
    await people[0]?.sees('bob', 'cy', 'dee');
    people[3]?.discovery.refreshInterfaces([]);
    await people[0]?.sees('bob', 'cy');
    await people[3]?.sees();
    people[3]?.discovery.refreshInterfaces([LOOPBACK]);
    await people[0]?.sees('bob', 'cy', 'dee');
    await people[3]?.sees('ada', 'bob', 'cy');
  });

  it('an address that is not ours is refused', async () => {
    const multicast = createNodeMulticast({ port: await freePort() });
    await expect(multicast.open('192.0.2.1', () => undefined)).rejects.toThrow();
  });

  it('a goodbye right before the end arrives', async () => {
    const port = await freePort();
    const [ada, bob] = [join(port, 'ada'), join(port, 'bob')];
    await bob.sees('ada');
    ada.discovery.stop();
    ada.discovery.stop();
    await bob.sees();
  });
});
