// Keeps one event-state document published (RFC 3903).
import { headerText } from '../../sip/index.ts';
import type {
  Clock,
  Endpoint,
  HeaderField,
  Log,
  NameAddr,
  OutgoingRequest,
  Outcome,
  Random,
  SentRequest,
  SipUri,
} from '../../sip/index.ts';
import { Ending } from '../ending.ts';
import { expiresField, secondsOf } from '../header-value.ts';
import { createMachine } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { failureOf, failureWords } from '../outcome.ts';
import { newPublicationMachine, stepPublication } from './publication-step.ts';
import type { PublicationEffect, PublicationInput, PublicationMachine, PublishAnswer } from './publication-step.ts';
import type { PublicationState } from './publication-state.ts';

export type { PublicationState } from './publication-state.ts';

const DEFAULT_EXPIRES_SECONDS = 600;

type PublishEffect = Extract<PublicationEffect, { kind: 'publish' }>;

const TIMER: PublicationInput = { kind: 'timer' };

export interface PublicationOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Whose state it is, e.g. `sip:ada@example.org`. */
  readonly address: SipUri;
  readonly displayName?: string;
  /** Event package, e.g. `presence`. */
  readonly event: string;
  /** E.g. `application/pidf+xml`. */
  readonly contentType: string;
  /** Asked for; the server decides. Default 600. */
  readonly expiresSeconds?: number;
  readonly onState: (state: PublicationState) => void;
}

export interface Publication {
  readonly state: PublicationState;
  /** Publishes this document from now on. Of several given while one is on its way, only the newest is sent. */
  publish(document: string): void;
  /** Removes what is published, and keeps nothing published until the next `publish`. */
  withdraw(): void;
  /** Try at once: signed in again, the network changed, the person mended the password. */
  retryNow(): void;
  /** Removes what is published (bounded wait) and ends. */
  stop(): Promise<void>;
}

export function createPublication(options: PublicationOptions): Publication {
  return new PublicationFlow(options);
}

class PublicationFlow implements Publication {
  state: PublicationState = { kind: 'off' };
  private readonly options: PublicationOptions;
  private readonly machine: Machine<PublicationMachine, PublicationInput>;
  private readonly sent = new Map<number, SentRequest>();
  private readonly ending: Ending;

  constructor(options: PublicationOptions) {
    this.options = options;
    this.machine = createMachine({
      clock: options.clock,
      random: options.random,
      initial: newPublicationMachine(options.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS),
      step: stepPublication,
      perform: (effect) => this.perform(effect),
      deadline: (state) => state.dueAtMs,
      timerInput: TIMER,
    });
    this.ending = new Ending({
      clock: options.clock,
      begin: () => this.machine.input({ kind: 'stop' }),
      giveUp: () => this.machine.input({ kind: 'stop-waited' }),
    });
  }

  publish(document: string): void {
    this.machine.input({ kind: 'publish', document });
  }

  withdraw(): void {
    this.machine.input({ kind: 'withdraw' });
  }

  retryNow(): void {
    this.machine.input({ kind: 'retry-now' });
  }

  stop(): Promise<void> {
    return this.ending.stop();
  }

  private perform(effect: PublicationEffect): void {
    switch (effect.kind) {
      case 'publish':
        return this.send(effect);
      case 'cancel':
        this.sent.get(effect.request)?.cancel();
        this.sent.delete(effect.request);
        return;
      case 'report':
        return this.report(effect.state);
      case 'stopped':
        this.ending.finish();
    }
  }

  private send(effect: PublishEffect): void {
    const { id } = effect.request;
    const sending = this.options.endpoint.send(publishRequest(this.options, effect));
    this.sent.set(id, sending);
    void sending.outcome.then((outcome) => {
      this.sent.delete(id);
      this.machine.input({ kind: 'answered', request: id, answer: readAnswer(outcome, effect.expiresSeconds) });
    });
  }

  private report(next: PublicationState): void {
    const isKnown = next.kind === this.state.kind && (next.kind === 'off' || next.kind === 'working');
    if (isKnown) return;
    this.state = next;
    if (next.kind === 'failed') this.options.log('warn', `publication of ${this.options.event} failed: ${failureWords(next.failure)}`);
    this.options.onState(next);
  }
}

/** PUBLISH (RFC 3903 §4): with body for what is new, with SIP-If-Match for what the server has. */
function publishRequest(options: PublicationOptions, effect: PublishEffect): OutgoingRequest {
  const { operation, document } = effect.request;
  const self: NameAddr = { displayName: undefined, uri: options.address, parameters: [] };
  const headers: HeaderField[] = [{ name: 'Event', value: options.event }, expiresField(effect.expiresSeconds)];
  if (effect.etag !== undefined) headers.push({ name: 'SIP-If-Match', value: effect.etag });
  const hasBody = (operation === 'initial' || operation === 'modify') && document !== undefined;
  if (hasBody) headers.push({ name: 'Content-Type', value: options.contentType });
  const request = { method: 'PUBLISH', uri: options.address, from: { ...self, displayName: options.displayName }, to: self, headers };
  return hasBody ? { ...request, body: new TextEncoder().encode(document) } : request;
}

function readAnswer(outcome: Outcome, askedSeconds: number): PublishAnswer {
  const failure = failureOf(outcome);
  if (outcome.kind !== 'final') return failure === undefined ? { kind: 'cancelled' } : { kind: 'failed', failure };
  const { response } = outcome;
  if (failure === undefined) {
    // The server may shorten the time, and must say so (RFC 3903 §6 step 5).
    const expiresSeconds = secondsOf(response, 'Expires') ?? askedSeconds;
    return { kind: 'published', etag: headerText(response, 'SIP-ETag')?.trim(), expiresSeconds };
  }
  if (response.status === 412) return { kind: 'condition-failed', failure };
  if (response.status === 423) return { kind: 'too-brief', minSeconds: secondsOf(response, 'Min-Expires') ?? 0, failure };
  return { kind: 'failed', failure };
}
