// A server transaction with its timers and its flow: does what the machine says (RFC 3261 §17.2).
import type { Clock } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { printMessage } from '../message/print-message.ts';
import type { NetworkAddress } from '../network.ts';
import type { Counts } from '../transport/counts.ts';
import { makeResponse } from '../transport/make-response.ts';
import type { TransportFlow } from '../transport/transport.ts';
import { stepServerInvite } from './server-invite.ts';
import type { ServerInviteInput, ServerInviteState } from './server-invite.ts';
import { stepServerNonInvite } from './server-non-invite.ts';
import type { ServerNonInviteInput, ServerNonInviteState } from './server-non-invite.ts';
import type { Effect, Step } from './step.ts';
import { Waits } from './waits.ts';

export interface ServerTable {
  readonly clock: Clock;
  readonly counts: Counts;
  onRequest(transaction: ServerTransaction): void;
  onAck(ack: SipRequest, transaction: ServerTransaction): void;
  /** The final answer is out; what remains only absorbs retransmissions. */
  onAnswered(transaction: ServerTransaction): void;
  onTerminated(transaction: ServerTransaction): void;
  /** The connection of the request is gone: the response looks for another way (RFC 3261 §18.2.2). */
  sendElsewhere(bytes: Uint8Array, transaction: ServerTransaction): void;
}

/** A request with the key it is found by. */
export interface ReceivedRequest {
  readonly request: SipRequest;
  readonly flow: TransportFlow;
  readonly source: NetworkAddress;
  readonly key: string;
}

type ServerInput = ServerInviteInput | ServerNonInviteInput;

export class ServerTransaction {
  readonly key: string;
  /** Set by the table where copies by other ways are to be known as such. */
  mergeKey: string | undefined;
  readonly request: SipRequest;
  readonly flow: TransportFlow;
  readonly source: NetworkAddress;
  /** Set by the user part for an INVITE: what a CANCEL for it does. */
  onCancel: (() => void) | undefined;
  readonly #table: ServerTable;
  readonly #isInvite: boolean;
  #waits: Waits | undefined;
  #state: ServerInviteState | ServerNonInviteState = 'initial';
  #lastResponse: Uint8Array | undefined;
  #isAnswered = false;

  constructor(table: ServerTable, received: ReceivedRequest) {
    this.#table = table;
    this.request = received.request;
    this.flow = received.flow;
    this.source = received.source;
    this.key = received.key;
    this.#isInvite = received.request.method === 'INVITE';
  }

  get isTerminated(): boolean {
    return this.#state === 'terminated';
  }

  /** Whether a final response was given. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** The request itself, or a retransmission of it. */
  receive(): void {
    if (this.#state !== 'initial') {
      this.#table.counts.add('requests-retransmitted');
      this.#run('request');
      return;
    }
    this.#run('request');
    // A provisional response that is out already needs no 100 behind it, which copies of the request would get in its place.
    if (this.#lastResponse === undefined) this.#run('unanswered');
  }

  receiveAck(ack: SipRequest): void {
    this.#run('ack', undefined, ack);
  }

  /** A provisional or final response from the user part. */
  respond(response: SipResponse): void {
    const { status } = response;
    // WHY first: one that cannot be printed throws and leaves all as it was, so that another can be given.
    const bytes = printMessage(response);
    if (status < 200) {
      this.#run('tu-1xx', bytes);
      return;
    }
    const isFirst = !this.#isAnswered;
    this.#isAnswered = true;
    if (!this.#isInvite) this.#run('tu-2xx-6xx', bytes);
    else this.#run(status < 300 ? 'tu-2xx' : 'tu-3xx-6xx', bytes);
    if (isFirst) this.#table.onAnswered(this);
  }

  /** Forgets everything without telling anybody. */
  abandon(): void {
    if (this.#state === 'terminated') return;
    this.#state = 'terminated';
    this.#waits?.stopAll();
    this.#table.onTerminated(this);
  }

  /** As bytes; what a retransmission of the request gets. */
  get lastResponse(): Uint8Array | undefined {
    return this.#lastResponse;
  }

  #run(input: ServerInput, response?: Uint8Array, ack?: SipRequest): void {
    const before = this.#state;
    const [state, effects] = this.#step(input);
    this.#state = state;
    if (state === 'terminated' && before !== 'terminated') {
      this.#waits?.stopAll();
      this.#table.onTerminated(this);
    }
    for (const effect of effects) this.#perform(effect, response, ack);
  }

  #step(input: ServerInput): Step<ServerInviteState | ServerNonInviteState> {
    const { isReliable } = this.flow;
    return this.#isInvite
      ? stepServerInvite(this.#state as ServerInviteState, input as ServerInviteInput, isReliable)
      : stepServerNonInvite(this.#state as ServerNonInviteState, input as ServerNonInviteInput, isReliable);
  }

  #perform(effect: Effect, response: Uint8Array | undefined, ack: SipRequest | undefined): void {
    switch (effect.kind) {
      case 'start':
        // The table runs Timer J, for all together.
        if (effect.timer === 'J') break;
        this.#waits ??= new Waits(this.#table.clock, (timer) => this.#run(timer as ServerInput));
        this.#waits.start(effect.timer, effect.delay);
        break;
      case 'stop':
        this.#waits?.stop(effect.slot);
        break;
      case 'deliver':
        if (ack === undefined) this.#table.onRequest(this);
        else this.#table.onAck(ack, this);
        break;
      case 'send-response':
        if (response !== undefined) this.#send(response);
        break;
      case 'send-trying':
        this.#send(printMessage(makeResponse(this.request, 100)));
        break;
      case 'resend-response':
        if (this.#lastResponse !== undefined) this.#send(this.#lastResponse);
        break;
      case 'drop-response':
        this.#table.counts.add('replies-too-late');
        break;
      case 'tell-timeout':
        this.#table.counts.add('transactions-timed-out');
        break;
      default:
        break;
    }
  }

  #fail(): void {
    this.#table.counts.add('transport-errors');
    this.#run('transport-error');
  }

  #send(bytes: Uint8Array): void {
    this.#lastResponse = bytes;
    if (this.flow.isOpen) this.flow.send(bytes, () => this.#fail());
    else this.#table.sendElsewhere(bytes, this);
  }
}
