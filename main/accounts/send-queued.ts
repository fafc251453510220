// Trigger: the outbox has a message at the head of a peer's queue. Result: one try, and the message in the state that its outcome gives.
// A message goes out in one form, CPIM or plain, for as long as its fate is unknown: a peer who has it already can tell that it is the same.
// RFC: 3428 §5, 3862, 3261 §21.4.13.
import type { Message, MessageFailure } from '../../app/domain/message.ts';
import type { PageMessageOutcome, SentPageMessage } from '../simple/page-mode/page-message.ts';
import { sendPageMessage } from '../simple/page-mode/send-page-message.ts';
import type { WrittenContent } from '../simple/page-mode/write-content.ts';
import { writeCpimText, writeText } from '../simple/page-mode/write-content.ts';
import type { ProtocolFailure } from '../simple/outcome.ts';
import type { Endpoint, SipUri } from '../sip/index.ts';
import type { OutboxMessage } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { nameOption } from './account-world.ts';
import { readAddress } from './address-text.ts';
import { changeMessage } from './change-message.ts';
import { failureCode, isLocalFailure, whoSaid } from './message-states.ts';
import { abilitiesFromMethods, abilitiesFromTypes, abilitiesOf, learnAbilities } from './peer-abilities.ts';
import { endUnknownFate } from './unknown-fate.ts';
import { failureDetail, failureWords, gaveUpWords } from './words.ts';

/** Tries that the server answered with a trouble of its own, before the person is told. Without a connection or an answer it waits on. */
const MOST_TRIES = 6;

/** Room in the CSeq for tries with a password, which count on by themselves (RFC 3261 §22.2). */
const CSEQ_STRIDE = 10;

export interface SendingDoors {
  readonly endpoint: Endpoint;
  /** Is the account still online there? */
  isStillOn(): boolean;
  /** Was it cut off until a moment ago? */
  isBackLately(): boolean;
  onHanded(sent: SentPageMessage): void;
  /** Holds this peer's queue back after a failure that may pass; returns the failures in a row. */
  hold(failure: ProtocolFailure): number;
}

export type Ended =
  | { readonly kind: 'accepted'; readonly status: number }
  /** It failed, or goes again at once in another form. */
  | { readonly kind: 'done' }
  /** It waits. */
  | { readonly kind: 'held' };

const DONE: Ended = { kind: 'done' };
const HELD: Ended = { kind: 'held' };

interface Try {
  readonly message: Message;
  readonly isCpim: boolean;
}

export async function sendQueued(world: AccountWorld, first: OutboxMessage, doors: SendingDoors): Promise<Ended> {
  const { message } = first;
  const { messageId, address } = message;
  const target = readAddress(address);
  if (target.kind === 'failure') {
    await changeMessage(world, messageId, 'refuse', { failure: { code: 416, reason: target.reason, by: 'here' } });
    return DONE;
  }
  // What began this elsewhere came to no end: its fate is as unknown as after a crash.
  if (message.state === 'sending' && (await endUnknownFate(world, first))?.state !== 'queued') return DONE;
  const { isCpim: formBefore } = world.storage.read((db) => store.getMessageDetail(db, { messageId }));
  const isCpim = formBefore ?? abilitiesOf(world, address).cpim ?? world.traits.takesCpim(address);
  const identity = nextTry(first.identity);
  const sending = await changeMessage(world, messageId, 'send', { identity, isCpim });
  // WHY: it was deleted, or somebody else took it on, while this waited for the disk.
  if (sending === undefined) return DONE;
  if (!doors.isStillOn()) {
    await changeMessage(world, messageId, 'postpone');
    return HELD;
  }
  const sent = hand(world, doors.endpoint, { message, identity }, { uri: target.uri, isCpim });
  doors.onHanded(sent);
  return settle(world, { message, isCpim }, await sent.outcome, doors);
}

function nextTry(identity: OutboxMessage['identity']): OutboxMessage['identity'] {
  return { ...identity, cseq: identity.cseq === 0 ? 1 : identity.cseq + CSEQ_STRIDE };
}

