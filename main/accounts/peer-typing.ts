// Who is typing to us now (RFC 3994 §3.3): kept in memory, shown with the conversation, gone by itself when it is not refreshed.
import type { Change } from '../../app/domain/change.ts';
import type { Conversation } from '../../app/domain/conversation.ts';
import type { Clock, Timer } from '../sip/index.ts';
import * as store from '../store/index.ts';
import type { Announce } from './broadcast.ts';
import type { Storage } from './storage.ts';

/** RFC 3994 §3.3: what holds where the notice says nothing. */
const DEFAULT_REFRESH_SECONDS = 120;
/** A notice must not hold for hours. */
const LONGEST_REFRESH_SECONDS = 600;

export interface PeerTyping {
  heard(conversationId: string, isActive: boolean, refreshSeconds: number | undefined): void;
  /** A message arrived: whoever calls tells the conversation anyway. */
  forget(conversationId: string): void;
  /** The conversation as it is now. */
  mark(conversation: Conversation): Conversation;
  /** The same for what a change carries. */
  markChange(change: Change): Change;
  stop(): void;
}

export function createPeerTyping(clock: Clock, storage: Storage, announce: Announce): PeerTyping {
  const typing = new Map<string, Timer>();

  function tell(conversationId: string): void {
    const conversation = storage.read((db) => store.getConversation(db, { conversationId }));
    if (conversation !== null) announce({ type: 'conversation-changed', conversation: mark(conversation) });
  }

  function ended(conversationId: string): void {
    typing.get(conversationId)?.cancel();
    if (typing.delete(conversationId)) tell(conversationId);
  }

  function mark(conversation: Conversation): Conversation {
    return typing.has(conversation.conversationId) ? { ...conversation, isTyping: true } : conversation;
  }

  return {
    heard(conversationId, isActive, refreshSeconds = DEFAULT_REFRESH_SECONDS) {
      if (!isActive) return ended(conversationId);
      const before = typing.get(conversationId);
      before?.cancel();
      const holdsMs = Math.min(refreshSeconds, LONGEST_REFRESH_SECONDS) * 1_000;
      typing.set(
        conversationId,
        clock.startTimer(holdsMs, () => ended(conversationId)),
      );
      if (before === undefined) tell(conversationId);
    },
    forget(conversationId) {
      typing.get(conversationId)?.cancel();
      typing.delete(conversationId);
    },
    mark,
    markChange: (change) => (change.type === 'conversation-changed' ? { ...change, conversation: mark(change.conversation) } : change),
    stop() {
      for (const timer of typing.values()) timer.cancel();
      typing.clear();
    },
  };
}
