// Trigger: a MESSAGE with a text for this account.
// Result: durable, announced and shown once, then answered 200; blocked senders are refused and kept nowhere; when the disk fails the sender keeps it.
// RFC: 3428 §7.
import { createHash } from 'node:crypto';
import type { IncomingPageMessage, MessageVerdict } from '../simple/page-mode/page-message.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { addressOf } from './address-text.ts';
import { cleanName, cleanText } from './clean-text.ts';
import { storageReason } from './storage.ts';

/** How long a message is remembered for telling duplicates. Some programs use the same identities in every run, so not for ever. */
const DUPLICATE_WINDOW_MS = 24 * 3_600_000;
/** A sender's clock may be ahead by this much before we stop believing it. */
const FUTURE_LIMIT_MS = 5 * 60_000;

const ACCEPTED: MessageVerdict = { kind: 'accepted' };
/** RFC 3261 §21.6.2. */
const BLOCKED: MessageVerdict = { kind: 'refused', status: 603 };

export async function receiveMessage(world: AccountWorld, incoming: IncomingPageMessage): Promise<MessageVerdict> {
  const sender = addressOf(incoming.from.uri);
  if (sender === undefined) return { kind: 'refused', status: 403, reason: 'From names no SIP user' };
  // The line end that some programs put after every text is no part of it.
  const text = cleanText(incoming.text).trimEnd();
  try {
    if (isBlocked(world, sender)) return BLOCKED;
    if (text === '') return ACCEPTED;
    const added = await world.storage.commit((db) =>
      store.addIncomingMessage(db, {
        accountId: world.accountId,
        address: sender,
        displayName: cleanName(incoming.from.displayName),
        text,
        contentType: incoming.contentType,
        sentAtMs: believableTime(incoming),
        storedAtMs: world.doors.clock.nowMs(),
        identity: { callId: incoming.callId, cseq: incoming.cseqNumber, fromTag: incoming.fromTag, imdnId: null },
        dedupeKey: duplicateKey(sender, incoming),
        dedupeSinceMs: world.doors.clock.nowMs() - DUPLICATE_WINDOW_MS,
      }),
    );
    if (added.kind === 'duplicate') return ACCEPTED;
    world.announce({ type: 'message-added', message: added.message });
    world.announce({ type: 'conversation-changed', conversation: added.conversation });
    return ACCEPTED;
  } catch (error) {
    if (storageReason(error) === undefined) throw error;
    world.doors.log('error', `${world.address}: a message could not be stored: ${String(error)}`);
    return { kind: 'storage-failed' };
  }
}

function isBlocked(world: AccountWorld, address: string): boolean {
  const decision = world.storage.read((db) => store.getDecision(db, { accountId: world.accountId, address }));
  if (decision?.decision !== 'block') return false;
  return decision.untilMs === null || decision.untilMs > world.doors.clock.nowMs();
}

function believableTime(incoming: IncomingPageMessage): number {
  const { sentAtMs, receivedAtMs } = incoming;
  return sentAtMs === undefined || sentAtMs < 0 || sentAtMs > receivedAtMs + FUTURE_LIMIT_MS ? receivedAtMs : sentAtMs;
}

/**
 * The same text for the same message: sender, Call-ID, From tag, body, and either the sender's Date or the CSeq.
 * WHY the Date: a message sent again after a lost answer keeps its Date, but its CSeq moves when the server asks for the password.
 * INTEROP(libpurple): repeats Call-IDs and tags from run to run and sends no Date, so there the CSeq tells its messages apart.
 */
function duplicateKey(sender: string, incoming: IncomingPageMessage): string {
  const date = incoming.headers.find(({ name }) => name === 'Date')?.value;
  const occasion = date === undefined ? `cseq ${incoming.cseqNumber}` : `date ${date}`;
  const hash = createHash('sha256');
  for (const part of [sender, incoming.callId, incoming.fromTag, occasion]) hash.update(`${part.length}:${part}\n`);
  return hash.update(incoming.body).digest('base64url');
}
