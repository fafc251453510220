// Builds the core with the real doors: clock, randomness, network, HTTP, and a file for secrets.
import { networkInterfaces } from 'node:os';
import type { Core } from '../accounts/core.ts';
import { createCore } from '../accounts/core.ts';
import { createKeychainStore, NO_KEYCHAIN } from '../accounts/keychain-store.ts';
import { createNodeMulticast } from '../simple/discovery/node-multicast.ts';
import { createNodeHttpClient } from '../simple/xcap/node-http-client.ts';
import { createNodeClock, createNodeNetwork, createNodeRandom } from '../sip/index.ts';
import type { HeadlessProfile } from './profile.ts';
import { writeLog } from './write-log.ts';

export function openHeadlessCore(profile: HeadlessProfile, program: { product: string; version: string }): Promise<Core> {
  const clock = createNodeClock((text) => writeLog('error', text));
  return createCore({
    clock,
    random: createNodeRandom(),
    network: createNodeNetwork({ clock }),
    multicast: createNodeMulticast(),
    interfaces: networkInterfaces,
    http: createNodeHttpClient({ clock }),
    secrets: createKeychainStore({ file: profile.secretsFile, keychain: NO_KEYCHAIN, choose: () => Promise.resolve('file') }),
    paths: { database: profile.databaseFile },
    defer: (callback) => void setImmediate(callback),
    ...program,
    log: writeLog,
  });
}
