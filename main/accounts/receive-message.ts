// Trigger: a MESSAGE with a text for this account.
// Result: durable, answered 200, then announced and shown once; blocked senders are refused and kept nowhere; when the disk fails the sender keeps it.
// RFC: 3428 §7, 5438 §7.2.1.
import type { ContentReference } from '../../app/domain/message.ts';
import { originalToOf } from '../simple/page-mode/imdn-request.ts';
import type { IncomingPageMessage, MessageVerdict } from '../simple/page-mode/page-message.ts';
import type { AddedMessage, IncomingMessage, MessageExtra, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { addressOf, canonicalAddress } from './address-text.ts';
import { refusalOf } from './block-address.ts';
import { cleanName, cleanText } from './clean-text.ts';
import type { ContactBook } from './contact-book.ts';
import { duplicateKey } from './duplicate-key.ts';
import type { FetchContent } from './fetch-content.ts';
import { isToldAgain } from './is-told-again.ts';
import type { KeptOrder } from './kept-order.ts';
import { learnAbilities } from './peer-abilities.ts';
import { mayTell } from './reporting-choice.ts';
import type { ReportSender } from './send-reports.ts';
import { storageReason } from './storage.ts';
import type { TypedAgain } from './typed-again.ts';

/** How long a message is remembered for telling duplicates. Some programs use the same identities in every run, so not for ever. */
const DUPLICATE_WINDOW_MS = 24 * 3_600_000;
/** A sender's clock may be ahead by this much before we stop believing it. */
const FUTURE_LIMIT_MS = 5 * 60_000;
const SUBJECT_LIMIT = 300;
/** Envelopes are kept for the details only. */
const ENVELOPE_LIMIT = 4_000;

/** RFC 2046 §4.5.1: for a text in which nothing is left that can be shown. */
const NO_TEXT_TYPE = 'application/octet-stream';

const ACCEPTED: MessageVerdict = { kind: 'accepted' };

export interface ReceivingParts {
  readonly book: ContactBook;
  readonly reports: ReportSender;
  readonly content: FetchContent;
  /** Since when the account is open in this run of the program. */
  readonly openedAtMs: number;
  /** Messages of earlier runs that came again. */
  readonly toldAgain: Set<string>;
  readonly keptOrder: KeptOrder;
  readonly typedAgain: TypedAgain;
  readonly heardFrom: (address: string) => void;
}

export async function receiveMessage(world: AccountWorld, parts: ReceivingParts, incoming: IncomingPageMessage): Promise<MessageVerdict> {
  const sender = addressOf(incoming.from.uri);
  if (sender === undefined) return { kind: 'refused', status: 403, reason: 'From names no SIP user' };
  try {
    const refusal = refusalOf(world, sender);
    // WHY not where a server kept it: the sender was told 202 long ago, and the server would offer it at every sign-in.
    if (refusal !== undefined) return incoming.wasStored ? ACCEPTED : refusal;
    // White space alone says nothing: like no body at all (RFC 3428 §7).
    if (incoming.text?.trim() === '') return ACCEPTED;
    const message = readMessage(world, parts, sender, incoming);
    if (isToldAgain(world, parts.openedAtMs, { ...incoming, sender, cleanText: message.text }, parts.toldAgain)) return ACCEPTED;
    const status = dueReport(world, sender, incoming, message);
    const added = await world.storage.commitMessage((db) => {
      const kept = store.addIncomingMessage(db, message);
      if (kept.kind === 'added' && status !== undefined) promiseReport(db, world, incoming, { address: sender, status });
      return kept;
    });
    if (added.kind === 'added') tell(world, parts, added, incoming);
    if (added.kind === 'added' && status !== undefined) parts.reports.flushSoon(sender);
    return ACCEPTED;
  } catch (error) {
    if (storageReason(error) === undefined) throw error;
    world.doors.log('error', `${world.address}: a message could not be stored: ${String(error)}`);
    return { kind: 'storage-failed' };
  }
}

function readMessage(
  world: AccountWorld,
  { book, keptOrder, typedAgain }: ReceivingParts,
  sender: string,
  incoming: IncomingPageMessage,
): IncomingMessage {
  const { callId, cseqNumber, fromTag, imdn, receivedAtMs } = incoming;
  const placeAtMs = keptOrder.placeOf(sender, incoming);
  // The line end that some programs put after every text is no part of it.
  const text = cleanText(incoming.text ?? '').trimEnd();
  const isUnreadable = text === '';
  return {
    accountId: world.accountId,
    address: sender,
    displayName: cleanName(incoming.cpim?.from?.displayName || incoming.from.displayName),
    text,
    contentType: isUnreadable && incoming.text !== undefined ? NO_TEXT_TYPE : cleanName(incoming.contentType),
    sentAtMs: believableTime(incoming),
    storedAtMs: receivedAtMs,
    ...(placeAtMs !== undefined && { placeAtMs }),
    identity: { callId, cseq: cseqNumber, fromTag, imdnId: imdn?.messageId ?? null },
    extra: extraOf(incoming),
    ...detailOf(world, sender, incoming, isUnreadable),
    dedupeKey: duplicateKey(sender, incoming, typedAgain),
    dedupeSinceMs: receivedAtMs - DUPLICATE_WINDOW_MS,
    isUnknown: book.find(sender) === undefined,
  };
}

function extraOf({ wasStored, subject, reference }: IncomingPageMessage): MessageExtra {
  const cleanSubject = subject === undefined ? '' : cleanText(subject, SUBJECT_LIMIT).trim();
  return {
    ...(wasStored && { wasStored }),
    ...(cleanSubject !== '' && { subject: cleanSubject }),
    ...(reference !== undefined && { reference: offered(reference) }),
  };
}

function offered({ url, contentType, sizeBytes, expiresAtMs, name }: NonNullable<IncomingPageMessage['reference']>): ContentReference {
  return {
    name: cleanName(name),
    size: sizeBytes ?? 0,
    type: contentType,
    state: 'offered',
    url,
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  };
}

/** Nothing for a plain text that came directly: what there is to say of it stands in the message itself. */
function detailOf(
  world: AccountWorld,
  sender: string,
  incoming: IncomingPageMessage,
  isUnreadable: boolean,
): Pick<IncomingMessage, 'detail'> {
  const { cpim, receivedAtMs } = incoming;
  if (cpim === undefined && !incoming.wasStored) return {};
  return {
    detail: {
      states: [{ state: 'received', atMs: receivedAtMs }],
      exchange: [...incoming.lines(), 'SIP/2.0 200 OK'].map((line) => ({ atMs: receivedAtMs, line })),
      isCpim: cpim !== undefined,
      ...(cpim !== undefined && { envelope: printEnvelope(cpim) }),
      wantsDisplay:
        !isUnreadable && incoming.imdn?.wantsDisplay === true && isForUsAlone(world, incoming) && mayTell(world, sender, 'display'),
    },
  };
}

function printEnvelope(cpim: NonNullable<IncomingPageMessage['cpim']>): string {
  const own = (name: string, value: string | undefined): { name: string; namespace: string; value: string }[] =>
    value === undefined || value === '' ? [] : [{ name, namespace: '', value: cleanText(value, SUBJECT_LIMIT) }];
  const person = ({ displayName, uri }: { displayName: string; uri: string }): string => `${displayName} <${uri}>`.trim();
  const headers = [
    ...own('From', cpim.from && person(cpim.from)),
    ...cpim.to.flatMap((to) => own('To', person(to))),
    ...cpim.cc.flatMap((cc) => own('cc', person(cc))),
    ...own('DateTime', cpim.dateTimeMs === undefined ? undefined : new Date(cpim.dateTimeMs).toISOString()),
    ...own('Subject', cpim.subject),
    ...cpim.headers.map(({ name, namespace, value }) => ({ name, namespace, value: cleanText(value, SUBJECT_LIMIT) })),
  ];
  let text = JSON.stringify(headers);
  while (text.length > ENVELOPE_LIMIT && headers.pop() !== undefined) text = JSON.stringify(headers);
  return text;
}

/** RFC 5438 §8: never about what went to a group: to several, or to an address that is not ours. */
function isForUsAlone(world: AccountWorld, { cpim }: IncomingPageMessage): boolean {
  if (cpim === undefined || cpim.to.length + cpim.cc.length > 1) return false;
  const [to] = cpim.to;
  return to === undefined || canonicalAddress(to.uri) === world.address;
}

/**
 * What is to be said of it, as far as it was asked (RFC 5438 §7.2.1.1). What we took and cannot show has failed: the sender was told 2xx
 * and would never know.
 */
function dueReport(
  world: AccountWorld,
  sender: string,
  incoming: IncomingPageMessage,
  { text }: Pick<IncomingMessage, 'text'>,
): 'delivered' | 'failed' | undefined {
  const { imdn } = incoming;
  const isWanted = text === '' ? imdn?.wantsFailure === true : imdn?.wantsDelivery === true;
  if (!isWanted || !isForUsAlone(world, incoming) || !mayTell(world, sender, 'delivery')) return undefined;
  return text === '' ? 'failed' : 'delivered';
}

/** In the same commit as the message: a report is neither lost nor given for what was not kept. */
function promiseReport(
  db: WritableDb,
  world: AccountWorld,
  incoming: IncomingPageMessage,
  report: Pick<store.Report, 'address' | 'status'>,
): void {
  store.addReport(db, {
    accountId: world.accountId,
    ...report,
    imdnId: incoming.imdn?.messageId ?? '',
    kind: 'delivery',
    sentAtMs: incoming.sentAtMs ?? incoming.receivedAtMs,
    createdAtMs: incoming.receivedAtMs,
    originalTo: originalToOf(incoming.cpim?.headers ?? []),
  });
}

function tell(world: AccountWorld, parts: ReceivingParts, added: AddedMessage, incoming: IncomingPageMessage): void {
  const { message, conversation } = added;
  world.typing.forget(conversation.conversationId);
  // WHY a stranger's conversation first: whoever notifies must know that there is nothing to notify of.
  if (conversation.isUnknown === true) world.announce({ type: 'conversation-changed', conversation }, 'soon');
  world.announce({ type: 'message-added', message }, 'soon');
  if (conversation.isUnknown !== true) world.announce({ type: 'conversation-changed', conversation }, 'soon');
  parts.heardFrom(message.address);
  if (incoming.cpim !== undefined) inBackground(world, 'learning abilities', learnAbilities(world, message.address, { cpim: true }));
  if (message.reference !== undefined) parts.content.maybeFetch(message);
}

function believableTime(incoming: IncomingPageMessage): number {
  const { sentAtMs, receivedAtMs } = incoming;
  return sentAtMs === undefined || sentAtMs < 0 || sentAtMs > receivedAtMs + FUTURE_LIMIT_MS ? receivedAtMs : sentAtMs;
}
