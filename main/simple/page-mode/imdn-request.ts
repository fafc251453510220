// What a message says of reports about itself: imdn headers in its CPIM wrapper (RFC 5438 §6).
import { IMDN_HEADERS } from '../document/cpim.ts';
import type { CpimHeader } from '../document/cpim.ts';
import { readCpimAddress } from '../document/cpim-header.ts';

export interface ImdnRequest {
  /** What reports about it must name. */
  readonly messageId: string;
  readonly wantsDelivery: boolean;
  readonly wantsFailure: boolean;
  readonly wantsDisplay: boolean;
}

/** Longest Message-ID and address believed; our IDs have 22 characters. */
const ID_LIMIT = 256;

function valueIn(headers: readonly CpimHeader[], name: string): string {
  return headers.find((header) => header.namespace === IMDN_HEADERS && header.name.toLowerCase() === name)?.value.trim() ?? '';
}

/** URI of who it was for before somebody on the way changed that: reports must say it (RFC 5438 §6.4, §11.1). null: nobody did. */
export function originalToOf(headers: readonly CpimHeader[]): string | null {
  const uri = readCpimAddress(valueIn(headers, 'original-to'))?.uri ?? '';
  return uri === '' || uri.length > ID_LIMIT ? null : uri;
}

/** Undefined: it has no Message-ID. */
export function readImdnRequest(headers: readonly CpimHeader[]): ImdnRequest | undefined {
  const valueOf = (name: string): string => valueIn(headers, name);
  const messageId = valueOf('message-id');
  if (messageId === '' || messageId.length > ID_LIMIT) return undefined;
  const wishes = new Set(
    valueOf('disposition-notification')
      .split(',')
      .map((wish) => wish.trim().toLowerCase()),
  );
  return {
    messageId,
    wantsDelivery: wishes.has('positive-delivery'),
    wantsFailure: wishes.has('negative-delivery'),
    wantsDisplay: wishes.has('display'),
  };
}

/** The headers that ask for all reports, or (without `asksReports`) only name the message. */
export function imdnHeaders(messageId: string, asksReports: boolean): CpimHeader[] {
  const id = { namespace: IMDN_HEADERS, name: 'Message-ID', value: messageId };
  const wishes = { namespace: IMDN_HEADERS, name: 'Disposition-Notification', value: 'positive-delivery, negative-delivery, display' };
  return asksReports ? [id, wishes] : [id];
}
