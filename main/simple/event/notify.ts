// Reads a NOTIFY (RFC 6665 §4.1.3, §8.2.3).
import { headerText, parameterValue } from '../../sip/index.ts';
import type { SipRequest } from '../../sip/index.ts';
import { parseSeconds, splitParameters } from '../header-value.ts';
import type { Notification } from './subscription.ts';
import type { NotifiedState } from './subscription-machine.ts';

/** The notifier's word; undefined where Subscription-State is missing, which makes the request bad. */
export function readNotifiedState(notify: SipRequest): NotifiedState | undefined {
  const text = headerText(notify, 'Subscription-State');
  if (text === undefined) return undefined;
  const { value, parameters } = splitParameters(text);
  if (value === '') return undefined;
  return {
    state: value,
    reason: (parameterValue(parameters, 'reason') ?? '').toLowerCase(),
    expiresSeconds: parseSeconds(parameterValue(parameters, 'expires')),
    retryAfterSeconds: parseSeconds(parameterValue(parameters, 'retry-after')),
  };
}

export function readNotification(notify: SipRequest, word: NotifiedState, dialogId: string, isFirst: boolean): Notification {
  const contentTypeText = notify.body.length === 0 ? undefined : headerText(notify, 'Content-Type');
  return {
    state: word.state,
    reason: word.state === 'terminated' ? word.reason : '',
    contentType: contentTypeText === undefined ? undefined : splitParameters(contentTypeText).value,
    contentTypeText,
    body: notify.body,
    dialogId,
    isFirst,
  };
}
