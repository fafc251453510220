// One SUBSCRIBE and the dialog that its NOTIFYs make (RFC 6665 §4.4.1): identity, sequence, target, flow.
import {
  dialogFromNotify,
  dialogFromResponse,
  isRequestOf,
  noteRequestSent,
  parameterValue,
  receiveInDialog,
  refreshTarget,
  requestInDialog,
} from '../../sip/index.ts';
import type { Dialog, NameAddr, OutgoingRequest, Outcome, Random, Reply, SipRequest, Uri } from '../../sip/index.ts';
import { failureOf } from '../outcome.ts';

/** Room in the CSeq for tries with credentials of a request whose answer we never saw: it only must grow (RFC 3261 §12.2.1.1). */
const CSEQ_STRIDE = 10;

export type SubscribeParts = Pick<OutgoingRequest, 'contact' | 'headers' | 'body'>;

export class SubscriptionUsage {
  readonly callId: string;
  readonly localTag: string;
  flowId: string | undefined;
  private readonly from: NameAddr;
  private readonly to: NameAddr;
  private cseqNumber = 1;
  private isAsked = false;
  private dialog: Dialog | undefined;
  /** Of the 2xx, for leaving before the first NOTIFY. */
  private answeredDialog: Dialog | undefined;

  constructor(random: Random, self: NameAddr, target: Uri) {
    this.callId = random.token(128);
    // WHY: our tag is chosen here, so that a NOTIFY which overtakes the 2xx is known.
    this.localTag = random.token(64);
    this.from = { ...self, parameters: [...self.parameters, { name: 'tag', value: this.localTag }] };
    this.to = { displayName: undefined, uri: target, parameters: [] };
  }

  /** Differs for each dialog, also for those of one Call-ID. */
  get dialogId(): string {
    return `${this.callId};${this.dialog?.remoteTag ?? ''}`;
  }

  get hasDialog(): boolean {
    return this.dialog !== undefined;
  }

  /** Asked again, it is the next request of the same Call-ID (RFC 3261 §8.1.3.5). */
  initialRequest(parts: SubscribeParts): OutgoingRequest {
    if (this.isAsked) this.cseqNumber += 1;
    this.isAsked = true;
    const { from, to, callId, cseqNumber } = this;
    return { method: 'SUBSCRIBE', uri: to.uri, from, to, callId, cseqNumber, ...parts };
  }

  /** Undefined while there is no dialog at all. */
  nextRequest(parts: SubscribeParts): OutgoingRequest | undefined {
    const dialog = this.dialog ?? this.answeredDialog;
    if (dialog === undefined) return undefined;
    const [next, request] = requestInDialog(dialog, 'SUBSCRIBE', parts);
    this.keep(next);
    return request;
  }

  /** Keeps sequence, target and flow as the answered request had them. */
  noteOutcome(outcome: Outcome): void {
    const dialog = this.dialog ?? this.answeredDialog;
    if (outcome.kind !== 'final') {
      if (dialog !== undefined) this.keep({ ...dialog, localSequence: dialog.localSequence + CSEQ_STRIDE });
      return;
    }
    const { request, response } = outcome;
    const isAccepted = failureOf(outcome) === undefined;
    this.cseqNumber = request.cseq.number;
    this.flowId = outcome.flow.id;
    if (dialog === undefined) {
      if (isAccepted) this.answeredDialog = dialogFromResponse(request, response);
      return;
    }
    const counted = noteRequestSent(dialog, request);
    const isSameDialog = parameterValue(response.to.parameters, 'tag') === dialog.remoteTag;
    this.keep(isAccepted && isSameDialog ? refreshTarget(counted, response) : counted);
  }

  /** Takes a NOTIFY in: the first one makes the dialog. Returns the refusal, or undefined where it is in order. */
  takeNotify(notify: SipRequest): Reply | undefined {
    if (this.dialog === undefined) return this.establish(notify);
    // Presence and its watcher information make one dialog only: another fork gets 481 (RFC 6665 §5.4.9, RFC 3856 §6.9).
    if (!isRequestOf(this.dialog, notify)) return { status: 481 };
    const receipt = receiveInDialog(this.dialog, notify, true);
    if (receipt.kind === 'out-of-order') return { status: 500, reason: 'Out of order' };
    this.dialog = receipt.dialog;
    return undefined;
  }

  private establish(notify: SipRequest): Reply | undefined {
    const { callId, from, to } = this;
    const subscribe = { uri: to.uri, callId, from, to, cseq: { number: this.cseqNumber, method: 'SUBSCRIBE' } };
    const dialog = dialogFromNotify(subscribe, notify);
    if (dialog === undefined) return { status: 400, reason: 'No dialog' };
    // WHY: where we already sent in the dialog of the 2xx, its sequence is ahead.
    const localSequence = Math.max(dialog.localSequence, this.answeredDialog?.localSequence ?? 0);
    this.dialog = { ...dialog, localSequence };
    return undefined;
  }

  private keep(dialog: Dialog): void {
    if (this.dialog === undefined) this.answeredDialog = dialog;
    else this.dialog = dialog;
  }
}
