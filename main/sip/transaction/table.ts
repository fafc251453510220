// All transactions of one endpoint: finds the one a message belongs to, makes new ones, keeps their number bounded (RFC 3261 §17).
import type { Clock } from '../clock.ts';
import type { HeaderField, SipRequest, SipResponse } from '../message/message.ts';
import { KNOWN_METHODS } from '../message/methods.ts';
import { printMessage } from '../message/print-message.ts';
import type { NetworkAddress } from '../network.ts';
import type { Counts } from '../transport/counts.ts';
import { makeResponse } from '../transport/make-response.ts';
import type { TransportFlow } from '../transport/transport.ts';
import { defaultPort } from '../transport/via.ts';
import { parameterValue } from '../uri/parameter.ts';
import { AbsorbedRequests } from './absorbed.ts';
import { ClientTransaction } from './client-transaction.ts';
import type { ClientListener } from './client-transaction.ts';
import { clientKey, clientKeyOfResponse, hasSameSender, isCancelOf, mergeKey, serverKey } from './key.ts';
import { ServerTransaction } from './server-transaction.ts';
import type { ServerTable } from './server-transaction.ts';

/** Requests one source may have waiting for an answer. A proxy sends everybody's, so it is far above one person's. */
export const MOST_UNANSWERED_PER_SOURCE = 1_024;
/** Requests waiting for an answer altogether: each holds its message, at most a few dozen MB in all. */
export const MOST_UNANSWERED = 8_192;
/** Answered INVITEs that wait for their ACK or absorb copies, a few kB each. Beyond it the oldest is forgotten, as below. */
const MOST_ANSWERED_INVITES = 4_096;

/** Said with the 503 beyond these bounds (RFC 3261 §21.5.4): by then most of what waited is answered or given up. */
const RETRY_AFTER: HeaderField = { name: 'Retry-After', value: '10' };

/** `other`: a request on which a CANCEL has no effect, though it is answered 200. */
export type Cancelled =
  { readonly kind: 'invite'; readonly transaction: ServerTransaction } | { readonly kind: 'other' } | { readonly kind: 'nothing' };

const NOTHING_CANCELLED: Cancelled = { kind: 'nothing' };

export interface TransactionEvents {
  /** A new request; never an ACK. `respond` may be called before this returns. */
  onRequest(transaction: ServerTransaction): void;
  /** An ACK for a 2xx, which has a transaction of its own kind: none (RFC 3261 §13.3.1.4). */
  onAck(ack: SipRequest, flow: TransportFlow): void;
}

export interface TransactionTableParts {
  readonly clock: Clock;
  readonly counts: Counts;
  readonly events: TransactionEvents;
  newTag(): string;
  /** Another flow to this peer, for a response whose connection is gone; undefined where there is none. */
  reopen(flow: TransportFlow, address: NetworkAddress): Promise<TransportFlow | undefined>;
}

export class TransactionTable implements ServerTable {
  readonly clock: Clock;
  readonly counts: Counts;
  readonly #parts: TransactionTableParts;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  readonly #mergeKeys = new Set<string>();
  /** Answered INVITEs. */
  readonly #answered = new Set<ServerTransaction>();
  /** Answered requests of all other methods, where copies can come. */
  readonly #absorbed: AbsorbedRequests;
  readonly #unansweredBySource = new Map<string, number>();
  #unanswered = 0;

  constructor(parts: TransactionTableParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.counts = parts.counts;
    this.#absorbed = new AbsorbedRequests(parts.clock, () => parts.counts.add('transport-errors'));
  }

  /** Sends a request whose top Via has our branch; not for ACK. */
  send(request: SipRequest, bytes: Uint8Array, flow: TransportFlow, listener: ClientListener): ClientTransaction {
    const branch = parameterValue(request.vias[0]?.parameters ?? [], 'branch') ?? '';
    const key = clientKey(branch, request.method);
    const { clock, counts } = this;
    const onTerminated = (ended: ClientTransaction): void => void this.#clients.delete(ended.key);
    const transaction = new ClientTransaction({ clock, counts, key, request, bytes, flow, listener, onTerminated });
    this.#clients.set(key, transaction);
    transaction.start();
    return transaction;
  }

  receiveResponse(response: SipResponse): void {
    const key = clientKeyOfResponse(response);
    if (key === undefined) {
      this.counts.add('responses-not-for-us');
      return;
    }
    const transaction = this.#clients.get(key);
    if (transaction === undefined) this.counts.add('responses-unmatched');
    // RFC 3261 §18.1.2: what is not sent by us is not answered to us.
    else if (!hasSameSender(transaction.request, response)) this.counts.add('responses-not-for-us');
    else transaction.receive(response);
  }

