// Requests inside a dialog (RFC 3261 §12.2).
import type { SipMessage, SipRequest } from '../message/message.ts';
import type { Dialog } from './dialog.ts';
import type { OutgoingRequest } from './outgoing-request.ts';

/** What the caller may add to a request in a dialog. */
export type InDialogParts = Pick<OutgoingRequest, 'contact' | 'contacts' | 'headers' | 'body' | 'flow'>;

/** The next request in it, and the dialog with its local sequence counted on. Keep the returned dialog. */
export function requestInDialog(_dialog: Dialog, _method: string, _parts: InDialogParts = {}): [Dialog, OutgoingRequest] {
  throw new Error('not there yet');
}

/** Counts the local sequence on to what was really sent: a retry with credentials uses up a number. Give it `Final.request`. */
export function noteRequestSent(_dialog: Dialog, _sent: SipRequest): Dialog {
  throw new Error('not there yet');
}

export type InDialogReceipt =
  | { readonly kind: 'in-order'; readonly dialog: Dialog }
  /** Answer 500 (RFC 3261 §12.2.2). */
  | { readonly kind: 'out-of-order' };

/** Takes a request of this dialog in: sequence checked and, for `isTargetRefresh`, the remote target replaced by its Contact. */
export function receiveInDialog(_dialog: Dialog, _request: SipRequest, _isTargetRefresh: boolean): InDialogReceipt {
  throw new Error('not there yet');
}

/** The dialog with the remote target of a message that refreshes it, e.g. the 2xx to a SUBSCRIBE refresh. */
export function refreshTarget(_dialog: Dialog, _message: SipMessage): Dialog {
  throw new Error('not there yet');
}

/** Whether a received request belongs to this dialog: Call-ID and both tags (RFC 3261 §12). */
export function isRequestOf(_dialog: Dialog, _request: SipRequest): boolean {
  throw new Error('not there yet');
}
