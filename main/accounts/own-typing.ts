// Telling peers that we type (RFC 3994 §3.2): active at the first key, again while it lasts, idle when it rests; never to strangers we have not written to.
import type { Timer } from '../sip/index.ts';
import { writeTyping } from '../simple/page-mode/write-content.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import type { ContactBook } from './contact-book.ts';
import type { Outbox } from './outbox.ts';
import { abilitiesOf, isRefusedForGood, learnAbilities } from './peer-abilities.ts';
import { mayTell } from './reporting-choice.ts';

/** How long one notice holds. RFC 3994 §3.2 wants at least 60. */
const REFRESH_SECONDS = 90;
/** Sent again this long before the last one ends, while typing goes on. */
const REFRESH_MARGIN_SECONDS = 15;
/** RFC 3994 §3.2: without a key for this long nobody types. */
const IDLE_AFTER_MS = 15_000;
/** How far back a conversation is looked at for something we wrote. */
const LOOK_BACK = 50;

export interface OwnTyping {
  note(conversation: { readonly conversationId: string; readonly address: string; readonly isUnknown?: boolean }, isTyping: boolean): void;
  /** A message to them goes out: that says enough. */
  sent(address: string): void;
  stop(): void;
}

interface Typing {
  sentAtMs: number;
  lastKeyMs: number;
  idle: Timer;
}

export function createOwnTyping(world: AccountWorld, book: ContactBook, outbox: Outbox): OwnTyping {
  const { clock } = world.doors;
  const typing = new Map<string, Typing>();

  function send(address: string, isActive: boolean, lastKeyMs: number): void {
    const content = writeTyping(isActive, REFRESH_SECONDS, lastKeyMs);
    // The end of it is still worth telling when something else went first.
    const outcome = outbox.sendSignal(address, { content, isOnlyNow: isActive, expiresSeconds: REFRESH_SECONDS });
    inBackground(
      world,
      'a typing notice',
      outcome.then(async (ended) => {
        if (ended.kind !== 'failed' || ended.failure.kind !== 'status' || !isRefusedForGood(ended.failure.status)) return;
        await learnAbilities(world, address, { typing: false });
      }),
    );
  }

  function end(address: string, isTold: boolean): void {
    const before = typing.get(address);
    if (before === undefined) return;
    typing.delete(address);
    before.idle.cancel();
    if (isTold && abilitiesOf(world, address).typing !== false) send(address, false, before.lastKeyMs);
  }

  function may({ address, conversationId, isUnknown }: Parameters<OwnTyping['note']>[0]): boolean {
    if (isUnknown === true || outbox.isAway(address) || !mayTell(world, address, 'typing')) return false;
    const contact = book.find(address);
    if (contact?.presence.availability === 'offline') return false;
    if (abilitiesOf(world, address).typing === false) return false;
    if (contact !== undefined) return true;
    return world.storage.read((db) => store.listDirections(db, { conversationId, limit: LOOK_BACK })).includes('out');
  }

  return {
    note(conversation, isTyping) {
      const { address } = conversation;
      if (!isTyping) return end(address, true);
      const nowMs = clock.nowMs();
      const before = typing.get(address);
      if (before === undefined && !may(conversation)) return;
      before?.idle.cancel();
      const isDue = before === undefined || nowMs - before.sentAtMs >= (REFRESH_SECONDS - REFRESH_MARGIN_SECONDS) * 1_000;
      typing.set(address, {
        sentAtMs: isDue ? nowMs : before.sentAtMs,
        lastKeyMs: nowMs,
        idle: clock.startTimer(IDLE_AFTER_MS, () => end(address, true)),
      });
      if (isDue) send(address, true, nowMs);
    },
    sent: (address) => end(address, false),
    stop() {
      for (const address of [...typing.keys()]) end(address, false);
    },
  };
}
