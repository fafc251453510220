// The conversations of all accounts, newest first.
import { SvelteMap } from 'svelte/reactivity';
import type { Conversation } from '../../app/domain/conversation.ts';
import type { AppClient, Reply } from '../app-client.ts';
import { typedAddress } from './naming.ts';

export class ConversationsState {
  readonly byId = new SvelteMap<string, Conversation>();
  isLoaded = $state(false);
  /** Why the list could not be read; '' when it could. */
  failureReason = $state('');
  /** Ids, the newest message first; conversations without any message last. */
  readonly order: readonly string[] = $derived(this.#newestFirst(false));
  /** Ids of those with people who are not known and not accepted; they do not count as unread. */
  readonly unknown: readonly string[] = $derived(this.#newestFirst(true));
  readonly unreadCount: number = $derived.by(() => {
    let count = 0;
    for (const conversation of this.byId.values()) if (conversation.isUnknown !== true) count += conversation.unreadCount;
    return count;
  });
  readonly #client: AppClient;

  constructor(client: AppClient) {
    this.#client = client;
  }

  async load(): Promise<void> {
    const reply = await this.#client.call('listConversations', {});
    if (reply.kind === 'ok')
      for (const conversation of reply.output.conversations) this.byId.set(conversation.conversationId, conversation);
    this.failureReason = reply.kind === 'ok' ? '' : reply.failure.reason;
    this.isLoaded = true;
  }

  applyConversation(conversation: Conversation): void {
    this.byId.set(conversation.conversationId, conversation);
  }

  applyRemoved(conversationId: string): void {
    this.byId.delete(conversationId);
  }

  applyAccountRemoved(accountId: string): void {
    for (const [id, conversation] of [...this.byId]) if (conversation.accountId === accountId) this.byId.delete(id);
  }

  /** The conversation with somebody, made when there is none yet. */
  async open(accountId: string, address: string): Promise<Reply<'openConversation'>> {
    const reply = await this.#client.call('openConversation', { accountId, address: typedAddress(address) });
    if (reply.kind === 'ok') this.applyConversation(reply.output.conversation);
    return reply;
  }

  /** Moves somebody unknown among the others. Returns why not, or undefined. */
  async accept(conversationId: string): Promise<string | undefined> {
    const reply = await this.#client.call('acceptConversation', { conversationId });
    return reply.kind === 'failure' ? reply.failure.reason : undefined;
  }

  #newestFirst(isUnknown: boolean): string[] {
    const those = [...this.byId.values()].filter((conversation) => (conversation.isUnknown ?? false) === isUnknown);
    those.sort((a, b) => (b.lastMessage?.storedAtMs ?? 0) - (a.lastMessage?.storedAtMs ?? 0));
    return those.map((conversation) => conversation.conversationId);
  }

  /** The id `step` places after `conversationId` in the list; with `isUnread`, the next unread one in that direction. */
  neighbour(conversationId: string | null, step: 1 | -1, isUnread: boolean): string | undefined {
    const order = this.order;
    const start = conversationId === null ? -1 : order.indexOf(conversationId);
    for (let at = start === -1 && step === -1 ? order.length - 1 : start + step; at >= 0 && at < order.length; at += step) {
      const id = order[at];
      if (id !== undefined && (!isUnread || (this.byId.get(id)?.unreadCount ?? 0) > 0)) return id;
    }
    return undefined;
  }
}
