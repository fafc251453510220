// Trigger: a message, or bytes that are none, came out of a transport.
// Result: handed up, answered without state, or dropped; always counted.
// RFC 3261 §18.2.1, §18.1.2.
import type { Clock } from '../clock.ts';
import type { ParseFailure, SipMessage } from '../message/message.ts';
import { printMessage } from '../message/print-message.ts';
import type { NetworkAddress } from '../network.ts';
import type { Counts } from './counts.ts';
import { makeResponse } from './make-response.ts';
import type { TransportEvents, TransportFlow } from './transport.ts';
import { stampTopVia } from './via.ts';

/** What the transports share. */
export interface Receiver {
  onMessage(message: SipMessage, flow: TransportFlow, source: NetworkAddress): void;
  onFailure(failure: ParseFailure, flow: TransportFlow, source: NetworkAddress): void;
}

export interface ReceiverParts {
  readonly events: TransportEvents;
  readonly counts: Counts;
  readonly clock: Clock;
  /** A new To tag, for answers without a transaction. */
  newTag(): string;
  /** The flow a response to this request goes back on. */
  responseFlow(flow: TransportFlow, message: SipMessage, source: NetworkAddress): TransportFlow;
}

/**
 * SECURITY: answers to broken requests in one second. They go where a datagram says it comes from, which may be a lie, and each
 * costs more than the garbage did; who is honest needs one now and then.
 */
export const MOST_ERROR_ANSWERS_PER_SECOND = 200;
const SECOND_MS = 1_000;

const ignoreFailure = (): void => undefined;

export function createReceiver(parts: ReceiverParts): Receiver {
  const { events, counts, clock } = parts;
  let secondStartMs = -Infinity;
  let answersThisSecond = 0;

  function mayAnswer(): boolean {
    const nowMs = clock.monotonicMs();
    if (nowMs - secondStartMs >= SECOND_MS) {
      secondStartMs = nowMs;
      answersThisSecond = 0;
    }
    answersThisSecond += 1;
    return answersThisSecond <= MOST_ERROR_ANSWERS_PER_SECOND;
  }

  return {
    onMessage(message, flow, source) {
      if (message.kind === 'response') {
        counts.add('responses-received');
        events.onResponse(message, flow);
        return;
      }
      counts.add('requests-received');
      const request = stampTopVia(message, source);
      events.onRequest(request, parts.responseFlow(flow, request, source), source);
    },
    onFailure(failure, flow, source) {
      const answerable = failure.answerable;
      // SECURITY: this comes before any gate, so the answer holds nothing of ours but a tag. Never answer an ACK, nor anything that could
      // be an answer itself: two stacks could send errors to each other for ever.
      if (answerable === undefined || answerable.request.method === 'ACK' || !mayAnswer()) {
        counts.add('malformed-ignored');
        return;
      }
      counts.add('malformed-answered');
      const request = stampTopVia(answerable.request, source);
      const response = makeResponse(request, answerable.status, { toTag: parts.newTag() });
      parts.responseFlow(flow, request, source).send(printMessage(response), ignoreFailure);
    },
  };
}
