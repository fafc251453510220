// The thread on the screen: the messages of the open conversation, older ones as one scrolls up, and what is unread.
import type { Message } from '../../app/domain/message.ts';
import type { AppClient, Reply } from '../app-client.ts';
import { quotedIndex } from './quote.ts';
import { threadRows, without } from './thread-rows.ts';

const PAGE = 50;
/** The most one call gives (contract.ts); used to reach a message far back. */
const LARGE_PAGE = 500;
/** How far back a jump goes before it gives up: 100 000 messages. */
const JUMP_PAGES = 200;

export class ThreadState {
  conversationId = $state<string | null>(null);
  messages = $state.raw<readonly Message[]>([]);
  phase = $state<'empty' | 'loading' | 'ready' | 'failed'>('empty');
  failureReason = $state('');
  hasOlder = $state(false);
  isLoadingOlder = $state(false);
  /** The first message that was unread when the thread was opened. */
  unreadFromId = $state<string | null>(null);
  /** A message to show and to point out, e.g. found by search. */
  focusedMessageId = $state<string | null>(null);
  /** Counted up with each pointing, so that pointing twice at the same message works. */
  pointed = $state(0);
  readonly rows = $derived(threadRows(this.messages, this.unreadFromId, !this.hasOlder));
  readonly #client: AppClient;

  constructor(client: AppClient) {
    this.#client = client;
  }

  /** Loads the end of a conversation, with all that is unread up to one large page. */
  async open(conversationId: string, unreadCount: number): Promise<void> {
    this.conversationId = conversationId;
    this.messages = [];
    this.unreadFromId = null;
    this.focusedMessageId = null;
    this.hasOlder = false;
    this.isLoadingOlder = false;
    this.phase = 'loading';
    const limit = Math.min(LARGE_PAGE, Math.max(PAGE, unreadCount + PAGE / 2));
    const reply = await this.#client.call('listMessages', { conversationId, limit });
    if (this.conversationId !== conversationId) return;
    if (reply.kind === 'failure') {
      this.phase = 'failed';
      this.failureReason = reply.failure.reason;
      return;
    }
    // WHY: a message announced while the page was on its way is already in `messages`.
    this.messages = [...reply.output.messages, ...without(this.messages, reply.output.messages)];
    this.hasOlder = reply.output.messages.length >= limit;
    this.unreadFromId = this.messages.find((message) => message.state === 'received')?.messageId ?? null;
    this.phase = 'ready';
  }

  close(): void {
    this.conversationId = null;
    this.messages = [];
    this.phase = 'empty';
  }

  /** Puts the page before the first message in front. Returns whether anything came. */
  async loadOlder(limit = PAGE): Promise<boolean> {
    const first = this.messages[0];
    const conversationId = this.conversationId;
    if (first === undefined || conversationId === null || !this.hasOlder || this.isLoadingOlder) return false;
    this.isLoadingOlder = true;
    const reply = await this.#client.call('listMessages', { conversationId, before: first.messageId, limit });
    if (this.conversationId !== conversationId) return false;
    this.isLoadingOlder = false;
    if (reply.kind === 'failure') return false;
    const older = without(reply.output.messages, this.messages);
    this.hasOlder = reply.output.messages.length >= limit && older.length > 0;
    this.messages = [...older, ...this.messages];
    return older.length > 0;
  }

  /** Loads back to a message and points it out. */
  async show(messageId: string): Promise<void> {
    await this.#loadBackTo(() => this.messages.findIndex((message) => message.messageId === messageId));
  }

  /** Loads back to the first message of a day and points it out; where there is none, the next one after. Returns whether there is any. */
  showFrom(atMs: number): Promise<boolean> {
    return this.#loadBackTo(() => {
      const at = this.messages.findIndex((message) => message.sentAtMs >= atMs);
      return at === 0 && this.hasOlder ? -1 : at;
    });
  }

  showUnread(): void {
    if (this.unreadFromId !== null) this.#point(this.unreadFromId);
  }

  /** Loads back to the message that `messageId` quotes and points it out. Returns whether it was found. */
  showQuoted(messageId: string, quote: string): Promise<boolean> {
    return this.#loadBackTo(() => {
      const at = this.messages.findIndex((message) => message.messageId === messageId);
      return quotedIndex(
        this.messages.map((message) => message.text),
        at,
        quote,
      );
    });
  }

  /** A new or changed message; of other conversations nothing is kept here. */
  applyMessage(message: Message): void {
    if (message.conversationId !== this.conversationId) return;
    const at = this.messages.findLastIndex((other) => other.messageId === message.messageId);
    if (at !== -1) {
      this.messages = this.messages.with(at, message);
      return;
    }
    if (message.direction === 'out') this.unreadFromId = null;
    const after = this.messages.findLastIndex((other) => other.storedAtMs <= message.storedAtMs);
    // WHY: older than everything loaded means it belongs to a page that is not here yet.
    if (after === -1 && this.messages.length > 0 && this.hasOlder) return;
    this.messages = this.messages.toSpliced(after + 1, 0, message);
  }

  applyRemoved(messageId: string): void {
    this.messages = this.messages.filter((message) => message.messageId !== messageId);
  }

  /** Here only. Gone when the core says so. */
  remove(messageId: string): Promise<Reply<'deleteMessage'>> {
    return this.#client.call('deleteMessage', { messageId });
  }

  /** `mayGoPrivate`: also from the person's own network. */
  fetchContent(messageId: string, mayGoPrivate: boolean): Promise<Reply<'fetchContent'>> {
    return this.#client.call('fetchContent', { messageId, mayGoPrivate });
  }

  resend(messageId: string): Promise<Reply<'resendMessage'>> {
    return this.#client.call('resendMessage', { messageId });
  }

  async markRead(): Promise<void> {
    if (this.conversationId !== null) await this.#client.call('markRead', { conversationId: this.conversationId });
  }

  #point(messageId: string): void {
    this.focusedMessageId = messageId;
    this.pointed += 1;
  }

  /** Loads pages until `find` gives an index, and points that message out. */
  async #loadBackTo(find: () => number): Promise<boolean> {
    const conversationId = this.conversationId;
    for (let page = 0; page < JUMP_PAGES && this.conversationId === conversationId; page += 1) {
      const found = this.messages[find()];
      if (found !== undefined) {
        this.#point(found.messageId);
        return true;
      }
      if (!(await this.loadOlder(LARGE_PAGE))) return false;
    }
    return false;
  }
}
