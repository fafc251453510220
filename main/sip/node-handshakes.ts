// TLS handshakes that strangers begin with us: bounded, so that half-open ones cost little (RFC 8446 §C, RFC 4732 §2.1).
import type { Server, Socket } from 'node:net';

/** Handshakes under way, each with some 50 kB; one takes some milliseconds, so that honest ones are hardly ever so many. */
export const MOST_HANDSHAKES = 256;
/** One host has no good reason for more at once, however many people it serves. */
export const MOST_HANDSHAKES_PER_SOURCE = 64;

/**
 * Bounds connections whose handshake is not finished. One too many of a source is closed; among all, the oldest gives way, which is hardly
 * one of those that take milliseconds. Connections beyond the handshake are counted by connection-table.ts.
 */
export function boundHandshakes(server: Server): void {
  const waiting = new Map<Socket, string>();
  const bySource = new Map<string, number>();

  function forget(socket: Socket): void {
    const source = waiting.get(socket);
    if (source === undefined) return;
    waiting.delete(socket);
    const left = (bySource.get(source) ?? 1) - 1;
    if (left === 0) bySource.delete(source);
    else bySource.set(source, left);
  }

  server.on('connection', (socket: Socket) => {
    const source = socket.remoteAddress ?? '';
    const count = bySource.get(source) ?? 0;
    if (count >= MOST_HANDSHAKES_PER_SOURCE) {
      socket.destroy();
      return;
    }
    const oldest = waiting.size >= MOST_HANDSHAKES ? waiting.keys().next().value : undefined;
    if (oldest !== undefined) {
      forget(oldest);
      oldest.destroy();
    }
    waiting.set(socket, source);
    bySource.set(source, count + 1);
    socket.once('close', () => forget(socket));
  });
  // The socket beneath a TLS socket is not told by Node's types; its ports say which it was.
  server.on('secureConnection', (secure: Socket) => {
    for (const socket of waiting.keys())
      if (socket.remotePort === secure.remotePort && socket.remoteAddress === secure.remoteAddress) return forget(socket);
  });
}
