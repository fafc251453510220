// How far a message has come, in words.
import type { MessageState } from '../../app/domain/message.ts';
import type { TextKey } from '../text/text.svelte.ts';

export const messageStateWords: Readonly<Record<MessageState, TextKey>> = {
  queued: 'thread.queued',
  sending: 'thread.sending',
  accepted: 'thread.accepted',
  delivered: 'thread.delivered',
  displayed: 'thread.displayed',
  failed: 'thread.failed',
  received: 'thread.received',
  read: 'thread.read',
};
