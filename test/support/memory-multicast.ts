// Networks in memory on which everybody hears everybody, oneself included: what the multicast door promises, without sockets.
import type { NetworkAddress } from '../../main/sip/network.ts';
import type { Clock } from '../../main/sip/clock.ts';
import type { Multicast } from '../../main/simple/discovery/multicast.ts';

export interface MemoryMulticast {
  /** The door of one computer: which of its addresses is on which network. */
  door(interfaces: Readonly<Record<string, string>>): Multicast;
  /** From now on nothing passes that network, and it cannot be joined (or both again). */
  setUp(network: string, isUp: boolean): void;
  /** Sends as a stranger would. */
  inject(network: string, bytes: Uint8Array, from: NetworkAddress): void;
  /** Every packet that passed, oldest first. */
  readonly sent: readonly {
    readonly network: string;
    readonly from: string;
    readonly bytes: Uint8Array;
    readonly to: NetworkAddress | undefined;
  }[];
}

const PORT = 5353;
const LATENCY_MS = 1;

export function createMemoryMulticast(clock: Clock): MemoryMulticast {
  const listeners = new Set<{ network: string; address: string; onPacket: (bytes: Uint8Array, from: NetworkAddress) => void }>();
  const down = new Set<string>();
  const sent: { network: string; from: string; bytes: Uint8Array; to: NetworkAddress | undefined }[] = [];

  function deliver(network: string, bytes: Uint8Array, from: NetworkAddress): void {
    for (const listener of listeners) {
      if (listener.network !== network) continue;
      clock.startTimer(LATENCY_MS, () => {
        if (listeners.has(listener) && !down.has(network)) listener.onPacket(bytes, from);
      });
    }
  }

  return {
    sent,
    door: (interfaces) => ({
      open(address, onPacket) {
        const network = interfaces[address];
        if (network === undefined || down.has(network)) return Promise.reject(new Error(`no network at ${address}`));
        const listener = { network, address, onPacket };
        listeners.add(listener);
        return Promise.resolve({
          port: PORT,
          send(bytes, onError, to) {
            if (down.has(network)) return onError(new Error('network is down'));
            sent.push({ network, from: address, bytes, to });
            if (to === undefined) deliver(network, bytes, { address, port: PORT });
          },
          close: () => void listeners.delete(listener),
        });
      },
    }),
    setUp(network, isUp) {
      if (isUp) down.delete(network);
      else down.add(network);
    },
    inject: deliver,
  };
}
