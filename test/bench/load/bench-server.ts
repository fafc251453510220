// A server for measuring, in this process: takes every registration, and sends through the connection it came by.
import { createEndpoint, createNodeClock, createNodeNetwork, createNodeRandom, printUri } from '../../../main/sip/index.ts';
import type { Endpoint, Flow } from '../../../main/sip/index.ts';

export interface BenchServer {
  readonly endpoint: Endpoint;
  readonly port: number;
  /** The connection of the latest registration. */
  flow(): Flow | undefined;
  stop(): Promise<void>;
}

const GRANTED_SECONDS = 3_600;

export async function startBenchServer(): Promise<BenchServer> {
  const local = { address: '127.0.0.1', port: 0 };
  const endpoint = await createEndpoint({
    clock: createNodeClock(),
    random: createNodeRandom(),
    network: createNodeNetwork(),
    log: () => undefined,
    product: 'bench server',
    listen: [{ protocol: 'tcp', local }],
    outboundProxy: undefined,
    preferredTransport: 'tcp',
    caPem: undefined,
    credentials: () => undefined,
  });
  let registered: Flow | undefined;
  endpoint.onRequest('REGISTER', ({ message, flow }) => {
    registered = flow;
    const contact = message.contacts === '*' ? undefined : message.contacts[0];
    if (contact === undefined) return { status: 200 };
    const value = `<${printUri(contact.uri)}>;expires=${GRANTED_SECONDS}`;
    return { status: 200, headers: [{ name: 'Contact', value }] };
  });
  return { endpoint, port: endpoint.listening[0]?.local.port ?? 0, flow: () => registered, stop: () => endpoint.stop() };
}
