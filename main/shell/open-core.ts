// Builds the core with the real doors: clock, randomness, network, HTTP, secrets.
import { networkInterfaces } from 'node:os';
import { app } from 'electron';
import { createCore, type Core, type SecretStore } from '../accounts/core.ts';
import { createNodeMulticast } from '../simple/discovery/node-multicast.ts';
import { createNodeHttpClient } from '../simple/xcap/node-http-client.ts';
import { createNodeClock, createNodeNetwork, createNodeRandom } from '../sip/index.ts';
import { shellLog } from './log.ts';
import type { Profile } from './profile.ts';

export async function openCore(profile: Profile, secrets: SecretStore): Promise<Core> {
  const clock = createNodeClock((text) => shellLog('error', text));
  return await createCore({
    clock,
    random: createNodeRandom(),
    network: createNodeNetwork({ clock }),
    multicast: createNodeMulticast(),
    interfaces: networkInterfaces,
    http: createNodeHttpClient({ clock }),
    secrets,
    paths: { database: profile.databaseFile },
    defer: (callback) => void setImmediate(callback),
    product: app.getName(),
    version: app.getVersion(),
    log: shellLog,
  });
}