/** The first byte goes out only after `sending` is durable. */
function hand(
  world: AccountWorld,
  endpoint: Endpoint,
  { message, identity }: OutboxMessage,
  to: { readonly uri: SipUri; readonly isCpim: boolean },
): SentPageMessage {
  const { displayName } = nameOption(world);
  return sendPageMessage(endpoint, {
    from: world.uri,
    ...(displayName === undefined ? {} : { fromDisplayName: displayName }),
    to: to.uri,
    identity: { callId: identity.callId, fromTag: identity.fromTag, cseqNumber: identity.cseq },
    sentAtMs: message.sentAtMs,
    ...contentOf(world, { message, identity }, to.isCpim),
  });
}

/** The same message gives the same bytes each time. */
export function contentOf(world: AccountWorld, { message, identity }: OutboxMessage, isCpim: boolean): WrittenContent {
  if (!isCpim) return writeText(message.text);
  return writeCpimText(message.text, {
    from: { displayName: world.displayName, uri: world.address },
    to: { displayName: '', uri: message.address },
    sentAtMs: message.sentAtMs,
    imdnId: identity.imdnId ?? identity.callId,
  });
}

async function settle(world: AccountWorld, tried: Try, outcome: PageMessageOutcome, doors: SendingDoors): Promise<Ended> {
  const { messageId, address } = tried.message;
  if (outcome.kind === 'cancelled') {
    await changeMessage(world, messageId, 'postpone');
    return HELD;
  }
  const lines = outcome.said?.lines ?? [];
  if (outcome.said?.methods !== undefined) await learnAbilities(world, address, abilitiesFromMethods(outcome.said.methods));
  if (outcome.kind === 'accepted') {
    await changeMessage(world, messageId, 'accept', { lines });
    return { kind: 'accepted', status: outcome.status };
  }
  const { failure } = outcome;
  world.doors.log('info', `${world.address}: a message to ${address} did not go: ${failureDetail(failure)}`);
  if (await goesInOtherForm(world, tried, outcome)) return DONE;
  const isLocal = isLocalFailure(failure, doors.isBackLately());
  const told = lines.length > 0 ? lines : [failureDetail(failure)];
  if (isLocal) {
    const tries = doors.hold(failure);
    if (failure.kind === 'transport' || failure.kind === 'timeout' || tries < MOST_TRIES) {
      await changeMessage(world, messageId, 'postpone', { lines: told, ...whyItWaits(world, failure) });
      return HELD;
    }
  }
  const reason = isLocal ? gaveUpWords(failure) : (world.traits.refusalWords(failure) ?? failureWords('message', failure));
  await changeMessage(world, messageId, 'refuse', { failure: { code: failureCode(failure), reason, by: whoSaid(failure) }, lines: told });
  return DONE;
}

/** Where a peer's key stops it, only the person can help, so the sentence goes with the message. */
function whyItWaits(world: AccountWorld, failure: ProtocolFailure): { failure?: MessageFailure } {
  if (!world.traits.waitsForPeers || failure.kind !== 'transport' || failure.cause !== 'tls') return {};
  return { failure: { code: 0, reason: failure.reason, by: 'here' } };
}

/** 415: learned, and where the other form is taken it goes again at once. Back to CPIM only where it was not refused before: never in circles. */
async function goesInOtherForm(
  world: AccountWorld,
  { message, isCpim }: Try,
  { failure, acceptedTypes, said }: Extract<PageMessageOutcome, { kind: 'failed' }>,
): Promise<boolean> {
  if (failure.kind !== 'status' || failure.status !== 415) return false;
  const { cpim: believed } = abilitiesOf(world, message.address);
  const { cpim: named, ...others } = acceptedTypes === undefined ? {} : abilitiesFromTypes(acceptedTypes);
  const takesCpim = !isCpim && named === true && believed !== false;
  await learnAbilities(world, message.address, { ...others, cpim: takesCpim });
  const takesOther = isCpim ? acceptedTypes === undefined || takesText(acceptedTypes) : takesCpim;
  if (!takesOther) return false;
  await changeMessage(world, message.messageId, 'postpone', { isCpim: !isCpim, lines: said?.lines ?? [] });
  return true;
}

function takesText(types: readonly string[]): boolean {
  return types.some((type) => ['text/plain', 'text/*', '*/*'].includes(type));
}
