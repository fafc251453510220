// The outbox of one account: what waits to be sent, one message per peer under way at a time (RFC 3428 §8), in the order written.
import type { Message, MessageFailure } from '../../app/domain/message.ts';
import type { PageMessageOutcome } from '../simple/page-mode/page-message.ts';
import type { SentPageMessage } from '../simple/page-mode/page-message.ts';
import { sendPageMessage } from '../simple/page-mode/send-page-message.ts';
import type { ProtocolFailure } from '../simple/outcome.ts';
import { retryDelayMs } from '../simple/retry.ts';
import type { Endpoint, SipUri, Timer } from '../sip/index.ts';
import type { OutboxMessage } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { readAddress } from './address-text.ts';
import type { MessageEvent, OutgoingState } from './message-states.ts';
import { failureCode, isLocalFailure, statesBefore } from './message-states.ts';
import { GAVE_UP, failureDetail, failureWords } from './words.ts';

/** Tries that reached the server and found nobody, or no answer, before the person is told. Without a connection nothing is counted. */
const MOST_TRIES = 6;

/** Room in the CSeq for tries with a password, which count on by themselves (RFC 3261 §22.2). */
const CSEQ_STRIDE = 10;

/** Messages under way to different peers at one time: a queue from a week offline must not be one burst. */
const IN_FLIGHT_LIMIT = 20;

export interface Outbox {
  /** The account is online on this endpoint: everything that waits goes, each peer's messages in order. */
  resume(endpoint: Endpoint): void;
  /** Goes no further; what is under way is given up and stays queued. */
  pause(): void;
  /** There is something new for this address. */
  push(address: string): void;
}

/** A wait that no timer ends. */
const UNTIL_ONLINE_ANEW: Timer = { cancel: () => undefined };

/** Restores first: what was `sending` when the program ended has an unknown fate and goes again, under the same identity. */
export async function createOutbox(world: AccountWorld): Promise<Outbox> {
  await returnUnfinished(world);
  return new AccountOutbox(world);
}

class AccountOutbox implements Outbox {
  readonly #world: AccountWorld;
  /** By address; undefined before the request is handed over. */
  readonly #underWay = new Map<string, SentPageMessage | undefined>();
  readonly #waits = new Map<string, Timer>();
  readonly #failuresInRow = new Map<string, number>();
  #endpoint: Endpoint | undefined;

  constructor(world: AccountWorld) {
    this.#world = world;
  }

  resume(on: Endpoint): void {
    this.#endpoint = on;
    this.#forgetWaits();
    this.#next();
  }

