// A text that we stored, whose acknowledgement a crash may have swallowed: the server kept it then, and hands it out again as another request.
import type { Message } from '../../app/domain/message.ts';
import type { IncomingPageMessage } from '../simple/page-mode/page-message.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';

/** How long a server tries to deliver before it keeps a text: timer B (RFC 3261 §17.1.1.2), and a little. */
const TRIED_FOR_MS = 45_000;
/** A server's Date counts whole seconds. */
const DATE_STEP_MS = 2_000;
/** The last messages before the program ended. */
const LOOK_BACK = 10;

/**
 * INTEROP(Kamailio msilo): nothing of the first request survives but sender and text. So: the same text of the same sender, which came
 * directly in an earlier run of the program, shortly before the server kept this one. `taken`: those that explained another one already.
 * WHY only then: the same words twice are two messages, except where we know of a reason to get one twice.
 */
export function isToldAgain(
  world: AccountWorld,
  openedAtMs: number,
  incoming: Pick<IncomingPageMessage, 'imdn' | 'isMadeByServer' | 'wasStored' | 'sentAtMs'> & {
    readonly sender: string;
    readonly cleanText: string;
  },
  taken: Set<string>,
): boolean {
  const { sender, cleanText, sentAtMs } = incoming;
  if (incoming.imdn !== undefined || sentAtMs === undefined || !(incoming.wasStored || incoming.isMadeByServer)) return false;
  const { accountId, storage } = world;
  const isTheFirst = (message: Message): boolean => {
    const triedForMs = sentAtMs - message.storedAtMs;
    return (
      message.direction === 'in' &&
      message.wasStored !== true &&
      message.text === cleanText &&
      message.storedAtMs < openedAtMs &&
      triedForMs >= -DATE_STEP_MS &&
      triedForMs <= TRIED_FOR_MS &&
      !taken.has(message.messageId)
    );
  };
  const first = storage.read((db) => {
    const conversation = store.findConversation(db, { accountId, address: sender });
    return conversation === null ? undefined : store.listMessages(db, { ...conversation, limit: LOOK_BACK }).find(isTheFirst);
  });
  if (first !== undefined) taken.add(first.messageId);
  return first !== undefined;
}
