// TCP (RFC 3261 §18): connections opened to peers and accepted from them.
import type { Network, NetworkAddress, ServerSocket } from '../network.ts';
import { ConnectionTable } from './connection-table.ts';
import type { ConnectionTableParts } from './connection-table.ts';
import type { FlowResult, Hop, Transport } from './transport.ts';

export class TcpTransport implements Transport {
  readonly connections: ConnectionTable;
  readonly #network: Network;
  readonly #servers: ServerSocket[] = [];

  constructor(network: Network, parts: Omit<ConnectionTableParts, 'protocol'>) {
    this.#network = network;
    this.connections = new ConnectionTable({ ...parts, protocol: 'tcp' });
  }

  /** Opens a listening socket; rejects with the system's error. */
  async listen(local: NetworkAddress): Promise<NetworkAddress> {
    const server = await this.#network.listenTcp(local, (socket) => this.connections.accept(socket));
    this.#servers.push(server);
    return server.local;
  }

  flowTo(hop: Hop): FlowResult | Promise<FlowResult> {
    return this.connections.connect(hop, '', (events, signal) => this.#network.connectTcp(hop, events, signal));
  }

  stop(): void {
    for (const server of this.#servers) server.close();
    this.connections.stop();
  }
}
