// One stream connection carrying SIP: framing, keep-alives, one write for all that one turn sends (RFC 3261 §18, RFC 5626 §3.5.1).
import type { ParseFailure, SipMessage } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import { StreamFramer } from '../message/stream-framer.ts';
import type { NetworkAddress, StreamEvents, StreamSocket, TransportProtocol } from '../network.ts';
import type { TransportFlow } from './transport.ts';
import { bracketed } from './via.ts';

export interface ConnectionEvents {
  onMessage(message: SipMessage, connection: Connection): void;
  onFailure(failure: ParseFailure, connection: Connection): void;
  onPing(): void;
  onPong(): void;
  /** The peer does not read what we send. */
  onOverflow(): void;
  /** Once. */
  onClosed(connection: Connection, error: Error | undefined): void;
}

/** A peer that leaves this much unread is given up: a whole large message fits several times. */
const MOST_UNSENT_BYTES = 1_048_576;
const PING = Uint8Array.of(13, 10, 13, 10);
const PONG = Uint8Array.of(13, 10);

export class Connection implements TransportFlow, StreamEvents {
  readonly id: string;
  readonly protocol: TransportProtocol;
  readonly isReliable = true;
  readonly local: NetworkAddress;
  readonly remote: NetworkAddress;
  readonly isAccepted: boolean;
  /** What the peer's verified certificate stands for. */
  readonly peerNames: readonly string[];
  readonly peerKey: string | undefined;
  readonly peerUris: readonly string[];
  /** When bytes last came or went. */
  lastUsedMs: number;
  heardCount = 0;
  /** Since when a message is unfinished, or since the beginning where nothing whole has come yet; undefined while all is well. */
  unfinishedSinceMs: number | undefined;
  /** Whether anything whole ever came: a message or a keep-alive. */
  hasSpoken = false;
  hasPonged = false;
  isOpen = true;
  readonly #socket: StreamSocket;
  readonly #events: ConnectionEvents;
  readonly #framer = new StreamFramer();
  readonly #nowMs: () => number;
  #unsent: Uint8Array[] = [];
  #isDeaf = false;
  #isPongAwaited = false;
  /** RFC 7118 §5.2: a WebSocket keeps messages apart by itself, and Content-Length may be missing there. */
  readonly #isMessageBased: boolean;

  constructor(parts: {
    readonly protocol: TransportProtocol;
    readonly socket: StreamSocket;
    readonly isAccepted: boolean;
    readonly events: ConnectionEvents;
    readonly nowMs: () => number;
    readonly serial: number;
  }) {
    this.protocol = parts.protocol;
    this.#isMessageBased = parts.protocol === 'ws' || parts.protocol === 'wss';
    this.#socket = parts.socket;
    this.local = parts.socket.local;
    this.remote = parts.socket.remote;
    this.isAccepted = parts.isAccepted;
    this.peerNames = parts.socket.peerNames ?? [];
    this.peerKey = parts.socket.peerKey;
    this.peerUris = parts.socket.peerUris ?? [];
    this.#events = parts.events;
    this.#nowMs = parts.nowMs;
    this.lastUsedMs = parts.nowMs();
    if (parts.isAccepted) this.unfinishedSinceMs = this.lastUsedMs;
    const { local, remote } = this;
    this.id = `${parts.protocol}:${bracketed(local.address)}:${local.port}-${bracketed(remote.address)}:${remote.port}#${parts.serial}`;
  }

  send(bytes: Uint8Array, onFailed: (error: Error) => void): void {
    if (!this.isOpen) {
      onFailed(new Error('the connection is closed'));
      return;
    }
    // WHY: all messages of one turn leave in one system call; under load this is most of the cost of a reply.
    if (this.#unsent.push(bytes) === 1) queueMicrotask(() => this.#flush());
  }

  giveUp(error: Error): void {
    this.close(error);
  }

  ping(): void {
    this.#isPongAwaited = true;
    this.send(PING, () => undefined);
  }

  onData(bytes: Uint8Array): void {
    if (!this.isOpen || this.#isDeaf) return;
    this.lastUsedMs = this.#nowMs();
    this.heardCount++;
    if (this.#isMessageBased) return this.#receiveWhole(bytes);
    const items = this.#framer.feed(bytes);
    if (items.length > 0) {
      this.hasSpoken = true;
      this.unfinishedSinceMs = undefined;
    }
    if (this.#framer.heldBytes > 0) this.unfinishedSinceMs ??= this.lastUsedMs;
    for (const item of items) {
      switch (item.kind) {
        case 'message':
          this.#events.onMessage(item.message, this);
          break;
        case 'failure':
          this.#events.onFailure(item.failure, this);
          if (item.isFatal) this.#closeAfterAnswer();
          break;
        case 'ping':
          // WHY: two pongs in a row look like a ping in two pieces; while we wait for one, that is what it is.
          if (this.#isPongAwaited) this.#onPong();
          else this.#answerPing();
          break;
        case 'pong':
          this.#onPong();
          break;
      }
      if (!this.isOpen) return;
    }
  }

  onClosed(error: Error | undefined): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#unsent = [];
    this.#events.onClosed(this, error);
  }

  /** Ends it at once; `onClosed` is told before this returns. */
  close(error: Error | undefined): void {
    if (!this.isOpen) return;
    this.#flush();
    this.#socket.close();
    this.onClosed(error);
  }

  /** Whoever it is: RFC 5626 §4.4.1 asks for it, and it says no more than that the connection is there. */
  #answerPing(): void {
    this.send(PONG, () => undefined);
    this.#events.onPing();
  }

  #onPong(): void {
    this.#isPongAwaited = false;
    this.hasPonged = true;
    this.#events.onPong();
  }

  #receiveWhole(bytes: Uint8Array): void {
    if (bytes.length <= PING.length) {
      if (bytes.length === PONG.length) this.#onPong();
      else if (bytes.length === PING.length) this.#answerPing();
      return;
    }
    const result = parseMessage(bytes);
    if (result.kind === 'message') this.#events.onMessage(result.message, this);
    else this.#events.onFailure(result, this);
  }

  /** Where the next message would begin is unknown: the answer leaves, then the connection ends. */
  #closeAfterAnswer(): void {
    this.#isDeaf = true;
    queueMicrotask(() => this.close(new Error('the peer sent what cannot be framed')));
  }

  #flush(): void {
    const unsent = this.#unsent;
    if (unsent.length === 0 || !this.isOpen) return;
    this.#unsent = [];
    this.lastUsedMs = this.#nowMs();
    if (this.#isMessageBased || unsent.length === 1) for (const bytes of unsent) this.#socket.write(bytes);
    else this.#socket.write(joined(unsent));
    if (this.#socket.pendingBytes() <= MOST_UNSENT_BYTES) return;
    this.#events.onOverflow();
    this.close(new Error('the peer does not read what it is sent'));
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
