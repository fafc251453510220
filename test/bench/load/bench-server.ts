// A server for measuring, in this process: takes every registration, and sends through the connection it came by.
import { printUri } from '../../../main/sip/index.ts';
import type { Endpoint, Flow } from '../../../main/sip/index.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';

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
  const endpoint = await openEndpoint({
    listen: [{ protocol: 'tcp', local }],
    preferredTransport: 'tcp',
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
