// Trigger: `endpoint.send`.
// Result: one outcome, after locating, fail-over to further targets, and answers to challenges.
// RFC 3261 §8.1, §18.1.1, §22; RFC 3263 §4.3.
import type { DigestAttempt, DigestSession, DigestSpace } from './auth/digest-session.ts';
import { buildRequest, prepareRequest } from './build-request.ts';
import type { PreparedRequest, PrepareOptions } from './build-request.ts';
import type { Outcome, OutgoingRequest } from './endpoint.ts';
import type { DeadTargets } from './locate/dead-targets.ts';
import type { Located, Target } from './locate/locate.ts';
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
import type { SipUri } from './uri/uri.ts';

export interface SendingParts {
  readonly random: Random;
  readonly product: string;
  readonly digest: DigestSession;
  readonly table: TransactionTable;
  readonly transports: Transports;
  readonly deadTargets: DeadTargets;
  readonly prepareOptions: () => PrepareOptions;
  locate(uri: SipUri): Promise<Located>;
  /** Port where this protocol listens; undefined where it does not. */
  listeningPort(protocol: TransportProtocol): number | undefined;
}

/** RFC 3261 §18.1.1: what is larger than this goes over a transport with congestion control, for the path's MTU is not known. */
const LARGEST_UDP_REQUEST_BYTES = 1_300;
/** Each timeout takes 32 s; a person does not wait for a third. */
const MOST_TIMEOUTS = 2;
/** 96 bits: nobody can guess a branch and answer in the peer's place. */
const BRANCH_BITS = 96;

type Failed = Extract<Outcome, { kind: 'transport-failed' }>;
/** How one try on one flow ended. `closed`: a stream that existed before was found dead. */
type Tried =
  { readonly kind: 'done'; readonly outcome: Outcome } | { readonly kind: 'next'; readonly outcome: Outcome; readonly isStale: boolean };
type Answer =
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'error'; readonly error: Error }
  | { readonly kind: 'cancelled' };

export class Sending {
  readonly #parts: SendingParts;
  readonly #prepared: PreparedRequest;
  readonly #attempt: DigestAttempt;
  #cseqNumber: number;
  #isCancelled = false;
  readonly #cancelWait = Promise.withResolvers<Outcome>();
  #current: ClientTransaction | undefined;

  constructor(outgoing: OutgoingRequest, parts: SendingParts) {
    this.#parts = parts;
    this.#prepared = prepareRequest(outgoing, parts.prepareOptions());
    this.#attempt = parts.digest.startAttempt();
    this.#cseqNumber = outgoing.cseqNumber ?? 1;
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#current?.abandon();
    this.#cancelWait.resolve(CANCELLED);
  }

  /** WHY: whatever is being waited for, a cancelled request is over at once. */
  run(): Promise<Outcome> {
    return Promise.race([this.#run(), this.#cancelWait.promise]);
  }

  async #run(): Promise<Outcome> {
    const given = this.#prepared.outgoing.flow;
    const flow = given === undefined ? undefined : this.#parts.transports.openFlow(given);
    if (flow !== undefined) {
      const tried = await this.#tryFlow(flow, true);
      if (tried.kind === 'done' || !tried.isStale) return tried.outcome;
    }
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
    for (const target of this.#parts.deadTargets.order(located.targets)) {
      const tried = await this.#tryTarget(target);
      outcome = tried.outcome;
      if (tried.kind === 'done') break;
      this.#parts.deadTargets.add(target);
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
    for (;;) {
      const request = this.#build(flow);
      const bytes = printMessage(request);
      const larger = flow.protocol === 'udp' && bytes.length > LARGEST_UDP_REQUEST_BYTES ? await this.#tcpInstead(flow) : undefined;
      if (this.#isCancelled) return { kind: 'done', outcome: CANCELLED };
      if (larger !== undefined) return this.#tryFlow(larger, false);
      const { heardCount } = flow;
      const answer = await this.#exchange(request, bytes, flow);
      // WHY: a connection whose other end is gone swallows all we send for a quarter of an hour before the system says so.
      if (answer.kind === 'timeout' && flow.heardCount === heardCount) flow.giveUp(new Error('no sign of life'));
      if (answer.kind !== 'response') return unanswered(answer, mayBeStale && flow.isReliable);
      const { response } = answer;
      if (response.status === 401 || response.status === 407) {
        const verdict = this.#parts.digest.challenged(this.#space(), response.headers, this.#attempt);
        if (verdict.kind === 'refused') return { kind: 'done', outcome: { kind: 'unauthenticated', response, realm: verdict.realm } };
        this.#cseqNumber++;
        continue;
      }
      return this.#finish(request, response, flow);
    }
  }

  #finish(request: SipRequest, response: SipResponse, flow: TransportFlow): Tried {
    if (!this.#parts.digest.accepted(this.#space(), response.headers, response.body, this.#attempt)) {
      return { kind: 'done', outcome: { kind: 'unauthenticated', response, realm: '' } };
    }
    const outcome: Outcome = { kind: 'final', response, request, flow };
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
      branch: random.token(BRANCH_BITS),
      cseqNumber: this.#cseqNumber,
      product,
      credentials: digest.fieldsFor(this.#space(), target, this.#attempt),
    });
  }

  /** SECURITY: an answer to a server's challenge is sent ahead only to the same host through the same hop, so that strangers get none to guess on. */
  #space(): DigestSpace {
    const { nextHop, requestUri } = this.#prepared;
    const proxy = nextHop === undefined ? '' : `${nextHop.host}:${nextHop.port ?? ''}`;
    return { origin: `${proxy} ${requestUri.kind === 'sip' ? requestUri.host : requestUri.scheme}`, proxy };
  }

  #exchange(request: SipRequest, bytes: Uint8Array, flow: TransportFlow): Promise<Answer> {
    return new Promise((resolve) => {
      void this.#cancelWait.promise.then(() => resolve({ kind: 'cancelled' }));
      this.#current = this.#parts.table.send(request, bytes, flow, {
        onResponse(response) {
          if (response.status >= 200) resolve({ kind: 'response', response });
        },
        onTimeout: () => resolve({ kind: 'timeout' }),
        onTransportError: (error) => resolve({ kind: 'error', error }),
      });
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
  const { reason } = failureOf(answer.error);
  const cause = mayBeStale ? 'closed' : failureOf(answer.error).cause;
  return { kind: 'next', outcome: failed(cause, reason), isStale: mayBeStale };
}
