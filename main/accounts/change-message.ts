// A message goes to another state: durable with its time and what was said, then announced. The only place where states change.
import type { Message, MessageFailure } from '../../app/domain/message.ts';
import type { MessageIdentity } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import type { MessageEvent } from './message-states.ts';
import { MESSAGE_STEPS } from './message-states.ts';

export interface MessageChange {
  readonly failure?: MessageFailure;
  /** How the try is known on the wire, durable before the first byte. */
  readonly identity?: MessageIdentity;
  /** The form it goes out in from now on. */
  readonly isCpim?: boolean;
  /** What went over the wire, for the details. */
  readonly lines?: readonly string[];
}

/** Resolves with the message as it is then; undefined when the event means nothing in its state. */
export async function changeMessage(
  world: AccountWorld,
  messageId: string,
  event: MessageEvent,
  { failure, identity, isCpim, lines = [] }: MessageChange = {},
): Promise<Message | undefined> {
  const { from, to: state } = MESSAGE_STEPS[event];
  const atMs = world.doors.clock.nowMs();
  const changed = await world.storage.commit((db) => {
    const message = store.setMessageState(db, {
      messageId,
      from,
      state,
      ...(failure === undefined ? {} : { failure }),
    });
    const exchange = lines.map((line) => ({ atMs, line }));
    if (message !== null) {
      if (identity !== undefined) store.setMessageIdentity(db, { messageId, identity });
      store.addMessageDetail(db, { messageId, states: [{ state, atMs }], exchange, ...(isCpim === undefined ? {} : { isCpim }) });
    } else if (exchange.length > 0 && store.getMessage(db, { messageId }) !== null) {
      store.addMessageDetail(db, { messageId, exchange });
    }
    return message === null ? undefined : { message, conversation: store.getConversation(db, message) };
  });
  if (changed === undefined) return undefined;
  world.announce({ type: 'message-changed', message: changed.message });
  if (changed.conversation?.lastMessage?.messageId === messageId) {
    world.announce({ type: 'conversation-changed', conversation: changed.conversation });
  }
  return changed.message;
}
