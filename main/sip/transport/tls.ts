// TLS (RFC 3261 §26.2, RFC 5922): connections opened to peers, verified for the domain of the URI.
import type { Network } from '../network.ts';
import { ConnectionTable } from './connection-table.ts';
import type { ConnectionTableParts } from './connection-table.ts';
import type { FlowResult, Hop, Transport } from './transport.ts';

export class TlsTransport implements Transport {
  readonly #network: Network;
  readonly #caPem: string | undefined;
  readonly #connections: ConnectionTable;

  constructor(network: Network, caPem: string | undefined, parts: Omit<ConnectionTableParts, 'protocol'>) {
    this.#network = network;
    this.#caPem = caPem;
    this.#connections = new ConnectionTable({ ...parts, protocol: 'tls' });
  }

  /** SECURITY: a connection is shared only by requests for the name it was verified for (RFC 5922 §6). */
  flowTo(hop: Hop): FlowResult | Promise<FlowResult> {
    const tls = { serverName: hop.serverName, caPem: this.#caPem };
    return this.#connections.connect(hop, hop.serverName, (events, signal) => this.#network.connectTls(hop, tls, events, signal));
  }

  stop(): void {
    this.#connections.stop();
  }
}
