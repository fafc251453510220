// One request in one transaction on one flow: its answer, or why there is none (RFC 3261 §17.1).
import { refusal } from './flow-watch.ts';
import type { DeadReason } from './flow-watch.ts';
import type { SipRequest, SipResponse } from './message/message.ts';
import type { ClientTransaction } from './transaction/client-transaction.ts';
import type { TransactionTable } from './transaction/table.ts';
import type { TransportFlow } from './transport/transport.ts';

export type Answer =
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'timeout' }
  /** No sign of life within a few seconds. */
  | { readonly kind: 'dead' }
  | { readonly kind: 'error'; readonly error: Error }
  | { readonly kind: 'cancelled' };

export interface ExchangeParts {
  readonly table: TransactionTable;
  /** Tells when nobody is there any more, until the returned function is called. */
  watch(flow: TransportFlow, onDead: (reason: DeadReason) => void): () => void;
  /** Resolves when nobody waits for the answer any more; who resolves it abandons the transaction. */
  readonly cancelled: Promise<unknown>;
  onBegun(transaction: ClientTransaction): void;
  onProvisional(response: SipResponse, transaction: ClientTransaction): void;
  /** A further 2xx to an INVITE: the same again, or another fork's. */
  onFurtherSuccess(response: SipResponse): void;
}

export function exchange(request: SipRequest, bytes: Uint8Array, flow: TransportFlow, parts: ExchangeParts): Promise<Answer> {
  return new Promise((resolve) => {
    void parts.cancelled.then(() => {
      stopWatching();
      resolve({ kind: 'cancelled' });
    });
    let isAnswered = false;
    const answer = (given: Answer): void => {
      stopWatching();
      resolve(given);
    };
    let isOver = false;
    let stopWatching = (): void => void (isOver = true);
    const transaction = parts.table.send(request, bytes, flow, {
      onResponse: (response) => {
        stopWatching();
        if (response.status < 200) return parts.onProvisional(response, transaction);
        if (isAnswered) return parts.onFurtherSuccess(response);
        isAnswered = true;
        resolve({ kind: 'response', response });
      },
      onTimeout: () => answer({ kind: 'timeout' }),
      onTransportError: (error) => answer({ kind: 'error', error }),
    });
    if (!isOver) {
      stopWatching = parts.watch(flow, (reason) => {
        transaction.abandon();
        resolve(reason === 'refused' ? { kind: 'error', error: refusal() } : { kind: 'dead' });
      });
    }
    parts.onBegun(transaction);
  });
}
