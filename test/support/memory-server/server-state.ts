// What the parts of the server in memory share.
import type { Clock, Endpoint, Random } from '../../../main/sip/index.ts';

export interface ServerParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly endpoint: Endpoint;
  readonly domain: string;
  /** Canonical address → password. */
  readonly passwords: Map<string, string>;
}
