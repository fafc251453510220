// The message that another one quotes: the nearest before it whose own words begin with the quoted ones, however far back.
import type { Message } from '../../app/domain/message.ts';
import type { AppClient } from '../app-client.ts';
import { beginsWith, quotedWords } from './quote.ts';

/** So many characters of the quote find it, with hardly any others; the rest is compared here. */
const QUERY_LENGTH = 160;
/** The most one call gives (contract.ts). */
const PAGE = 500;
/** Words as short as `ok` are in many texts that are not meant. */
const MOST_PAGES = 40;

/** The search for a text that begins with the quote; a search field's own marks are taken out of it. */
function queryOf(quote: string): string {
  const plain = quotedWords(quote).replace(/["*\s]+/gu, ' ');
  const start = [...plain.trim()].slice(0, QUERY_LENGTH).join('');
  // Words are looked for together, and the last may go on; pictures alone are no words.
  return /[\p{L}\p{N}]/u.test(start) ? `"${start}"*` : start;
}

/** undefined: it is not there, or could not be looked for. Not the messages that are loaded: those are looked at first. */
export async function findQuoted(client: AppClient, quoting: Message, quote: string): Promise<string | undefined> {
  const { conversationId } = quoting;
  const query = queryOf(quote);
  let before = quoting.messageId;
  for (let page = 0; query !== '' && page < MOST_PAGES; page += 1) {
    const reply = await client.call('searchMessages', { query, conversationId, before, limit: PAGE });
    if (reply.kind === 'failure') return undefined;
    const { messages } = reply.output;
    const found = messages.find(({ text }) => beginsWith(text, quote));
    const last = messages.at(-1);
    if (found !== undefined || messages.length < PAGE || last === undefined) return found?.messageId;
    before = last.messageId;
  }
  return undefined;
}
