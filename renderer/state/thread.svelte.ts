// The thread on the screen: a stretch of the open conversation, older and newer ones as one scrolls, jumps, and what is unread.
import type { Message } from '../../app/domain/message.ts';
import type { AppClient, Reply } from '../app-client.ts';
import { findQuoted } from './find-quoted.ts';
import { findFirstUnread } from './first-unread.ts';
import { quotedIndex } from './quote.ts';
import { createThreadRows, without } from './thread-rows.ts';

const PAGE = 50;
/** What comes as one scrolls: enough that even a fast wheel does not outrun it, little enough to be read within a frame. */
const NEXT_PAGE = 200;
/** The most one call gives (contract.ts). */
const LARGE_PAGE = 500;

export class ThreadState {
  conversationId = $state<string | null>(null);
  messages = $state.raw<readonly Message[]>([]);
  phase = $state<'empty' | 'loading' | 'ready' | 'failed'>('empty');
  failureReason = $state('');
  hasOlder = $state(false);
  isLoadingOlder = $state(false);
  /** The end is not loaded: one has jumped far back. */
  hasNewer = $state(false);
  isLoadingNewer = $state(false);
  /** Counted up when another stretch takes the place of the one shown. */
  stretch = $state(0);
  /** The stretch was asked for to be at its end, unread ones or not. */
  isForEnd = false;
  /** How many came in since the reader was last at the end. */
  arrivedCount = $state(0);
  /** The first message that was unread when the thread was opened. */
  unreadFromId = $state<string | null>(null);
  /** A message to show and to point out, e.g. found by search. */
  focusedMessageId = $state<string | null>(null);
  /** Counted up with each pointing, so that pointing twice at the same message works. */
  pointed = $state(0);
  readonly #rowsOf = createThreadRows();
  readonly rows = $derived(this.#rowsOf(this.messages, this.unreadFromId, !this.hasOlder));
  readonly #client: AppClient;

  constructor(client: AppClient) {
    this.#client = client;
  }

  /** Loads the end of a conversation, with all that is unread up to one large page; where more is unread, what is around the first. */
  async open(conversationId: string, unreadCount: number): Promise<void> {
    this.conversationId = conversationId;
    this.unreadFromId = null;
    this.focusedMessageId = null;
    this.#replace([], false, false);
    this.arrivedCount = 0;
    this.isForEnd = false;
    this.phase = 'loading';
    const limit = Math.min(LARGE_PAGE, Math.max(PAGE, unreadCount + PAGE / 2));
    const reply = await this.#client.call('listMessages', { conversationId, limit });
    if (this.conversationId !== conversationId) return;
    if (reply.kind === 'failure') {
      this.phase = 'failed';
      this.failureReason = reply.failure.reason;
      return;
    }
    const firstUnreadId = await findFirstUnread(this.#client, reply.output.messages, unreadCount);
    if (this.conversationId !== conversationId) return;
    const isLoaded = reply.output.messages.some(({ messageId }) => messageId === firstUnreadId);
    if (firstUnreadId !== undefined && !isLoaded && (await this.#openAround(conversationId, firstUnreadId))) return;
    if (this.conversationId !== conversationId) return;
    // WHY: a message announced while the page was on its way is already in `messages`.
    this.messages = [...reply.output.messages, ...without(this.messages, reply.output.messages)];
    this.hasOlder = reply.output.messages.length >= limit;
    this.unreadFromId = this.messages.find((message) => message.state === 'received')?.messageId ?? null;
    this.phase = 'ready';
  }

  /** Returns whether that is shown now, or another conversation is. */
  async #openAround(conversationId: string, around: string): Promise<boolean> {
    const reply = await this.#client.call('listMessages', { conversationId, around, limit: PAGE * 2 });
    if (this.conversationId !== conversationId) return true;
    if (reply.kind === 'failure') return false;
    const { messages } = reply.output;
    const at = messages.findIndex(({ messageId }) => messageId === around);
    this.messages = messages;
    this.hasOlder = at >= PAGE;
    this.hasNewer = messages.length - at >= PAGE;
    this.unreadFromId = around;
    this.phase = 'ready';
    return true;
  }

  close(): void {
    this.conversationId = null;
    this.#replace([], false, false);
    this.phase = 'empty';
  }

  /** Puts the page before the first message in front, as soon as `moment` comes after it is here. Returns whether anything came. */
  async loadOlder(limit = NEXT_PAGE, moment?: () => Promise<void>): Promise<boolean> {
    const [first, { conversationId, stretch }] = [this.messages[0], this];
    if (first === undefined || conversationId === null || !this.hasOlder || this.isLoadingOlder) return false;
    this.isLoadingOlder = true;
    const reply = await this.#client.call('listMessages', { conversationId, before: first.messageId, limit });
    await moment?.();
    if (this.stretch !== stretch) return false;
    this.isLoadingOlder = false;
    if (reply.kind === 'failure') return false;
    // Only those beside the gap can have come in the meantime.
    const older = without(reply.output.messages, this.messages.slice(0, LARGE_PAGE));
    this.hasOlder = reply.output.messages.length >= limit && older.length > 0;
    this.messages = [...older, ...this.messages];
    return older.length > 0;
  }

  /** Puts the page after the last message behind, where one has jumped back. */
  async loadNewer(): Promise<void> {
    const [last, { conversationId, stretch }] = [this.messages.at(-1), this];
    if (last === undefined || conversationId === null || !this.hasNewer || this.isLoadingNewer) return;
    this.isLoadingNewer = true;
    const reply = await this.#client.call('listMessages', { conversationId, after: last.messageId, limit: NEXT_PAGE });
    if (this.stretch !== stretch) return;
    this.isLoadingNewer = false;
    if (reply.kind === 'failure') return;
    this.messages = [...this.messages, ...without(reply.output.messages, this.messages.slice(-LARGE_PAGE))];
    this.hasNewer = reply.output.messages.length >= NEXT_PAGE;
  }

  /** Goes back to the end after a jump. Nothing where the end is loaded. */
  async showEnd(): Promise<void> {
    const [{ conversationId, stretch }, limit] = [this, PAGE];
    if (conversationId === null || !this.hasNewer) return;
    const reply = await this.#client.call('listMessages', { conversationId, limit });
    if (this.stretch !== stretch || reply.kind === 'failure') return;
    this.focusedMessageId = null;
    this.isForEnd = true;
    this.#replace(reply.output.messages, reply.output.messages.length >= limit, false);
  }

  /** Points a message out, and loads what is around it where it is not there. */
  async show(messageId: string): Promise<void> {
    if (this.messages.some((message) => message.messageId === messageId)) return this.#point(messageId);
    await this.#jump(messageId, (message) => message.messageId === messageId);
  }

  /** Points out the first message of a day, or where there is none, the next one after. Returns whether there is any. */
  showFrom(atMs: number): Promise<boolean> {
    return this.#jump(atMs, (message) => message.storedAtMs >= atMs);
  }

  async showUnread(): Promise<void> {
    if (this.unreadFromId !== null) await this.show(this.unreadFromId);
  }

  /** Points out the message that `messageId` quotes, however far back. Returns whether it was found. */
  async showQuoted(messageId: string, quote: string): Promise<boolean> {
    const { messages, stretch } = this;
    const at = messages.findIndex((message) => message.messageId === messageId);
    const quoting = messages[at];
    if (quoting === undefined) return false;
    const texts = messages.map(({ text }) => text);
    const found = messages[quotedIndex(texts, at, quote)]?.messageId ?? (await findQuoted(this.#client, quoting, quote));
    // Whoever has gone elsewhere meanwhile is not taken back.
    if (found === undefined || this.stretch !== stretch) return found !== undefined;
    await this.show(found);
    return true;
  }

  /** A new message. One's own leads back to the end. */
  applyAdded(message: Message): void {
    if (message.conversationId !== this.conversationId) return;
    if (message.direction === 'in') this.arrivedCount += 1;
    else this.unreadFromId = null;
    this.applyMessage(message);
    if (message.direction === 'out') void this.showEnd();
  }

  /** A new or changed message; of other conversations nothing is kept here. */
  applyMessage(message: Message): void {
    if (message.conversationId !== this.conversationId) return;
    const at = this.messages.findLastIndex((other) => other.messageId === message.messageId);
    if (at !== -1) {
      this.messages = this.messages.with(at, message);
      return;
    }
    // WHY: newer than everything loaded, with a gap between, it belongs to a page that is not here yet.
    if (this.hasNewer && message.storedAtMs > (this.messages.at(-1)?.storedAtMs ?? 0)) return;
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

  #replace(messages: readonly Message[], hasOlder: boolean, hasNewer: boolean): void {
    this.messages = messages;
    this.hasOlder = hasOlder;
    this.hasNewer = hasNewer;
    this.isLoadingOlder = false;
    this.isLoadingNewer = false;
    this.stretch += 1;
  }

  /** Loads what is around a message or a time in place of what is shown, and points out the first that `isIt`. */
  async #jump(around: string | number, isIt: (message: Message) => boolean): Promise<boolean> {
    const { conversationId, stretch } = this;
    if (conversationId === null) return false;
    const reply = await this.#client.call('listMessages', { conversationId, around, limit: PAGE * 2 });
    if (this.stretch !== stretch || reply.kind === 'failure') return false;
    const { messages } = reply.output;
    const at = messages.findIndex(isIt);
    const found = messages[at];
    if (found === undefined) return false;
    this.#point(found.messageId);
    // WHY: what is loaded already stays, and the reader sees it move there.
    if (this.messages.some(({ messageId }) => messageId === found.messageId)) return true;
    this.#replace(messages, at >= PAGE, messages.length - at >= PAGE);
    return true;
  }
}
