// All stream connections of one protocol: reuse by peer, bounds, idle ones closed (RFC 3261 §18, RFC 5923).
import type { Clock, Timer } from '../clock.ts';
import type { SipRequest } from '../message/message.ts';
import type { NetworkAddress, StreamEvents, StreamSocket, TransportProtocol } from '../network.ts';
import { hasParameter } from '../uri/parameter.ts';
import { Connection } from './connection.ts';
import type { ConnectionEvents } from './connection.ts';
import type { Counts } from './counts.ts';
import { failureOf } from './failure.ts';
import type { Receiver } from './receive-message.ts';
import type { FlowResult, TransportFlow } from './transport.ts';
import { defaultPort } from './via.ts';

/** A desktop talks to one proxy and a few peers; far below what a process may open. */
export const MOST_CONNECTIONS = 512;
/** One host has no good reason for more; leaves room for everybody else. */
export const MOST_CONNECTIONS_PER_SOURCE = 32;
/** Accepted connections: the peer opens another when it has something to say. */
const IDLE_ACCEPTED_MS = 10 * 60_000;
/** Connections we opened may carry a registration, so they get longer than any usual refresh. */
const IDLE_OPENED_MS = 2 * 3_600_000;
/** SECURITY: who takes longer for one message, or to say anything at all, holds the connection for its own sake. Far above any slow line. */
const UNFINISHED_MS = 30_000;
/** A certificate with more names serves many domains, and none of them is a person's. */
const MOST_ALIAS_NAMES = 16;
/** SECURITY: a read or two, between a connection's being there and our hearing of it; who sends more is given up. */
const MOST_EARLY_BYTES = 131_072;
const SWEEP_MS = 10_000;
/** A connection not there by then counts as unreachable, early enough to try the next target within Timer B (RFC 3261 §17.1.1.2). */
const CONNECT_TIMEOUT_MS = 5_000;

export interface ConnectionTableParts {
  readonly protocol: TransportProtocol;
  readonly clock: Clock;
  readonly counts: Counts;
  readonly receiver: () => Receiver;
  readonly onFlowClosed: (flow: TransportFlow, error: Error | undefined) => void;
}

export type OpenSocket = (events: StreamEvents, signal: AbortSignal) => Promise<StreamSocket>;

export class ConnectionTable {
  readonly #parts: ConnectionTableParts;
  readonly #byPeer = new Map<string, Connection>();
  readonly #connecting = new Map<string, { readonly result: Promise<FlowResult>; readonly abort: AbortController }>();
  readonly #all = new Set<Connection>();
  readonly #countBySource = new Map<string, number>();
  readonly #connectionEvents: ConnectionEvents;
  #sweepTimer: Timer | undefined;
  #serial = 0;
  #isStopped = false;