  pause(): void {
    this.#endpoint = undefined;
    this.#forgetWaits();
    for (const sent of this.#underWay.values()) sent?.cancel();
  }

  push(): void {
    this.#next();
  }

  #next(): void {
    if (this.#endpoint === undefined) return;
    for (const address of this.#world.storage.read((db) => store.listOutboxAddresses(db, this.#world))) {
      if (this.#underWay.size >= IN_FLIGHT_LIMIT) return;
      if (!this.#underWay.has(address) && !this.#waits.has(address)) this.#start(address);
    }
  }

  #start(address: string): void {
    this.#underWay.set(address, undefined);
    const sending = this.#sendFirst(address).finally(() => {
      this.#underWay.delete(address);
      this.#next();
    });
    inBackground(this.#world, 'sending', sending);
  }

  async #sendFirst(address: string): Promise<void> {
    const on = this.#endpoint;
    const { accountId, storage } = this.#world;
    const [first] = storage.read((db) => store.listOutbox(db, { accountId, address, limit: 1 }));
    if (on === undefined || first === undefined) return;
    const { message } = first;
    const target = readAddress(address);
    if (target.kind === 'failure') return change(this.#world, message, 'refuse', { failure: { code: 416, reason: target.reason } });
    try {
      const identity = nextTry(first.identity);
      await change(this.#world, message, 'send', { identity });
      if (this.#endpoint !== on) return await change(this.#world, message, 'postpone');
      const sent = hand(this.#world, on, { message, identity }, target.uri);
      this.#underWay.set(address, sent);
      await this.#settle(address, message, await sent.outcome);
    } catch (error) {
      // WHY: the store failed; without a wait the same message would be tried in a tight loop.
      this.#wait(address, { kind: 'timeout' });
      throw error;
    }
  }

  async #settle(address: string, message: Message, outcome: PageMessageOutcome): Promise<void> {
    const world = this.#world;
    if (outcome.kind === 'cancelled') return change(world, message, 'postpone');
    if (outcome.kind === 'accepted') {
      this.#failuresInRow.delete(address);
      return change(world, message, 'accept');
    }
    const { failure } = outcome;
    world.doors.log('info', `${world.address}: a message to ${address} did not go: ${failureDetail(failure)}`);
    const isLocal = isLocalFailure(failure);
    if (isLocal) {
      const tries = this.#wait(address, failure);
      if (failure.kind === 'transport' || tries < MOST_TRIES) return change(world, message, 'postpone');
    }
    this.#failuresInRow.delete(address);
    const reason = isLocal ? GAVE_UP : failureWords('message', failure);
    return change(world, message, 'refuse', { failure: { code: failureCode(failure), reason } });
  }

  /** Holds this peer's messages back for a while; returns the failures in a row. A wrong password holds them until the account is online anew. */
  #wait(address: string, failure: ProtocolFailure): number {
    const { clock, random } = this.#world.doors;
    const failures = (this.#failuresInRow.get(address) ?? 0) + 1;
    this.#failuresInRow.set(address, failures);
    const delayMs = retryDelayMs(failure, failures, random.fraction());
    const wake = (): void => {
      this.#waits.delete(address);
      this.#next();
    };
    this.#waits.set(address, delayMs === undefined ? UNTIL_ONLINE_ANEW : clock.startTimer(delayMs, wake));
    return failures;
  }

  #forgetWaits(): void {
    for (const timer of this.#waits.values()) timer.cancel();
    this.#waits.clear();
  }
}

function nextTry(identity: OutboxMessage['identity']): OutboxMessage['identity'] {
  return { ...identity, cseq: identity.cseq === 0 ? 1 : identity.cseq + CSEQ_STRIDE };
}

/** The first byte goes out only after `sending` is durable. */
function hand(world: AccountWorld, endpoint: Endpoint, { message, identity }: OutboxMessage, to: SipUri): SentPageMessage {
  return sendPageMessage(endpoint, {
    from: world.uri,
    ...(world.displayName === '' ? {} : { fromDisplayName: world.displayName }),
    to,
    identity: { callId: identity.callId, fromTag: identity.fromTag, cseqNumber: identity.cseq },
    sentAtMs: message.sentAtMs,
    body: new TextEncoder().encode(message.text),
  });
}

const AFTER = {
  send: 'sending',
  accept: 'accepted',
  postpone: 'queued',
  refuse: 'failed',
} as const satisfies Partial<Record<MessageEvent, OutgoingState>>;

/** `identity`: how the try is known on the wire, durable before the first byte. */
async function change(
  world: AccountWorld,
  { messageId }: Message,
  event: keyof typeof AFTER,
  { failure, identity }: { failure?: MessageFailure; identity?: OutboxMessage['identity'] } = {},
): Promise<void> {
  const state = AFTER[event];
  const from = statesBefore(event, state);
  const changed = await world.storage.commit((db) => {
    const message = store.setMessageState(db, { messageId, from, state, ...(failure === undefined ? {} : { failure }) });
    if (identity !== undefined) store.setMessageIdentity(db, { messageId, identity });
    return message === null ? undefined : { message, conversation: store.getConversation(db, message) };
  });
  if (changed === undefined) return;
  world.announce({ type: 'message-changed', message: changed.message });
  if (changed.conversation?.lastMessage?.messageId === messageId) {
    world.announce({ type: 'conversation-changed', conversation: changed.conversation });
  }
}

/** More messages than anybody leaves behind; those beyond go first to the queue at the next start. */
const RESTORE_LIMIT = 100_000;

async function returnUnfinished(world: AccountWorld): Promise<void> {
  const unfinished = world.storage
    .read((db) => store.listOutbox(db, { accountId: world.accountId, limit: RESTORE_LIMIT }))
    .filter(({ message }) => message.state === 'sending');
  if (unfinished.length === 0) return;
  await world.storage.commit((db) => {
    for (const { message } of unfinished) {
      store.setMessageState(db, { messageId: message.messageId, from: statesBefore('restart', 'queued'), state: 'queued' });
    }
  });
}
