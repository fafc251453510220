// TCP in memory: connections that arrive in order, are refused where nobody listens, and can be reset; TLS by keys as TCP that tells keys.
import type { NetworkAddress, ServerSocket, StreamEvents, StreamSocket, TlsIdentity } from '../../main/sip/network.ts';
import { identityShown } from './memory-identity.ts';
import { addressKey, systemError } from './memory-world.ts';
import type { MemoryWorld } from './memory-world.ts';

export interface MemoryStreams {
  /** `tls`: a connection without is none. */
  listen(local: NetworkAddress, onConnection: (socket: StreamSocket) => StreamEvents, tls?: SpokenTls): Promise<ServerSocket>;
  connect(local: NetworkAddress, remote: NetworkAddress, events: StreamEvents, signal: AbortSignal, tls?: SpokenTls): Promise<StreamSocket>;
  reset(address: string): void;
  openSockets(): number;
}

interface SpokenTls {
  readonly identity?: TlsIdentity | undefined;
}

interface Listener {
  readonly accept: (socket: StreamSocket) => StreamEvents;
  readonly tls: SpokenTls | undefined;
}

/** As many bytes as a peer that reads nothing lets pile up before `write` says false. */
const SYSTEM_BUFFER_BYTES = 65_536;

class StreamEnd implements StreamSocket {
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  readonly #world: MemoryWorld;
  readonly #open: Set<StreamEnd>;
  readonly peerKey: string | undefined;
  readonly peerUris: readonly string[];
  peer: StreamEnd | undefined;
  events: StreamEvents | undefined;
  #inFlightBytes = 0;
  #isOpen = true;

  constructor(
    world: MemoryWorld,
    open: Set<StreamEnd>,
    way: { local: NetworkAddress; remote: NetworkAddress; peer: SpokenTls | undefined },
  ) {
    const { local, remote, peer } = way;
    const shown = peer?.identity === undefined ? undefined : identityShown(peer.identity);
    this.peerKey = shown?.peerKey;
    this.peerUris = shown?.peerUris ?? [];
    this.#world = world;
    this.#open = open;
    this.local = local;
    this.remote = remote;
    open.add(this);
  }

  write(bytes: Uint8Array): boolean {
    if (!this.#isOpen) return false;
    const copy = bytes.slice();
    this.#inFlightBytes += copy.length;
    this.#later(() => {
      this.#inFlightBytes -= copy.length;
      this.peer?.receive(copy);
    });
    return this.#inFlightBytes <= SYSTEM_BUFFER_BYTES;
  }

  pendingBytes(): number {
    return this.#inFlightBytes;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.end(undefined);
    this.#later(() => this.peer?.end(undefined));
  }

  receive(bytes: Uint8Array): void {
    if (this.#isOpen) this.events?.onData(bytes);
  }

  end(error: Error | undefined): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#open.delete(this);
    queueMicrotask(() => this.events?.onClosed(error));
  }

  /** Hands over after the link's delay, and waits while the path is cut, as TCP would by retransmitting. */
  #later(deliver: () => void): void {
    const delayMs = this.#world.quality.delayMs;
    this.#world.clock.startTimer(delayMs, () => {
      if (this.#world.reaches(this.local.address, this.remote.address)) deliver();
    });
  }
}

export function createMemoryStreams(world: MemoryWorld): MemoryStreams {
  const listeners = new Map<string, Listener>();
  const open = new Set<StreamEnd>();

  function join(local: NetworkAddress, remote: NetworkAddress, events: StreamEvents, tls: SpokenTls | undefined): StreamSocket | Error {
    const listener = listeners.get(addressKey(remote));
    if (listener === undefined) return systemError('ECONNREFUSED');
    if ((listener.tls === undefined) !== (tls === undefined)) return systemError('EPROTO');
    const client = new StreamEnd(world, open, { local, remote, peer: listener.tls });
    const server = new StreamEnd(world, open, { local: remote, remote: local, peer: tls });
    client.peer = server;
    server.peer = client;
    client.events = events;
    server.events = listener.accept(server);
    return client;
  }

  return {
    listen(local, accept, tls) {
      const key = addressKey(local);
      if (listeners.has(key)) return Promise.reject(systemError('EADDRINUSE'));
      listeners.set(key, { accept, tls });
      return Promise.resolve({ local, close: () => void listeners.delete(key) });
    },
    connect(local, remote, events, signal, tls) {
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(systemError('ABORT_ERR')));
        world.clock.startTimer(2 * world.quality.delayMs, () => {
          // A path that is cut gives no answer at all: whoever asked must give up by its own timer.
          if (signal.aborted || !world.reaches(local.address, remote.address)) return;
          const socket = join(local, remote, events, tls);
          if (socket instanceof Error) reject(socket);
          else resolve(socket);
        });
      });
    },
    reset(address) {
      for (const end of [...open]) {
        if (end.local.address !== address && end.remote.address !== address) continue;
        end.end(systemError('ECONNRESET'));
      }
    },
    openSockets: () => listeners.size + open.size,
  };
}
