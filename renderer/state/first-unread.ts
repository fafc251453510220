// The first unread message of a conversation with more of them than one page holds.
import type { Message } from '../../app/domain/message.ts';
import type { AppClient } from '../app-client.ts';

/** The most one call gives (contract.ts). */
const PAGE = 500;
/** Beyond these 20 000 messages nobody reads on from the first. */
const MOST_PAGES = 40;

const isUnread = ({ state }: Message): boolean => state === 'received';

/** `end`: the end of the conversation, `unreadCount` of which and of those before it are unread. The id, or undefined: none. */
export async function findFirstUnread(client: AppClient, end: readonly Message[], unreadCount: number): Promise<string | undefined> {
  let page = end;
  let first = end.find(isUnread);
  let left = unreadCount - end.filter(isUnread).length;
  // WHY not on through a page without any: the count may be older than the page.
  for (let count = 0; count < MOST_PAGES && left > 0 && page[0] !== undefined && page.some(isUnread); count += 1) {
    const { conversationId, messageId } = page[0];
    const reply = await client.call('listMessages', { conversationId, before: messageId, limit: PAGE });
    if (reply.kind === 'failure') break;
    page = reply.output.messages;
    first = page.find(isUnread) ?? first;
    left -= page.filter(isUnread).length;
  }
  return first?.messageId;
}
