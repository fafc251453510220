// Trigger: a message, or bytes that are none, came out of a transport.
// Result: handed up, answered without state, or dropped; always counted.
// RFC 3261 §18.2.1, §18.1.2.
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
  /** A new To tag, for answers without a transaction. */
  newTag(): string;
  /** The flow a response to this request goes back on. */
  responseFlow(flow: TransportFlow, message: SipMessage, source: NetworkAddress): TransportFlow;
}

const ignoreFailure = (): void => undefined;

export function createReceiver(parts: ReceiverParts): Receiver {
  const { events, counts } = parts;
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
      // SECURITY: never answer an ACK, nor anything that could be an answer itself: two stacks could send errors to each other for ever.
      if (answerable === undefined || answerable.request.method === 'ACK') {
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
