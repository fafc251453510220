// An endpoint on the real doors where nothing else is said; each test says only what it is about.
import { createEndpoint, createNodeClock, createNodeNetwork, createNodeRandom } from '../../main/sip/index.ts';
import type { Endpoint, EndpointOptions } from '../../main/sip/index.ts';

export function openEndpoint(options: Partial<EndpointOptions>): Promise<Endpoint> {
  return createEndpoint({
    clock: createNodeClock(),
    random: createNodeRandom(),
    network: createNodeNetwork(),
    log: () => undefined,
    product: 'test',
    listen: [],
    outboundProxy: undefined,
    preferredTransport: undefined,
    caPem: undefined,
    credentials: () => undefined,
    ...options,
  });
}

/** UDP and TCP on one address; port 0 lets the system choose. */
export function udpAndTcp(address: string, port = 0): EndpointOptions['listen'] {
  return [
    { protocol: 'udp', local: { address, port } },
    { protocol: 'tcp', local: { address, port } },
  ];
}
