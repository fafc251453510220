// What the core needs from outside: its doors (clock, random, network, multicast, secrets, window) and its paths.
import type { Multicast } from '../simple/discovery/multicast.ts';
import type { SystemInterfaces } from '../simple/discovery/usable-interfaces.ts';
import type { HttpClient } from '../simple/xcap/http-client.ts';
import type { Clock, Log, Network, Random } from '../sip/index.ts';
import type { IdentityMaker } from './nearby/make-identity.ts';
import type { SecretStore } from './secret-store.ts';

export interface CoreDoors {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  /** How people on one network find each other. */
  readonly multicast: Multicast;
  /** The addresses of this computer now, as the system lists them. */
  readonly interfaces: () => SystemInterfaces;
  readonly http: HttpClient;
  readonly secrets: SecretStore;
  /** Makes the keys of accounts without a server. Default: real ones. */
  readonly identityMaker?: IdentityMaker;
  /** Files of this profile. `database`: where the SQLite file is or will be. */
  readonly paths: { readonly database: string };
  /** Runs the callback once this turn of the event loop has been read empty (setImmediate): commits that come together are joined. */
  readonly defer: (callback: () => void) => void;
  /** Name and version of the program, e.g. `Watchword` and `0.1.0`, for User-Agent. */
  readonly product: string;
  readonly version: string;
  readonly log: Log;
  /** Also check what calls return against the contract, as tests do. */
  readonly checksOutputs?: boolean;
}
