// Makes dialogs (RFC 3261 §12.1; RFC 6665 §4.4.1 for those a NOTIFY makes before the 2xx arrives).
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { Dialog } from './dialog.ts';

/** As UAC: from the request as sent (`Final.request`) and its response. Undefined where a tag or the Contact is missing. */
export function dialogFromResponse(_request: SipRequest, _response: SipResponse): Dialog | undefined {
  return undefined;
}

/** As UAS: from the request received and the To tag of our reply (`Reply.toTag`). Undefined where From tag or Contact is missing. */
export function dialogFromRequest(_request: SipRequest, _localTag: string): Dialog | undefined {
  return undefined;
}

/** As subscriber: from our SUBSCRIBE and a NOTIFY for it, which may come before the 2xx or from another fork. Its sequence is taken as received. */
export function dialogFromNotify(_subscribe: Pick<SipRequest, 'callId' | 'from' | 'to' | 'cseq'>, _notify: SipRequest): Dialog | undefined {
  return undefined;
}
