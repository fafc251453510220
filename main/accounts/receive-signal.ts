// Trigger: a MESSAGE with a typing notice or a report. Result: the conversation shows that they type; our message is delivered, displayed or failed.
// RFC: 3994 §3.3, 5438 §7.1.3.
import type { IncomingSignal } from '../simple/page-mode/page-message.ts';
import { parseImdn } from '../simple/document/imdn.ts';
import type { Imdn } from '../simple/document/imdn.ts';
import { parseIsComposing } from '../simple/document/is-composing.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { addressOf } from './address-text.ts';
import { isBlocked } from './block-address.ts';
import { changeMessage } from './change-message.ts';
import type { MessageEvent } from './message-states.ts';
import { learnAbilities } from './peer-abilities.ts';
import { NOT_DELIVERED } from './content-words.ts';

/** Rejects only when the store fails. What makes no sense is passed over. */
export async function receiveSignal(world: AccountWorld, signal: IncomingSignal): Promise<void> {
  const sender = addressOf(signal.from.uri);
  if (sender === undefined || isBlocked(world, sender)) return;
  if (signal.kind === 'imdn') return receiveReport(world, sender, signal);
  const parsed = parseIsComposing(signal.document);
  if (parsed.kind === 'failure') return;
  const conversation = world.storage.read((db) => store.findConversation(db, { accountId: world.accountId, address: sender }));
  // Strangers do not get to show anything before they are accepted.
  if (conversation === null || conversation.isUnknown === true) return;
  const { state, refreshSeconds } = parsed.document;
  world.typing.heard(conversation.conversationId, state === 'active', refreshSeconds);
  // Who sends notices takes them.
  await learnAbilities(world, sender, { typing: true });
}

/**
 * What a report makes of a message (RFC 5438 §5); undefined: nothing that people see.
 * WHY only `failed` is a failure: `forbidden` keeps the report from us, and `error` is that nobody knows; the message may well be there.
 */
function eventOf({ kind, status }: Imdn): MessageEvent | undefined {
  if (kind === 'delivery' && status === 'delivered') return 'deliver';
  if (kind === 'delivery' && status === 'failed') return 'refuse';
  return kind === 'display' && status === 'displayed' ? 'display' : undefined;
}

async function receiveReport(world: AccountWorld, sender: string, { document, receivedAtMs }: IncomingSignal): Promise<void> {
  const parsed = parseImdn(document);
  if (parsed.kind === 'failure') return;
  const report = parsed.document;
  // SECURITY: only the one it went to can say what became of it.
  const message = world.storage.read((db) =>
    store.findMessageByImdnId(db, { accountId: world.accountId, imdnId: report.messageId, direction: 'out', address: sender }),
  );
  const event = eventOf(report);
  if (message === null) return;
  await learnAbilities(world, sender, { reports: true });
  const line = `Report of ${sender}: ${report.kind} ${report.status}, ${new Date(receivedAtMs).toISOString()}`;
  if (event === undefined) {
    const { messageId } = message;
    await world.storage.commit((db) => store.addMessageDetail(db, { messageId, exchange: [{ atMs: receivedAtMs, line }] }));
    return;
  }
  await changeMessage(world, message.messageId, event, {
    lines: [line],
    ...(event === 'refuse' && { failure: { code: 0, reason: NOT_DELIVERED, by: 'peer' } }),
  });
}