  constructor(parts: ConnectionTableParts) {
    this.#parts = parts;
    const { counts } = parts;
    this.#connectionEvents = {
      onMessage: (message, connection) => {
        if (connection.peerNames.length > 0 && message.kind === 'request') this.#noteAlias(message, connection);
        parts.receiver().onMessage(message, connection, connection.remote);
      },
      onFailure: (failure, connection) => parts.receiver().onFailure(failure, connection, connection.remote),
      onPing: () => counts.add('pings-answered'),
      onPong: () => counts.add('pongs-received'),
      onOverflow: () => counts.add('connections-overflowed'),
      onClosed: (connection, error) => this.#forget(connection, error),
    };
  }

  /** The open connection to that peer, the one being opened, or a new one. `name` keeps apart those verified for different names. */
  connect(remote: NetworkAddress, name: string, open: OpenSocket): FlowResult | Promise<FlowResult> {
    const key = peerKey(remote, name);
    const existing = this.#byPeer.get(key);
    if (existing?.isOpen === true) return { kind: 'flow', flow: existing };
    const pending = this.#connecting.get(key);
    if (pending !== undefined) return pending.result;
    if (this.#isStopped) return { kind: 'failed', cause: 'closed', reason: 'stopped' };
    if (this.#all.size + this.#connecting.size >= MOST_CONNECTIONS && !this.#makeRoom())
      return { kind: 'failed', cause: 'refused', reason: 'too many connections' };
    const abort = new AbortController();
    const result = this.#open(key, open, abort).finally(() => this.#connecting.delete(key));
    this.#connecting.set(key, { result, abort });
    return result;
  }

  /** Takes a connection a peer opened; one beyond the bounds is closed at once. */
  accept(socket: StreamSocket): StreamEvents {
    const source = socket.remote.address;
    const isTooMany = (this.#countBySource.get(source) ?? 0) >= MOST_CONNECTIONS_PER_SOURCE;
    if (this.#isStopped || isTooMany || (this.#all.size >= MOST_CONNECTIONS && !this.#makeRoom())) {
      this.#parts.counts.add('connections-refused');
      socket.close();
      return { onData: () => undefined, onClosed: () => undefined };
    }
    this.#parts.counts.add('connections-accepted');
    const connection = this.#add(socket, true);
    this.#byPeer.set(peerKey(socket.remote, ''), connection);
    return connection;
  }

  /** After a change of networks: closes connections from an address we no longer have. Gives those of ours that stay, alive or not. */
  networkChanged(ownAddresses: ReadonlySet<string>): TransportFlow[] {
    for (const connection of [...this.#all]) {
      if (!ownAddresses.has(withoutZone(connection.local.address))) connection.close(new Error('the network changed'));
    }
    return [...this.#all].filter((connection) => !connection.isAccepted);
  }

  stop(): void {
    this.#isStopped = true;
    this.#sweepTimer?.cancel();
    for (const { abort } of this.#connecting.values()) abort.abort();
    for (const connection of [...this.#all]) connection.close(undefined);
  }

  /**
   * RFC 5923 §4, §8: requests to where the peer says it listens go over this connection too.
   * SECURITY: only at the address it comes from, and only those for the names in its certificate.
   */
  #noteAlias(request: SipRequest, connection: Connection): void {
    const top = request.vias[0];
    if (!connection.isAccepted || top === undefined || !hasParameter(top.parameters, 'alias')) return;
    const { address } = connection.remote;
    const port = top.port ?? defaultPort(top.transport);
    for (const name of connection.peerNames.slice(0, MOST_ALIAS_NAMES)) this.#byPeer.set(peerKey({ address, port }, name), connection);
  }

  async #open(key: string, open: OpenSocket, abort: AbortController): Promise<FlowResult> {
    // WHY: bytes may come before `open` resolves, so the connection is joined to the socket's events afterwards.
    const early = new EarlyBytes();
    const link: { connection?: Connection; end?: { readonly error: Error | undefined } } = {};
    const events: StreamEvents = {
      onData(bytes) {
        if (link.connection !== undefined) link.connection.onData(bytes);
        else if (!early.take(bytes)) {
          link.end ??= { error: new Error('the peer sends too much before it is asked') };
          abort.abort();
        }
      },
      onClosed: (error) => (link.connection === undefined ? void (link.end = { error }) : link.connection.onClosed(error)),
    };
    const timeout = this.#parts.clock.startTimer(CONNECT_TIMEOUT_MS, () => abort.abort());
    try {
      const socket = await open(events, abort.signal);
      if (this.#isStopped || link.end !== undefined) {
        socket.close();
        return { kind: 'failed', cause: 'closed', reason: link.end?.error?.message ?? 'closed at once' };
      }
      const connection = this.#add(socket, false);
      link.connection = connection;
      this.#byPeer.set(key, connection);
      this.#parts.counts.add('connections-opened');
      for (const bytes of early.pieces) connection.onData(bytes);
      return { kind: 'flow', flow: connection };
    } catch (error) {
      return failureOf(link.end?.error ?? error, link.end === undefined && abort.signal.aborted && !this.#isStopped);
    } finally {
      timeout.cancel();
    }
  }

  #add(socket: StreamSocket, isAccepted: boolean): Connection {
    const { protocol, clock } = this.#parts;
    const nowMs = (): number => clock.monotonicMs();
    const connection = new Connection({ protocol, socket, isAccepted, events: this.#connectionEvents, nowMs, serial: ++this.#serial });
    this.#all.add(connection);
    const source = connection.remote.address;
    this.#countBySource.set(source, (this.#countBySource.get(source) ?? 0) + 1);
    this.#sweepTimer ??= this.#startSweep();
    return connection;
  }

  #forget(connection: Connection, error: Error | undefined): void {
    this.#all.delete(connection);
    for (const [key, other] of this.#byPeer) if (other === connection) this.#byPeer.delete(key);
    const source = connection.remote.address;
    const left = (this.#countBySource.get(source) ?? 1) - 1;
    if (left === 0) this.#countBySource.delete(source);
    else this.#countBySource.set(source, left);
    if (this.#all.size === 0) {
      this.#sweepTimer?.cancel();
      this.#sweepTimer = undefined;
    }
    this.#parts.onFlowClosed(connection, error);
  }

  /**
   * SECURITY: a flood of connections must neither lock out who is new nor keep us from connecting ourselves. One that never said anything
   * goes first, the oldest; else of the source with the most the one longest unused: its peer opens another when it has something to say.
   */
  #makeRoom(): boolean {
    const accepted = [...this.#all].filter(({ isAccepted }) => isAccepted);
    const least =
      accepted.find(({ hasSpoken }) => !hasSpoken) ??
      accepted.reduce<Connection | undefined>((one, other) => this.#lessWanted(one, other), undefined);
    if (least === undefined) return false;
    this.#parts.counts.add('connections-evicted');
    least.close(undefined);
    return true;
  }

  #lessWanted(one: Connection | undefined, other: Connection): Connection {
    if (one === undefined) return other;
    const more = (this.#countBySource.get(other.remote.address) ?? 0) - (this.#countBySource.get(one.remote.address) ?? 0);
    return more > 0 || (more === 0 && other.lastUsedMs < one.lastUsedMs) ? other : one;
  }

  #isOverdue(connection: Connection, nowMs: number): boolean {
    const { unfinishedSinceMs } = connection;
    if (unfinishedSinceMs === undefined || nowMs - unfinishedSinceMs < UNFINISHED_MS) return false;
    this.#parts.counts.add('connections-slow-closed');
    return true;
  }

  /** One timer for all connections, only while there are any. */
  #startSweep(): Timer {
    return this.#parts.clock.startTimer(SWEEP_MS, () => {
      this.#sweepTimer = undefined;
      const nowMs = this.#parts.clock.monotonicMs();
      for (const connection of [...this.#all]) {
        if (this.#isOverdue(connection, nowMs)) {
          connection.close(new Error('the peer does not finish its message'));
          continue;
        }
        if (nowMs - connection.lastUsedMs < (connection.isAccepted ? IDLE_ACCEPTED_MS : IDLE_OPENED_MS)) continue;
        this.#parts.counts.add('connections-idle-closed');
        connection.close(undefined);
      }
      if (this.#all.size > 0) this.#sweepTimer ??= this.#startSweep();
    });
  }
}

/** What a peer sends before its connection is ours: nothing yet asked for it, so it is little. */
class EarlyBytes {
  readonly pieces: Uint8Array[] = [];
  #bytes = 0;

  /** False where it is too much. */
  take(bytes: Uint8Array): boolean {
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_EARLY_BYTES) return false;
    this.pieces.push(bytes);
    return true;
  }
}

/** `fe80::1%eth0` and `fe80::1` are one address here. */
export function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}

function peerKey(remote: NetworkAddress, name: string): string {
  return `${remote.address} ${remote.port} ${name}`;
}
