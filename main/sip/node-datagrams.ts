// Connecting a datagram socket: it then hears that peer alone, and what the system says of it.
import type { Socket } from 'node:dgram';
import type { NetworkAddress } from './network.ts';

/** Any port that is not filtered by the system itself, for who has none: Node throws at port 0. */
const PROBE_PORT = 5060;

/**
 * Ends in `connect` or in `error`.
 * WHY: a callback of Node's `connect` is called for failure too, e.g. where no way leads there, and a send without port throws then.
 */
export function connectDatagrams(socket: Socket, { address, port }: NetworkAddress): void {
  socket.connect(port === 0 ? PROBE_PORT : port, address);
}
