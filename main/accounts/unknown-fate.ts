// Messages of which nobody knows whether they arrived, and which nobody could tell to be the same when they came again (RFC 5365 §7.3:
// a list server makes requests of its own).
import type { PageMessageOutcome } from '../simple/page-mode/page-message.ts';
import type { Message, MessageFailure } from '../../app/domain/message.ts';
import type { OutboxMessage } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { changeMessage } from './change-message.ts';

/** The CSeq of what has not gone out by itself; the outbox counts it on with each try. */
export const NOT_SENT_YET = 0;

/** It goes to nobody twice by itself: the person decides. */
export const FATE_UNKNOWN: MessageFailure = {
  code: 0,
  reason: 'This was sent to several people at once, and no answer came. It may have arrived. Send it again only if it has not.',
  by: 'here',
};

/**
 * For a message that was under way and came to no end: the program, or the disk, failed. It waits again, as the same message, where a peer who
 * has it can tell; else it has failed.
 */
export function endUnknownFate(world: AccountWorld, one: OutboxMessage): Promise<Message | undefined> {
  const { messageId } = one.message;
  if (!wentAsPlainList(world, one)) return changeMessage(world, messageId, 'restart');
  return changeMessage(world, messageId, 'refuse', { failure: FATE_UNKNOWN });
}

/** Was it sent as a plain text to several people? What goes out singly has counted its CSeq on. */
function wentAsPlainList({ storage }: AccountWorld, { message, identity }: OutboxMessage): boolean {
  return identity.cseq === NOT_SENT_YET && storage.read((db) => store.getMessageDetail(db, message)).isCpim !== true;
}

/** A server on the way got no answer in time either (RFC 3261 §21.4.9, §21.5.5). */
const NO_ANSWER_BEYOND: ReadonlySet<number> = new Set([408, 504]);

/** Might it be there although nobody said so? Also when the connection ended on the way: it may have been read before. */
export function mayHaveArrived(outcome: PageMessageOutcome): boolean {
  if (outcome.kind !== 'failed') return outcome.kind === 'cancelled';
  const { failure } = outcome;
  if (failure.kind === 'status') return NO_ANSWER_BEYOND.has(failure.status);
  return failure.kind === 'timeout' || (failure.kind === 'transport' && failure.cause === 'closed');
}
