// What is being typed, for each conversation. Typed text is never lost: it is kept as a draft, and comes back when sending fails.
import { SvelteMap } from 'svelte/reactivity';
import { MESSAGE_TEXT_LIMIT } from '../../app/bridge/contract.ts';
import type { Conversation } from '../../app/domain/conversation.ts';
import type { AppClient } from '../app-client.ts';
import type { Clock } from '../clock.ts';
import type { Message } from '../../app/domain/message.ts';
import { Delayed } from './delayed.ts';
import { quoteOf } from './quote.ts';

/** The most of typing that a crash takes: the draft is stored so long after the first letter that is not. */
const SAVE_AFTER_MS = 250;
/** The core is told of typing at most so often; it keeps the rest of the rules (RFC 3994). */
const TYPING_EVERY_MS = 3_000;

export class ComposerState {
  /** Why the last message of a conversation could not be taken; a sentence. */
  readonly failures = new SvelteMap<string, string>();
  /** The message that is answered, by conversation. */
  readonly quoted = new SvelteMap<string, Message>();
  readonly #typing = new Map<string, number>();
  readonly #texts = new SvelteMap<string, string>();
  readonly #client: AppClient;
  readonly #clock: Clock;
  readonly #unsaved: Delayed;

  constructor(client: AppClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.#unsaved = new Delayed(clock, SAVE_AFTER_MS);
  }

  /** The text in the composer of a conversation. */
  textOf(conversation: Conversation): string {
    return this.#texts.get(conversation.conversationId) ?? conversation.draft;
  }

  type(conversationId: string, text: string): void {
    this.#put(conversationId, text);
    this.#noteTyping(conversationId, text !== '');
  }

  quote(message: Message): void {
    this.quoted.set(message.conversationId, message);
  }

  unquote(conversationId: string): void {
    this.quoted.delete(conversationId);
  }

  /** How many characters too long the text is; 0 when it fits. */
  excess(text: string): number {
    return Math.max(0, text.length - MESSAGE_TEXT_LIMIT);
  }

  /** Stores a draft at once; also called when the conversation is left or the window closes. */
  async save(conversationId: string): Promise<void> {
    if (!this.#unsaved.cancel(conversationId)) return;
    await this.#client.call('saveDraft', { conversationId, text: fitting(this.#texts.get(conversationId) ?? '') });
  }

  async saveAll(): Promise<void> {
    await Promise.all(this.#unsaved.keys().map((conversationId) => this.save(conversationId)));
  }

  /** Hands the text over. Empties the composer at once, and puts the text back in front of what was typed since when it was not taken. */
  async send(conversation: Conversation): Promise<boolean> {
    const { conversationId, accountId, address } = conversation;
    const written = this.textOf(conversation);
    const quoted = this.quoted.get(conversationId);
    const text = quoted === undefined ? written : `${quoteOf(quoted.text)}\n\n${written}`;
    if (written.trim() === '' || this.excess(text) > 0) return false;
    this.failures.delete(conversationId);
    this.#texts.set(conversationId, '');
    this.quoted.delete(conversationId);
    this.#typing.delete(conversationId);
    const reply = await this.#client.call('sendMessage', { accountId, address, text });
    if (reply.kind === 'failure') {
      const since = this.#texts.get(conversationId) ?? '';
      this.#put(conversationId, since === '' ? written : `${written}\n${since}`);
      if (quoted !== undefined) this.quoted.set(conversationId, quoted);
      this.failures.set(conversationId, reply.failure.reason);
      return false;
    }
    // WHY: what was typed while sending is the draft now.
    this.#put(conversationId, this.#texts.get(conversationId) ?? '');
    await this.save(conversationId);
    return true;
  }

  #put(conversationId: string, text: string): void {
    this.#texts.set(conversationId, text);
    this.#unsaved.planOnce(conversationId, () => void this.save(conversationId));
  }

  #noteTyping(conversationId: string, isTyping: boolean): void {
    const now = this.#clock.nowMs();
    const last = this.#typing.get(conversationId);
    if (isTyping ? last !== undefined && now - last < TYPING_EVERY_MS : last === undefined) return;
    if (isTyping) this.#typing.set(conversationId, now);
    else this.#typing.delete(conversationId);
    void this.#client.call('noteTyping', { conversationId, isTyping });
  }
}

/** What of a draft can be stored: three bytes are the most that one unit of a string takes in UTF-8. */
function fitting(text: string): string {
  const isShort = new TextEncoder().encode(text).length <= MESSAGE_TEXT_LIMIT;
  return isShort ? text : text.slice(0, MESSAGE_TEXT_LIMIT / 3);
}
