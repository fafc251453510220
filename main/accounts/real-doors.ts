// The core's doors to this computer: clock, randomness, networks, HTTP. The window and the headless mode add what differs: log, secrets, paths.
import { networkInterfaces } from 'node:os';
import { createNodeMulticast } from '../simple/discovery/node-multicast.ts';
import { createNodeHttpClient } from '../simple/xcap/node-http-client.ts';
import { createNodeClock, createNodeNetwork, createNodeRandom } from '../sip/index.ts';
import type { Log } from '../sip/index.ts';
import type { CoreDoors } from './doors.ts';

type RealDoors = Pick<CoreDoors, 'clock' | 'random' | 'network' | 'multicast' | 'interfaces' | 'http' | 'log'>;

export function realDoors(log: Log): RealDoors {
  const clock = createNodeClock((text) => log('error', text));
  return {
    clock,
    random: createNodeRandom(),
    network: createNodeNetwork({ clock }),
    multicast: createNodeMulticast(),
    interfaces: networkInterfaces,
    http: createNodeHttpClient({ clock }),
    log,
  };
}
