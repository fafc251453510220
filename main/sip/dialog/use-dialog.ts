// Requests inside a dialog (RFC 3261 §12.2).
import type { SipMessage, SipRequest } from '../message/message.ts';
import { parameterValue } from '../uri/parameter.ts';
import { targetOf } from './create-dialog.ts';
import type { Dialog } from './dialog.ts';
import type { OutgoingRequest } from './outgoing-request.ts';

/** What the caller may add to a request in a dialog. */
export type InDialogParts = Pick<OutgoingRequest, 'contact' | 'contacts' | 'headers' | 'body' | 'flow'>;

/**
 * The next request in it, and the dialog with its local sequence counted on (§12.2.1.1). Keep the returned dialog, and after the
 * answer `noteRequestSent` with `Final.request`. Strict routers are dealt with when the request is sent.
 */
export function requestInDialog(dialog: Dialog, method: string, parts: InDialogParts = {}): [Dialog, OutgoingRequest] {
  const cseqNumber = dialog.localSequence + 1;
  const request: OutgoingRequest = {
    ...parts,
    method,
    uri: dialog.remoteTarget,
    from: dialog.local,
    to: dialog.remote,
    callId: dialog.callId,
    cseqNumber,
    route: dialog.routeSet,
  };
  return [{ ...dialog, localSequence: cseqNumber }, request];
}

/** Counts the local sequence on to what was really sent: a retry with credentials uses up a number (§22.2). Give it `Final.request`. */
export function noteRequestSent(dialog: Dialog, sent: SipRequest): Dialog {
  return sent.cseq.number > dialog.localSequence ? { ...dialog, localSequence: sent.cseq.number } : dialog;
}

export type InDialogReceipt =
  | { readonly kind: 'in-order'; readonly dialog: Dialog }
  /** Answer 500 (RFC 3261 §12.2.2). */
  | { readonly kind: 'out-of-order' };

/** Takes a request of this dialog in: sequence checked and, for `isTargetRefresh`, the remote target replaced by its Contact (§12.2.2). */
export function receiveInDialog(dialog: Dialog, request: SipRequest, isTargetRefresh: boolean): InDialogReceipt {
  const { number } = request.cseq;
  // DEVIATION(RFC 3261 §12.2.2): an equal number counts as out of order too; retransmissions never come this far.
  if (dialog.remoteSequence !== undefined && number <= dialog.remoteSequence) return { kind: 'out-of-order' };
  const counted = { ...dialog, remoteSequence: number };
  return { kind: 'in-order', dialog: isTargetRefresh ? refreshTarget(counted, request) : counted };
}

/** The dialog with the remote target of a message that refreshes it, e.g. the 2xx to a SUBSCRIBE refresh; unchanged where it has no Contact. */
export function refreshTarget(dialog: Dialog, message: SipMessage): Dialog {
  const remoteTarget = targetOf(message);
  return remoteTarget === undefined ? dialog : { ...dialog, remoteTarget };
}

/**
 * Whether a received request belongs to this dialog: Call-ID and both tags (§12).
 * DEVIATION(RFC 3261 §7.3.1): tags, like branches, are compared byte by byte; peers give back what they got, and who guesses gets no second
 * spelling.
 */
export function isRequestOf(dialog: Dialog, request: SipRequest): boolean {
  return (
    request.callId === dialog.callId &&
    parameterValue(request.to.parameters, 'tag') === dialog.localTag &&
    parameterValue(request.from.parameters, 'tag') === dialog.remoteTag
  );
}
