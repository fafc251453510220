// The multicast door: how packets for everybody on one network leave and arrive. Node's own is in node-multicast.ts.
import type { NetworkAddress } from '../../sip/index.ts';

export interface MulticastSocket {
  /** The port that everybody uses: 5353 but in tests. Packets from other ports are from plain DNS clients (RFC 6762 §6.7). */
  readonly port: number;
  /** To everybody on this network, or to one when `to` is given. `onError` is told when the system refuses. */
  send(bytes: Uint8Array, onError: (error: Error) => void, to?: NetworkAddress): void;
  /** After what was sent has left. Nothing is received from now on. */
  close(): void;
}

export interface Multicast {
  /**
   * Joins the group on one interface, named by its own address: IPv4, or IPv6 with its zone (`fe80::1%eth0`). Packets sent by ourselves
   * come back too, as does what others on this computer send. `onPacket` hears only what came from this very network. Rejects with the
   * system's error, e.g. when the interface is gone.
   */
  open(interfaceAddress: string, onPacket: (bytes: Uint8Array, from: NetworkAddress) => void): Promise<MulticastSocket>;
}
