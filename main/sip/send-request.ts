// Trigger: `endpoint.send`.
// Result: one outcome, after locating, fail-over to further targets, and answers to challenges.
// RFC 3261 §8.1, §18.1.1, §22; RFC 3263 §4.3.
import type { DigestAttempt, DigestSession, DigestSpace } from './auth/digest-session.ts';
import { buildRequest, prepareRequest } from './build-request.ts';
import type { PreparedRequest, PrepareOptions } from './build-request.ts';
import { exchange } from './exchange.ts';
import type { Answer } from './exchange.ts';
import type { InviteEvents, Outcome, OutgoingRequest } from './endpoint.ts';
import type { DeadReason } from './flow-watch.ts';
import type { DeadTargets } from './locate/dead-targets.ts';
import type { Located, Target } from './locate/locate.ts';
import { TargetQueue } from './locate/target-queue.ts';
import type { SipRequest, SipResponse } from './message/message.ts';
import { printMessage } from './message/print-message.ts';
import type { TransportProtocol } from './network.ts';
import type { Random } from './random.ts';
import type { ClientTransaction } from './transaction/client-transaction.ts';
import type { TransactionTable } from './transaction/table.ts';
import { failureOf } from './transport/failure.ts';
import type { TransportFlow } from './transport/transport.ts';
import type { Transports } from './transport/transports.ts';
import { printUri } from './uri/print-uri.ts';
import type { SipUri, Uri } from './uri/uri.ts';
import { Withdrawal } from './withdrawal.ts';

export interface SendingParts {
  readonly random: Random;
  readonly product: string;
  readonly digest: DigestSession;
  readonly table: TransactionTable;
  readonly transports: Transports;
  readonly deadTargets: DeadTargets;
  readonly prepareOptions: () => PrepareOptions;
  locate(uri: SipUri): Promise<Located>;
  /** Whether a WWW-Authenticate for a request to this URI gets an answer. */
  answersServer(requestUri: Uri): boolean;
  /** Why a request to this To may not go out on that flow; undefined: it may. */
  peerTrouble(to: Uri, flow: TransportFlow): string | undefined;
  /** The connection to our own server, where that is what the URI names; undefined elsewhere. */
  homeFlow(uri: SipUri): TransportFlow | undefined;
  /** Tells when nobody is there any more, until the returned function is called. */
  watch(flow: TransportFlow, onDead: (reason: DeadReason) => void): () => void;
  /** Port where this protocol listens; undefined where it does not. */
  listeningPort(protocol: TransportProtocol): number | undefined;
}

/** RFC 3261 §18.1.1: what is larger than this goes over a transport with congestion control, for the path's MTU is not known. */
const LARGEST_UDP_REQUEST_BYTES = 1_300;
/** Each takes up to 32 s; a person does not wait for a third. */
const MOST_TIMEOUTS = 2;

type Failed = Extract<Outcome, { kind: 'transport-failed' }>;
/** How one try on one flow ended. `closed`: a stream that existed before was found dead. */
type Tried =
  | { readonly kind: 'done'; readonly outcome: Outcome }
  /** `isStranger`: it is there, and not whom the request is for; nothing was sent. */
  | { readonly kind: 'next'; readonly outcome: Outcome; readonly isStale: boolean; readonly isStranger?: true };
export class Sending {
  readonly #parts: SendingParts;
  readonly #prepared: PreparedRequest;
  readonly #attempt: DigestAttempt;
  #cseqNumber: number;
  #isCancelled = false;
  readonly #cancelWait = Promise.withResolvers<Outcome>();
  #current: ClientTransaction | undefined;
  readonly #events: InviteEvents | undefined;
  readonly #withdrawal: Withdrawal;
  #isSettled = false;

  /** `events` for an INVITE alone. */
  constructor(outgoing: OutgoingRequest, parts: SendingParts, events?: InviteEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#prepared = prepareRequest(outgoing, parts.prepareOptions());
    this.#attempt = parts.digest.startAttempt();
    this.#withdrawal = new Withdrawal(parts.table, () => this.cancel());
    this.#cseqNumber = outgoing.cseqNumber ?? 1;
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#current?.abandon();
    this.#cancelWait.resolve(CANCELLED);
  }

