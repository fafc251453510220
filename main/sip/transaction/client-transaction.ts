// A client transaction with its timers and its flow: does what the machine says (RFC 3261 §17.1).
import type { Clock } from '../clock.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { printMessage } from '../message/print-message.ts';
import type { Counts } from '../transport/counts.ts';
import type { TransportFlow } from '../transport/transport.ts';
import { stepClientInvite } from './client-invite.ts';
import type { ClientInviteInput, ClientInviteState } from './client-invite.ts';
import { stepClientNonInvite } from './client-non-invite.ts';
import type { ClientNonInviteInput, ClientNonInviteState } from './client-non-invite.ts';
import { makeAck } from './make-ack.ts';
import type { Effect, Step } from './step.ts';
import { Waits } from './waits.ts';

/** Who sent the request. After a final response (but further 2xx to an INVITE), a timeout or a transport error: nothing more. */
export interface ClientListener {
  onResponse(response: SipResponse): void;
  onTimeout(): void;
  onTransportError(error: Error): void;
}

export interface ClientTransactionParts {
  readonly clock: Clock;
  readonly counts: Counts;
  readonly key: string;
  readonly request: SipRequest;
  readonly bytes: Uint8Array;
  readonly flow: TransportFlow;
  readonly listener: ClientListener;
  readonly onTerminated: (transaction: ClientTransaction) => void;
}

type ClientInput = ClientInviteInput | ClientNonInviteInput;

export class ClientTransaction {
  readonly key: string;
  readonly request: SipRequest;
  readonly flow: TransportFlow;
  readonly #parts: ClientTransactionParts;
  readonly #isInvite: boolean;
  readonly #waits: Waits;
  readonly #onFailed = (error: Error): void => this.fail(error);
  #state: ClientInviteState | ClientNonInviteState = 'initial';
  #hasSent = false;
  #ack: Uint8Array | undefined;

  constructor(parts: ClientTransactionParts) {
    this.#parts = parts;
    this.key = parts.key;
    this.request = parts.request;
    this.flow = parts.flow;
    this.#isInvite = parts.request.method === 'INVITE';
    this.#waits = new Waits(parts.clock, (timer) => this.#run(timer as ClientInput));
  }

  get isTerminated(): boolean {
    return this.#state === 'terminated';
  }

  start(): void {
    this.#run('start');
  }

  receive(response: SipResponse): void {
    const { status } = response;
    if (status < 200) this.#run('1xx', response);
    else if (!this.#isInvite) this.#run('2xx-6xx', response);
    else this.#run(status < 300 ? '2xx' : '3xx-6xx', response);
  }

  fail(error: Error): void {
    this.#run('transport-error', undefined, error);
  }

  /** Forgets everything without telling anybody. */
  abandon(): void {
    this.#state = 'terminated';
    this.#waits.stopAll();
    this.#parts.onTerminated(this);
  }

  #run(input: ClientInput, response?: SipResponse, error?: Error): void {
    const before = this.#state;
    const [state, effects] = this.#step(input);
    this.#state = state;
    if (state === 'terminated' && before !== 'terminated') {
      this.#waits.stopAll();
      this.#parts.onTerminated(this);
    }
    for (const effect of effects) this.#perform(effect, response, error);
  }

  #step(input: ClientInput): Step<ClientInviteState | ClientNonInviteState> {
    const { isReliable } = this.flow;
    return this.#isInvite
      ? stepClientInvite(this.#state as ClientInviteState, input as ClientInviteInput, isReliable)
      : stepClientNonInvite(this.#state as ClientNonInviteState, input as ClientNonInviteInput, isReliable);
  }

  #perform(effect: Effect, response: SipResponse | undefined, error: Error | undefined): void {
    const { listener, counts } = this.#parts;
    switch (effect.kind) {
      case 'start':
        this.#waits.start(effect.timer, effect.delay);
        break;
      case 'stop':
        this.#waits.stop(effect.slot);
        break;
      case 'send-request':
        counts.add(this.#hasSent ? 'requests-resent' : 'requests-sent');
        this.#hasSent = true;
        this.flow.send(this.#parts.bytes, this.#onFailed);
        break;
      case 'send-ack':
        if (response !== undefined) this.#ack ??= printMessage(makeAck(this.request, response));
        if (this.#ack !== undefined) this.flow.send(this.#ack, this.#onFailed);
        break;
      case 'deliver':
        if (response !== undefined) listener.onResponse(response);
        break;
      case 'tell-timeout':
        counts.add('transactions-timed-out');
        listener.onTimeout();
        break;
      case 'tell-transport-error':
        counts.add('transport-errors');
        listener.onTransportError(error ?? new Error('the transport failed'));
        break;
      default:
        break;
    }
  }
}
