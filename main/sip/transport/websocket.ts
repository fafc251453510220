// WebSocket and secure WebSocket (RFC 7118): connections opened to servers, one SIP message in each WebSocket message.
import type { Network, StreamEvents, StreamSocket, TlsIdentity } from '../network.ts';
import type { Random } from '../random.ts';
import { ConnectionTable } from './connection-table.ts';
import type { ConnectionTableParts } from './connection-table.ts';
import type { FlowResult, Hop, Transport } from './transport.ts';
import { openWebSocket } from './websocket-stream.ts';

export interface WebSocketTransportOptions {
  readonly network: Network;
  readonly random: Random;
  readonly caPem: string | undefined;
  readonly identity: TlsIdentity | undefined;
  /** Of the WebSocket's URL, e.g. '/ws'. */
  readonly path: string;
}

export class WebSocketTransport implements Transport {
  readonly connections: ConnectionTable;
  readonly #options: WebSocketTransportOptions;
  readonly #isSecure: boolean;

  constructor(protocol: 'ws' | 'wss', options: WebSocketTransportOptions, parts: Omit<ConnectionTableParts, 'protocol'>) {
    this.#options = options;
    this.#isSecure = protocol === 'wss';
    this.connections = new ConnectionTable({ ...parts, protocol });
  }

  flowTo(hop: Hop): FlowResult | Promise<FlowResult> {
    const { path, random } = this.#options;
    const options = { host: `${hop.serverName}:${hop.port}`, path, random };
    return this.connections.connect(hop, hop.serverName, (events, signal) =>
      openWebSocket(options, events, signal, (inner) => this.#open(hop, inner, signal)),
    );
  }

  stop(): void {
    this.connections.stop();
  }

  #open(hop: Hop, events: StreamEvents, signal: AbortSignal): Promise<StreamSocket> {
    const { network, caPem, identity } = this.#options;
    if (!this.#isSecure) return network.connectTcp(hop, events, signal);
    return network.connectTls(hop, { serverName: hop.serverName, caPem, identity, protocols: ['http/1.1'] }, events, signal);
  }
}
