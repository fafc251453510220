// Trigger: the person (or a program) sends a text, or sends a failed one again.
// Result: it is durable as `queued` before anything else; the outbox takes it from there.
// RFC: 3428 §4; the outbox keeps §8.
import { CallFailure } from '../../app/bridge/failure.ts';
import type { Message } from '../../app/domain/message.ts';
import { newMessageIdentity } from '../simple/page-mode/page-message.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import type { Address } from '../../app/domain/address.ts';
import { cleanText } from './clean-text.ts';
import { statesBefore } from './message-states.ts';
import type { Outbox } from './outbox.ts';

/** The outbox counts the CSeq on with each try. */
const NOT_SENT_YET = 0;

/** Throws CallFailure when nothing is left to send; rejects when it cannot be stored. */
export async function sendMessage(world: AccountWorld, outbox: Outbox, address: Address, text: string): Promise<Message> {
  const cleaned = cleanText(text);
  if (cleaned.trim() === '')
    throw new CallFailure({ kind: 'invalid-input', field: 'text', reason: 'There is nothing to send. Write something first.' });
  const { callId, fromTag } = newMessageIdentity(world.doors.random);
  const nowMs = world.doors.clock.nowMs();
  const added = await world.storage.commit((db) =>
    store.addOutgoingMessage(db, {
      accountId: world.accountId,
      address,
      text: cleaned,
      contentType: 'text/plain',
      sentAtMs: nowMs,
      storedAtMs: nowMs,
      identity: { callId, cseq: NOT_SENT_YET, fromTag, imdnId: null },
    }),
  );
  world.announce({ type: 'message-added', message: added.message });
  world.announce({ type: 'conversation-changed', conversation: added.conversation });
  outbox.push(address);
  return added.message;
}

/** The same message again, as the same message: its identity stays, so that a peer who has it can tell. */
export async function resendMessage(world: AccountWorld, outbox: Outbox, messageId: string): Promise<void> {
  const message = await world.storage.commit((db) =>
    store.setMessageState(db, { messageId, from: statesBefore('resend', 'queued'), state: 'queued' }),
  );
  if (message === null) {
    throw new CallFailure({ kind: 'refused', reason: 'Only a message that failed can be sent again.' });
  }
  world.announce({ type: 'message-changed', message });
  outbox.push(message.address);
}
