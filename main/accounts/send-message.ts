// Trigger: the person (or a program) sends a text, or sends a failed one again.
// Result: it is durable as `queued` before anything else; the outbox takes it from there.
// RFC: 3428 §4; the outbox keeps §8.
import { CallFailure } from '../../app/bridge/failure.ts';
import type { Message } from '../../app/domain/message.ts';
import { newMessageIdentity } from '../simple/page-mode/page-message.ts';
import type { OutgoingMessage } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import type { Address } from '../../app/domain/address.ts';
import { changeMessage } from './change-message.ts';
import { cleanText } from './clean-text.ts';
import type { Outbox } from './outbox.ts';
import type { OwnTyping } from './own-typing.ts';
import { NOT_SENT_YET } from './unknown-fate.ts';

export interface SendingParts {
  readonly outbox: Outbox;
  readonly ownTyping: OwnTyping;
}

/** Throws CallFailure when nothing is left to send; rejects when it cannot be stored. */
export async function sendMessage(world: AccountWorld, parts: SendingParts, address: Address, text: string): Promise<Message> {
  const message = newMessage(world, address, textToSend(text));
  const added = await world.storage.commit((db) => store.addOutgoingMessage(db, message));
  world.announce({ type: 'message-added', message: added.message });
  world.announce({ type: 'conversation-changed', conversation: added.conversation });
  parts.ownTyping.sent(address);
  parts.outbox.push(address);
  return added.message;
}

export function textToSend(text: string): string {
  const cleaned = cleanText(text);
  if (cleaned.trim() !== '') return cleaned;
  throw new CallFailure({ kind: 'invalid-input', field: 'text', reason: 'There is nothing to send. Write something first.' });
}

/** WHY the Call-ID is its Message-ID too: INTEROP(Linphone) reports on plain texts by their Call-ID. */
export function newMessage(world: AccountWorld, address: Address, text: string, imdnId?: string): OutgoingMessage {
  const { callId, fromTag } = newMessageIdentity(world.doors.random);
  const nowMs = world.doors.clock.nowMs();
  return {
    accountId: world.accountId,
    address,
    text,
    contentType: 'text/plain',
    sentAtMs: nowMs,
    storedAtMs: nowMs,
    identity: { callId, cseq: NOT_SENT_YET, fromTag, imdnId: imdnId ?? callId },
    detail: { states: [{ state: 'queued', atMs: nowMs }] },
  };
}

/** The same message again, as the same message: its identity stays, so that a peer who has it can tell. */
export async function resendMessage(world: AccountWorld, outbox: Outbox, messageId: string): Promise<void> {
  const message = await changeMessage(world, messageId, 'resend');
  if (message === undefined) {
    throw new CallFailure({ kind: 'refused', reason: 'Only a message that failed can be sent again.' });
  }
  outbox.push(message.address);
}
