// TCP in memory: connections that arrive in order, are refused where nobody listens, and can be reset.
import type { NetworkAddress, ServerSocket, StreamEvents, StreamSocket } from '../../main/sip/network.ts';
import { addressKey, systemError } from './memory-world.ts';
import type { MemoryWorld } from './memory-world.ts';

export interface MemoryStreams {
  listen(local: NetworkAddress, onConnection: (socket: StreamSocket) => StreamEvents): Promise<ServerSocket>;
  connect(local: NetworkAddress, remote: NetworkAddress, events: StreamEvents, signal: AbortSignal): Promise<StreamSocket>;
  reset(address: string): void;
  openSockets(): number;
}

/** As many bytes as a peer that reads nothing lets pile up before `write` says false. */
const SYSTEM_BUFFER_BYTES = 65_536;

class StreamEnd implements StreamSocket {
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  readonly #world: MemoryWorld;
  readonly #open: Set<StreamEnd>;
  peer: StreamEnd | undefined;
  events: StreamEvents | undefined;
  #inFlightBytes = 0;
  #isOpen = true;

  constructor(world: MemoryWorld, open: Set<StreamEnd>, local: NetworkAddress, remote: NetworkAddress) {
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
  const listeners = new Map<string, (socket: StreamSocket) => StreamEvents>();
  const open = new Set<StreamEnd>();

  function join(local: NetworkAddress, remote: NetworkAddress, events: StreamEvents): StreamSocket | undefined {
    const accept = listeners.get(addressKey(remote));
    if (accept === undefined) return undefined;
    const client = new StreamEnd(world, open, local, remote);
    const server = new StreamEnd(world, open, remote, local);
    client.peer = server;
    server.peer = client;
    client.events = events;
    server.events = accept(server);
    return client;
  }

  return {
    listen(local, onConnection) {
      const key = addressKey(local);
      if (listeners.has(key)) return Promise.reject(systemError('EADDRINUSE'));
      listeners.set(key, onConnection);
      return Promise.resolve({ local, close: () => void listeners.delete(key) });
    },
    connect(local, remote, events, signal) {
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(systemError('ABORT_ERR')));
        world.clock.startTimer(2 * world.quality.delayMs, () => {
          // A path that is cut gives no answer at all: whoever asked must give up by its own timer.
          if (signal.aborted || !world.reaches(local.address, remote.address)) return;
          const socket = join(local, remote, events);
          if (socket === undefined) reject(systemError('ECONNREFUSED'));
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
