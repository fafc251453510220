// Trigger: one text to several people. Result: a message in each one's conversation, durable before anything else; sent as one request where
// the account's server offers that, singly else. All share one Message-ID (RFC 5438 §6.3), by which a peer who gets it both ways can tell.
// RFC: 5365 §4, §5.
import { newMessageIdentity } from '../simple/page-mode/page-message.ts';
import { sendPageMessage } from '../simple/page-mode/send-page-message.ts';
import { writeCpimText, writeText } from '../simple/page-mode/write-content.ts';
import type { WrittenContent } from '../simple/page-mode/write-content.ts';
import { printRecipientList, RESOURCE_LISTS_CONTENT_TYPE } from '../simple/document/recipient-list.ts';
import { printMultipart } from '../sip/index.ts';
import type { Endpoint } from '../sip/index.ts';
import type { Address } from '../../app/domain/address.ts';
import type { Message } from '../../app/domain/message.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { ask, domainUri } from './ask-abilities.ts';
import { changeMessage } from './change-message.ts';
import { abilitiesOf, learnAbilities } from './peer-abilities.ts';
import type { SendingParts } from './send-message.ts';
import { newMessage, textToSend } from './send-message.ts';
import { FATE_UNKNOWN, mayHaveArrived } from './unknown-fate.ts';

/** RFC 5365 §4. */
const LIST_OPTION = 'recipient-list-message';
/** Below this a list saves nothing. */
const FEWEST = 2;

export async function sendToMany(
  world: AccountWorld,
  parts: SendingParts,
  addresses: readonly Address[],
  text: string,
): Promise<Message[]> {
  const cleaned = textToSend(text);
  const { callId: imdnId } = newMessageIdentity(world.doors.random);
  const messages = [...new Set(addresses)].map((address) => newMessage(world, address, cleaned, imdnId));
  const added = await world.storage.commit((db) => messages.map((message) => store.addOutgoingMessage(db, message)));
  for (const { message, conversation } of added) {
    world.announce({ type: 'message-added', message });
    world.announce({ type: 'conversation-changed', conversation });
  }
  const sent = added.map(({ message }) => message);
  const targets = sent.map(({ address }) => address);
  const asOne = sent.length < FEWEST ? undefined : parts.outbox.whileHolding(targets, (endpoint) => sendAsOne(world, endpoint, sent));
  if (asOne !== undefined) inBackground(world, 'one text to many', asOne);
  for (const address of targets) parts.outbox.push(address);
  return sent;
}

/** Whatever this does not bring to an end the outbox sends singly. */
async function sendAsOne(world: AccountWorld, endpoint: Endpoint, messages: readonly Message[]): Promise<void> {
  if (!areFirst(world, messages) || !(await isOffered(world, endpoint))) return;
  const [first] = messages;
  if (first === undefined) return;
  const ids = messages.map(({ messageId }) => messageId);
  const isCpim = messages.every(({ address }) => abilitiesOf(world, address).cpim === true);
  for (const messageId of ids) await changeMessage(world, messageId, 'send', { isCpim });
  const { contentType, body } = writeList(world, isCpim ? writeWrapped(world, first) : writeText(first.text), messages);
  const outcome = await sendPageMessage(endpoint, {
    from: world.uri,
    to: domainUri(world),
    identity: newMessageIdentity(world.doors.random),
    sentAtMs: first.sentAtMs,
    contentType,
    body,
    headers: [{ name: 'Require', value: LIST_OPTION }],
  }).outcome;
  const lines = outcome.kind === 'cancelled' ? [] : (outcome.said?.lines ?? []);
  if (outcome.kind === 'failed' && outcome.failure.kind === 'status') await learnAbilities(world, listServer(world), { lists: false });
  for (const messageId of ids) {
    if (outcome.kind === 'accepted') await changeMessage(world, messageId, 'accept', { lines });
    else if (!isCpim && mayHaveArrived(outcome)) await changeMessage(world, messageId, 'refuse', { lines, failure: FATE_UNKNOWN });
    else await changeMessage(world, messageId, 'postpone', { lines });
  }
}

function writeWrapped(world: AccountWorld, { messageId, text, sentAtMs }: Message): WrittenContent {
  const identity = world.storage.read((db) => store.getMessageIdentity(db, { messageId }));
  const from = { displayName: world.displayName, uri: world.address };
  const to = { displayName: '', uri: listServer(world) };
  return writeCpimText(text, { from, to, sentAtMs, imdnId: identity?.imdnId ?? '' });
}

/** RFC 3428 §8: nothing overtakes what was written to the same person before. */
function areFirst(world: AccountWorld, messages: readonly Message[]): boolean {
  const { accountId, storage } = world;
  return messages.every(({ messageId, address }) => {
    const [first] = storage.read((db) => store.listOutbox(db, { accountId, address, limit: 1 }));
    return first?.message.messageId === messageId;
  });
}

/** What is known of the list service is kept under the domain's own address. */
function listServer(world: AccountWorld): string {
  return `sip:${world.uri.host}`;
}

async function isOffered(world: AccountWorld, endpoint: Endpoint): Promise<boolean> {
  const server = listServer(world);
  const known = abilitiesOf(world, server).lists;
  if (known !== undefined) return known;
  const tags = await ask(world, endpoint, server, domainUri(world));
  const lists = tags?.includes(LIST_OPTION) ?? false;
  await learnAbilities(world, server, { lists });
  return lists;
}

/** RFC 5365 §7: the text, and the list of those it is for, who do not see each other. */
function writeList(world: AccountWorld, content: WrittenContent, messages: readonly Message[]): WrittenContent {
  const list = new TextEncoder().encode(printRecipientList(messages.map(({ address }) => address)));
  return printMultipart(
    'mixed',
    [
      { headers: [{ name: 'Content-Type', value: content.contentType }], body: content.body },
      {
        headers: [
          { name: 'Content-Type', value: RESOURCE_LISTS_CONTENT_TYPE },
          { name: 'Content-Disposition', value: 'recipient-list' },
        ],
        body: list,
      },
    ],
    world.doors.random.token(128),
  );
}