  receiveRequest(request: SipRequest, flow: TransportFlow, source: NetworkAddress): void {
    const key = serverKey(request, request.method === 'ACK' ? 'INVITE' : request.method);
    const existing = this.#servers.get(key);
    if (request.method === 'ACK') this.#receiveAck(request, flow, existing);
    else if (existing !== undefined) existing.receive();
    else if (this.#absorbed.resend(key)) this.counts.add('requests-retransmitted');
    else this.#begin(request, flow, source, key);
  }

  /** What a CANCEL is for (RFC 3261 §9.2). */
  cancelledBy(cancel: SipRequest): Cancelled {
    const invite = this.#servers.get(serverKey(cancel, 'INVITE'));
    if (invite !== undefined) return isCancelOf(cancel, invite.request) ? { kind: 'invite', transaction: invite } : NOTHING_CANCELLED;
    for (const method of KNOWN_METHODS) {
      const key = serverKey(cancel, method);
      const other = this.#servers.get(key);
      const isThere = other === undefined ? this.#absorbed.has(key) : isCancelOf(cancel, other.request);
      if (method !== 'CANCEL' && isThere) return { kind: 'other' };
    }
    return NOTHING_CANCELLED;
  }

  /**
   * Whether a copy of this request came before by another way (RFC 3261 §8.2.2.2); where not, it is the one that later copies are of.
   * SECURITY: for who has let the request in. One that is refused is the first of nothing, or a stranger could take an honest one's place.
   */
  isCopy(transaction: ServerTransaction): boolean {
    const key = mergeKey(transaction.request);
    if (key === undefined) return false;
    if (this.#mergeKeys.has(key) || this.#absorbed.hasMergeKey(key)) {
      this.counts.add('requests-merged');
      return true;
    }
    this.#mergeKeys.add(key);
    transaction.mergeKey = key;
    return false;
  }

  /** Requests sent on it will get no response any more. */
  flowClosed(flow: TransportFlow, error: Error | undefined): void {
    const reason = error ?? Object.assign(new Error('the peer closed the connection'), { code: 'EPIPE' });
    for (const transaction of [...this.#clients.values()]) if (transaction.flow === flow) transaction.fail(reason);
  }

  stop(): void {
    for (const transaction of [...this.#clients.values()]) transaction.abandon();
    for (const transaction of [...this.#servers.values()]) transaction.abandon();
    this.#absorbed.stop();
  }

  /** How many transactions are held, for the leak check. */
  get size(): number {
    return this.#clients.size + this.#servers.size + this.#absorbed.size;
  }

  onRequest(transaction: ServerTransaction): void {
    this.#parts.events.onRequest(transaction);
  }

  onAck(ack: SipRequest, transaction: ServerTransaction): void {
    this.#parts.events.onAck(ack, transaction.flow);
  }

  onAnswered(transaction: ServerTransaction): void {
    if (!this.#servers.has(transaction.key) || transaction.isTerminated) return;
    this.#countUnanswered(transaction.source.address, -1);
    this.#keepAnswered(transaction);
  }

  onTerminated(transaction: ServerTransaction): void {
    if (transaction.mergeKey !== undefined) this.#mergeKeys.delete(transaction.mergeKey);
    if (!this.#servers.delete(transaction.key)) {
      this.#absorbed.remove(transaction.key);
      return;
    }
    if (!this.#answered.delete(transaction)) this.#countUnanswered(transaction.source.address, -1);
  }

  sendElsewhere(bytes: Uint8Array, transaction: ServerTransaction): void {
    const top = transaction.request.vias[0];
    if (top === undefined) return;
    const port = top.port ?? defaultPort(top.transport);
    void this.#parts.reopen(transaction.flow, { address: transaction.source.address, port }).then((flow) => {
      flow?.send(bytes, () => this.counts.add('transport-errors'));
    });
  }

  #receiveAck(ack: SipRequest, flow: TransportFlow, transaction: ServerTransaction | undefined): void {
    if (transaction !== undefined) transaction.receiveAck(ack);
    else this.#parts.events.onAck(ack, flow);
  }

  #begin(request: SipRequest, flow: TransportFlow, source: NetworkAddress, key: string): void {
    if (this.#unanswered >= MOST_UNANSWERED || (this.#unansweredBySource.get(source.address) ?? 0) >= MOST_UNANSWERED_PER_SOURCE) {
      this.counts.add('requests-over-limit');
      this.#refuse(request, flow);
      return;
    }
    const transaction = new ServerTransaction(this, { request, flow, source, key });
    transaction.receive();
    // WHY: one answered at once over a reliable transport has ended already and never enters the table.
    if (transaction.isTerminated) return;
    if (transaction.isAnswered) return this.#keepAnswered(transaction);
    this.#servers.set(key, transaction);
    this.#countUnanswered(source.address, 1);
  }

  /**
   * Without a transaction: the same answer would be given to each retransmission (RFC 3261 §8.2.7).
   * SECURITY: before it is known who asks, since finding that out may take a turn of the event loop and the memory these bounds guard; it
   * tells a stranger no more than that we have much to do.
   */
  #refuse(request: SipRequest, flow: TransportFlow): void {
    const response = makeResponse(request, 503, { toTag: this.#parts.newTag(), headers: [RETRY_AFTER] });
    flow.send(printMessage(response), () => this.counts.add('transport-errors'));
  }

  #keepAnswered(transaction: ServerTransaction): void {
    const { key, mergeKey, flow, lastResponse } = transaction;
    if (transaction.request.method !== 'INVITE' && lastResponse !== undefined) {
      this.#servers.delete(key);
      if (mergeKey !== undefined) this.#mergeKeys.delete(mergeKey);
      transaction.mergeKey = undefined;
      this.#absorbed.add(key, { flow, response: lastResponse, mergeKey });
      return;
    }
    this.#servers.set(key, transaction);
    this.#answered.add(transaction);
    if (this.#answered.size <= MOST_ANSWERED_INVITES) return;
    for (const oldest of this.#answered) return oldest.abandon();
  }

  #countUnanswered(source: string, change: 1 | -1): void {
    this.#unanswered += change;
    const count = (this.#unansweredBySource.get(source) ?? 0) + change;
    if (count <= 0) this.#unansweredBySource.delete(source);
    else this.#unansweredBySource.set(source, count);
  }
}
