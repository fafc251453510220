// TLS (RFC 3261 §26.2, RFC 5922): connections opened to peers, verified for the domain of the URI, and accepted from them.
import type { Network, NetworkAddress, ServerSocket, TlsIdentity } from '../network.ts';
import { ConnectionTable } from './connection-table.ts';
import type { ConnectionTableParts } from './connection-table.ts';
import type { FlowResult, Hop, Transport } from './transport.ts';

export interface TlsTransportOptions {
  readonly network: Network;
  /** PEM, trusted beside the system's; also the authorities that clients' certificates are believed from. */
  readonly caPem: string | undefined;
  readonly identity: TlsIdentity | undefined;
  /** TLS by keys: whoever is there is taken, and judged before a request is sent. */
  readonly byKey: boolean;
}

export class TlsTransport implements Transport {
  readonly connections: ConnectionTable;
  readonly #options: TlsTransportOptions;
  readonly #servers: ServerSocket[] = [];

  constructor(options: TlsTransportOptions, parts: Omit<ConnectionTableParts, 'protocol'>) {
    this.#options = options;
    this.connections = new ConnectionTable({ ...parts, protocol: 'tls' });
  }

  /** Opens a listening socket; rejects with the system's error, or where there is no certificate to show. */
  async listen(local: NetworkAddress): Promise<NetworkAddress> {
    const { network, identity, caPem, byKey } = this.#options;
    if (identity === undefined) throw new Error('listening for TLS needs a certificate');
    const server = await network.listenTls(local, { identity, clientCaPem: caPem, byKey }, (socket) => this.connections.accept(socket));
    this.#servers.push(server);
    return server.local;
  }

  /** SECURITY: a connection is shared only by requests for the name it was verified for (RFC 5922 §6). */
  flowTo(hop: Hop): FlowResult | Promise<FlowResult> {
    const { network, identity, caPem, byKey } = this.#options;
    const tls = { serverName: hop.serverName, caPem, identity, byKey };
    // By keys nothing was verified for a name: each request looks at the key itself, on connections that peers opened too.
    return this.connections.connect(hop, byKey ? '' : hop.serverName, (events, signal) => network.connectTls(hop, tls, events, signal));
  }

  stop(): void {
    for (const server of this.#servers) server.close();
    this.connections.stop();
  }
}
