// Asks the registrar's side now and then whether it is still there, which also keeps address translation open (RFC 5626 §3.5, §4.4).
// Servers that speak outbound get STUN or double CRLF; all others an OPTIONS, since any server answers that over any transport.
import type { Clock, Endpoint, Flow, OutgoingRequest, Random, SentRequest, Timer } from '../../sip/index.ts';

/** RFC 5626 §4.4.1, §4.4.2: 24 to 29 s over UDP; a connection needs less. */
const UDP_INTERVAL_MS = 29_000;
const STREAM_INTERVAL_MS = 120_000;
/** Part of the interval that is random, so that clients do not ask in step (RFC 5626 §4.4). */
const JITTER = 0.2;

/** WHY less than a transaction's 32 s: a person who writes wants to know soon that nobody hears, and a second of silence proves little. */
const ANSWER_WAIT_MS = 8_000;

export interface KeepAliveOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly request: () => OutgoingRequest;
  /** Nobody answered on that flow: it leads nowhere any more. */
  readonly onDead: (flow: Flow) => void;
}

export class KeepAlive {
  private readonly options: KeepAliveOptions;
  private timer: Timer | undefined;
  private sent: SentRequest | undefined;
  private endPings: (() => void) | undefined;

  constructor(options: KeepAliveOptions) {
    this.options = options;
  }

  /** Watches this flow from now on, in place of any before. `outbound`: how often the server wants to hear us, where it grants outbound. */
  watch(flow: Flow, outbound?: { readonly flowTimerSeconds: number | undefined }): void {
    this.stop();
    const interval = flow.protocol === 'udp' ? UDP_INTERVAL_MS : STREAM_INTERVAL_MS;
    if (outbound !== undefined) {
      // WHY: a flow found dead this way is told by `onFlowClosed`.
      this.endPings = this.options.endpoint.keepAlive(flow, outbound.flowTimerSeconds ?? interval / 1_000);
      return;
    }
    const wait = Math.round(interval * (1 - JITTER * this.options.random.fraction()));
    this.timer = this.options.clock.startTimer(wait, () => this.ask(flow));
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.endPings?.();
    this.endPings = undefined;
    const { sent } = this;
    this.sent = undefined;
    sent?.cancel();
  }

  private ask(flow: Flow): void {
    const sent = this.options.endpoint.send({ ...this.options.request(), flow });
    this.sent = sent;
    this.timer = this.options.clock.startTimer(ANSWER_WAIT_MS, () => {
      this.stop();
      this.options.onDead(flow);
    });
    void sent.outcome.then((outcome) => {
      if (this.sent !== sent) return;
      this.sent = undefined;
      this.timer?.cancel();
      // Any answer is a sign of life, a refusal too.
      if (outcome.kind === 'final' || outcome.kind === 'unauthenticated') this.watch(flow);
      else if (outcome.kind !== 'cancelled') this.options.onDead(flow);
    });
  }
}
