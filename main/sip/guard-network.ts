// The edge of the stack: whatever is thrown while bytes from outside are worked on ends here.
import type { Network, StreamEvents, StreamSocket } from './network.ts';

/** Where something was thrown, in a word or two. */
export type OnThrown = (where: string, error: unknown) => void;

/**
 * The same network, whose callbacks never throw into it. SECURITY: the system's own callbacks have nobody above them, so one mistake of ours
 * that a stranger finds would end the process. A datagram is dropped; a connection is closed, for nobody knows how far it was read.
 */
export function guardNetwork(network: Network, onThrown: OnThrown): Network {
  const accepting =
    (onConnection: (socket: StreamSocket) => StreamEvents) =>
    (socket: StreamSocket): StreamEvents => {
      try {
        return guardStream(onConnection(socket), () => socket.close(), onThrown);
      } catch (error) {
        onThrown('a new connection', error);
        socket.close();
        return DEAF;
      }
    };
  return {
    openUdp: (local, onDatagram) =>
      network.openUdp(local, (bytes, from) => {
        try {
          onDatagram(bytes, from);
        } catch (error) {
          onThrown('a datagram', error);
        }
      }),
    listenTcp: (local, onConnection) => network.listenTcp(local, accepting(onConnection)),
    listenTls: (local, tls, onConnection) => network.listenTls(local, tls, accepting(onConnection)),
    connectTcp: (remote, events, signal) => connecting(events, onThrown, (guarded) => network.connectTcp(remote, guarded, signal)),
    connectTls: (remote, tls, events, signal) =>
      connecting(events, onThrown, (guarded) => network.connectTls(remote, tls, guarded, signal)),
    isUdpRefused: (remote, datagram, signal) => network.isUdpRefused(remote, datagram, signal),
    localAddresses: () => network.localAddresses(),
    localAddressFor: (remote) => network.localAddressFor(remote),
    dns: network.dns,
  };
}

const DEAF: StreamEvents = { onData: () => undefined, onClosed: () => undefined };

/** Bytes may come before the socket itself is known; until then there is nothing to close. */
async function connecting(
  events: StreamEvents,
  onThrown: OnThrown,
  connect: (guarded: StreamEvents) => Promise<StreamSocket>,
): Promise<StreamSocket> {
  const link: { socket?: StreamSocket } = {};
  link.socket = await connect(guardStream(events, () => link.socket?.close(), onThrown));
  return link.socket;
}

function guardStream(events: StreamEvents, close: () => void, onThrown: OnThrown): StreamEvents {
  return {
    onData(bytes) {
      try {
        events.onData(bytes);
      } catch (error) {
        onThrown('the bytes of a connection', error);
        close();
      }
    },
    onClosed(cause) {
      try {
        events.onClosed(cause);
      } catch (error) {
        onThrown('the end of a connection', error);
      }
    },
  };
}
