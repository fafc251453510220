// The real network: Node's dgram, net, tls and dns behind the network door.
import type { Network } from './network.ts';

export function createNodeNetwork(): Network {
  throw new Error('not there yet');
}
