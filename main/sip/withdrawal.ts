// What becomes of an INVITE that is given up: its CANCEL, when it may be sent (RFC 3261 §9.1).
import type { Timer } from './clock.ts';
import { printMessage } from './message/print-message.ts';
import type { ClientTransaction } from './transaction/client-transaction.ts';
import { makeCancel } from './transaction/make-cancel.ts';
import type { TransactionTable } from './transaction/table.ts';
import { TRANSACTION_LIFE_MS } from './transaction/timers.ts';

export class Withdrawal {
  readonly #table: TransactionTable;
  readonly #giveUp: () => void;
  #isProceeding = false;
  #timer: Timer | undefined;
  isAsked = false;

  /** `giveUp` ends the INVITE without its answer. */
  constructor(table: TransactionTable, giveUp: () => void) {
    this.#table = table;
    this.#giveUp = giveUp;
  }

  /** Not before a provisional response; where nothing was sent yet, the request is given up at once. */
  ask(current: ClientTransaction | undefined): void {
    if (this.isAsked) return;
    this.isAsked = true;
    if (current === undefined) this.#giveUp();
    else if (this.#isProceeding) this.#sendCancel(current);
  }

  /** The request is out, for the first time or once more. */
  begin(): void {
    this.#isProceeding = false;
  }

  /** A provisional response has come. */
  proceed(transaction: ClientTransaction): void {
    const isDue = this.isAsked && !this.#isProceeding;
    this.#isProceeding = true;
    if (isDue) this.#sendCancel(transaction);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #sendCancel({ request, flow }: ClientTransaction): void {
    const cancel = makeCancel(request);
    const ignore = (): void => undefined;
    this.#table.send(cancel, printMessage(cancel), flow, { onResponse: ignore, onTimeout: ignore, onTransportError: ignore });
    // §9.1: a peer that knows no CANCEL would never answer.
    this.#timer = this.#table.clock.startTimer(TRANSACTION_LIFE_MS, this.#giveUp);
  }
}