  /** Gives an INVITE up by CANCEL (§9.1). */
  withdraw(): void {
    if (!this.#isSettled) this.#withdrawal.ask(this.#current);
  }

  /** WHY: whatever is being waited for, a cancelled request is over at once. */
  async run(): Promise<Outcome> {
    try {
      return await Promise.race([this.#run(), this.#cancelWait.promise]);
    } finally {
      this.#isSettled = true;
      this.#withdrawal.stop();
    }
  }

  async #run(): Promise<Outcome> {
    const given = this.#prepared.outgoing.flow;
    const { nextHop } = this.#prepared;
    const home = nextHop === undefined ? undefined : this.#parts.homeFlow(nextHop);
    const flow = (given === undefined ? undefined : this.#parts.transports.openFlow(given)) ?? home;
    if (flow !== undefined && this.#troubleWith(flow) === undefined) {
      const tried = await this.#tryFlow(flow, true);
      if (tried.kind === 'done' || !tried.isStale) return tried.outcome;
    }
    if (this.#prepared.outgoing.staysOnFlow === true) return failed('closed', 'the connection it belongs to is gone');
    return this.#tryTargets();
  }

  async #tryTargets(): Promise<Outcome> {
    const { nextHop } = this.#prepared;
    if (nextHop === undefined) return failed('name-not-found', `cannot locate ${printUri(this.#prepared.requestUri)}`);
    const located = await this.#parts.locate(nextHop);
    if (this.#isCancelled) return CANCELLED;
    if (located.kind === 'failed') return failed(located.cause, located.reason);
    let outcome: Outcome = failed('unreachable', 'no target');
    let timeouts = 0;
    let stranger: Outcome | undefined;
    const queue = new TargetQueue(located, this.#parts.deadTargets);
    for (let target = await queue.next(); target !== undefined; target = await queue.next()) {
      if (this.#isCancelled) return CANCELLED;
      const tried = await this.#tryTarget(target);
      // WHY: that somebody else is there says more than what a further way fails by.
      outcome = tried.kind === 'done' ? tried.outcome : (stranger ?? tried.outcome);
      if (tried.kind === 'done') break;
      if (tried.isStranger === true) {
        stranger ??= outcome;
        continue;
      }
      this.#parts.deadTargets.add(target, outcome.kind === 'final' ? outcome.response : undefined);
      if (this.#withdrawal.isAsked) return CANCELLED;
      if (outcome.kind === 'timeout' && ++timeouts >= MOST_TIMEOUTS) break;
    }
    return outcome;
  }

  async #tryTarget(target: Target): Promise<Tried> {
    const found = this.#parts.transports.flowTo(target);
    // A connection just opened is known to be alive; one that was there may have died unnoticed.
    const isReused = !(found instanceof Promise);
    const result = await found;
    if (this.#isCancelled) return { kind: 'done', outcome: CANCELLED };
    if (result.kind === 'failed') return { kind: 'next', outcome: failed(result.cause, result.reason), isStale: false };
    const tried = await this.#tryFlow(result.flow, isReused);
    if (tried.kind === 'done' || !tried.isStale) {
      if (tried.kind === 'done') this.#parts.deadTargets.remove(target);
      return tried;
    }
    // It had, e.g. while the peer restarted: one more try on a new one.
    const again = await this.#parts.transports.flowTo(target);
    if (this.#isCancelled) return { kind: 'done', outcome: CANCELLED };
    return again.kind === 'failed'
      ? { kind: 'next', outcome: failed(again.cause, again.reason), isStale: false }
      : this.#tryFlow(again.flow, false);
  }

  /** One flow, with as many rounds as challenges ask for. */
  async #tryFlow(flow: TransportFlow, mayBeStale: boolean): Promise<Tried> {
    const trouble = this.#troubleWith(flow);
    if (trouble !== undefined) {
      // One that was there before may be of use to others.
      if (!mayBeStale && flow.isReliable) flow.giveUp(new Error(trouble));
      return { kind: 'next', outcome: failed('tls', trouble), isStale: false, isStranger: true };
    }
    for (;;) {
      const request = this.#build(flow);
      const bytes = printMessage(request);
      const larger = flow.protocol === 'udp' && bytes.length > LARGEST_UDP_REQUEST_BYTES ? await this.#tcpInstead(flow) : undefined;
      if (this.#isCancelled) return { kind: 'done', outcome: CANCELLED };
      if (larger !== undefined) return this.#tryFlow(larger, false);
      const { heardCount } = flow;
      const answer = await this.#exchange(request, bytes, flow);
      // WHY: a connection whose other end is gone swallows all we send for a quarter of an hour before the system says so.
      if (answer.kind === 'dead' || (answer.kind === 'timeout' && flow.heardCount === heardCount))
        flow.giveUp(new Error('no sign of life'));
      if (answer.kind !== 'response') return unanswered(answer, mayBeStale && flow.isReliable);
      const { response } = answer;
      if (response.status === 401 || response.status === 407) {
        const verdict = this.#parts.digest.challenged(this.#space(), response.headers, this.#attempt);
        if (verdict.kind === 'refused') return { kind: 'done', outcome: { kind: 'unauthenticated', response, realm: verdict.realm } };
        if (this.#withdrawal.isAsked) return { kind: 'done', outcome: CANCELLED };
        this.#cseqNumber = this.#prepared.outgoing.nextCSeqNumber?.() ?? this.#cseqNumber + 1;
        continue;
      }
      return this.#finish(request, response, flow);
    }
  }

  #troubleWith(flow: TransportFlow): string | undefined {
    return this.#parts.peerTrouble(this.#prepared.outgoing.to.uri, flow);
  }

  #finish(request: SipRequest, response: SipResponse, flow: TransportFlow): Tried {
    if (!this.#parts.digest.accepted(this.#space(), response.headers, response.body, this.#attempt)) {
      return { kind: 'done', outcome: { kind: 'unauthenticated', response, realm: '' } };
    }
    const outcome: Outcome = { kind: 'final', response, request, flow };
    if (response.status < 300) this.#events?.onSuccess(response, request, flow);
    // RFC 3263 §4.3: a 503 means this server only; the last one's 503 is the outcome.
    return response.status === 503 ? { kind: 'next', outcome, isStale: false } : { kind: 'done', outcome };
  }

  /** §18.1.1: the same peer over TCP; undefined where it refuses that, and UDP must do. */
  async #tcpInstead(flow: TransportFlow): Promise<TransportFlow | undefined> {
    const { transports, deadTargets } = this.#parts;
    const target: Target = { protocol: 'tcp', address: flow.remote.address, port: flow.remote.port, serverName: '' };
    if (deadTargets.has(target)) return undefined;
    const result = await transports.flowTo(target);
    if (result.kind === 'flow') return result.flow;
    deadTargets.add(target);
    return undefined;
  }

  #build(flow: TransportFlow): SipRequest {
    const { random, product, digest } = this.#parts;
    const { outgoing, requestUri } = this.#prepared;
    const target = { method: outgoing.method, uriText: printUri(requestUri), body: outgoing.body ?? NO_BODY };
    return buildRequest(this.#prepared, {
      flow,
      sentByPort: this.#parts.listeningPort(flow.protocol) ?? flow.local.port,
      branch: random.branch(),
      cseqNumber: this.#cseqNumber,
      product,
      credentials: digest.fieldsFor(this.#space(), target, this.#attempt),
    });
  }

  /**
   * SECURITY: an answer to a server's challenge is sent ahead only to the same host through the same hop, so that strangers get none
   * to guess on; and where the request may end at a stranger, none is sent at all.
   */
  #space(): DigestSpace {
    const { nextHop, requestUri } = this.#prepared;
    const proxy = nextHop === undefined ? '' : `${nextHop.host}:${nextHop.port ?? ''}`;
    if (!this.#parts.answersServer(requestUri)) return { origin: undefined, proxy };
    return { origin: `${proxy} ${requestUri.kind === 'sip' ? requestUri.host : requestUri.scheme}`, proxy };
  }

  #exchange(request: SipRequest, bytes: Uint8Array, flow: TransportFlow): Promise<Answer> {
    const { table, watch } = this.#parts;
    this.#withdrawal.begin();
    return exchange(request, bytes, flow, {
      table,
      watch,
      cancelled: this.#cancelWait.promise,
      onBegun: (transaction) => (this.#current = transaction),
      onProvisional: (response, transaction) => {
        if (this.#events === undefined) return;
        if (response.status > 100) this.#events.onProvisional(response, request, flow);
        this.#withdrawal.proceed(transaction);
      },
      onFurtherSuccess: (response) => this.#events?.onSuccess(response, request, flow),
    });
  }
}

const NO_BODY = new Uint8Array(0);
const CANCELLED: Outcome = { kind: 'cancelled' };

function failed(cause: Failed['cause'], reason: string): Failed {
  return { kind: 'transport-failed', cause, reason };
}

function unanswered(answer: Exclude<Answer, { kind: 'response' }>, mayBeStale: boolean): Tried {
  if (answer.kind === 'cancelled') return { kind: 'done', outcome: CANCELLED };
  if (answer.kind === 'timeout') return { kind: 'next', outcome: { kind: 'timeout' }, isStale: false };
  if (answer.kind === 'dead') return { kind: 'next', outcome: { kind: 'timeout' }, isStale: mayBeStale };
  const { reason } = failureOf(answer.error);
  const cause = mayBeStale ? 'closed' : failureOf(answer.error).cause;
  return { kind: 'next', outcome: failed(cause, reason), isStale: mayBeStale };
}
