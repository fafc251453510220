// Puts the state classes together and leads each change to the one it concerns. Nothing is decided here.
import { getContext, setContext } from 'svelte';
import type { PageChange } from '../../app/bridge/shell-contract.ts';
import type { Trouble } from '../../app/domain/change.ts';
import type { Contact } from '../../app/domain/contact.ts';
import type { Message } from '../../app/domain/message.ts';
import type { AppClient } from '../app-client.ts';
import type { Clock } from '../clock.ts';
import { t } from '../text/text.svelte.ts';
import { AccountsState } from './accounts.svelte.ts';
import { AnnouncerState } from './announcer.svelte.ts';
import { BlockedState } from './blocked.svelte.ts';
import { ComposerState } from './composer.svelte.ts';
import { ConflictsState } from './conflicts.svelte.ts';
import { ContactsState } from './contacts.svelte.ts';
import { ConversationsState } from './conversations.svelte.ts';
import { DecisionsState } from './decisions.svelte.ts';
import { InboxState } from './inbox.svelte.ts';
import { NearbyState } from './nearby.svelte.ts';
import { personName } from './naming.ts';
import { NowState } from './now.svelte.ts';
import { RequestsState } from './requests.svelte.ts';
import { shownText } from './safe-text.ts';
import { SearchState } from './search.svelte.ts';
import { SettingsState } from './settings.svelte.ts';
import { TasksState } from './tasks.svelte.ts';
import { ThreadState } from './thread.svelte.ts';
import { ViewState } from './view.svelte.ts';
import { WatchersState } from './watchers.svelte.ts';

/** Longest part of a message that is read aloud by itself. */
const SPOKEN_LIMIT = 300;

export class AppState {
  readonly client: AppClient;
  readonly clock: Clock;
  readonly accounts: AccountsState;
  readonly contacts: ContactsState;
  readonly nearby: NearbyState;
  readonly conversations: ConversationsState;
  readonly requests: RequestsState;
  readonly inbox: InboxState;
  readonly watchers: WatchersState;
  readonly decisions: DecisionsState;
  readonly conflicts: ConflictsState;
  readonly blocked: BlockedState;
  readonly tasks: TasksState;
  readonly thread: ThreadState;
  readonly composer: ComposerState;
  readonly search: SearchState;
  readonly settings: SettingsState;
  readonly announcer: AnnouncerState;
  readonly now: NowState;
  readonly view = new ViewState();
  trouble = $state.raw<Trouble | null>(null);
  /** What the desktop shell's menu asked for last; the window's commands watch it. */
  onCommand: (change: Extract<PageChange, { type: 'command-chosen' | 'conversation-chosen' }>) => void = () => undefined;

  constructor(client: AppClient, clock: Clock) {
    this.client = client;
    this.clock = clock;
    this.accounts = new AccountsState(client);
    this.contacts = new ContactsState(client, clock);
    this.nearby = new NearbyState(client);
    this.conversations = new ConversationsState(client);
    this.requests = new RequestsState(client);
    this.inbox = new InboxState(this.requests);
    this.watchers = new WatchersState(client);
    this.decisions = new DecisionsState(client, clock);
    this.conflicts = new ConflictsState(client);
    this.blocked = new BlockedState(client);
    this.tasks = new TasksState(client);
    this.thread = new ThreadState(client);
    this.composer = new ComposerState(client, clock);
    this.search = new SearchState(client, clock);
    this.settings = new SettingsState(client);
    this.announcer = new AnnouncerState(clock);
    this.now = new NowState(clock);
  }

  /** Listens first and loads then, so that nothing falls between. Returns how to stop. */
  async start(): Promise<() => void> {
    const stop = this.client.onChange((change) => this.apply(change));
    await this.settings.load();
    await this.reload();
    this.#beginWithPeople();
    return stop;
  }

  /** Without a server and without a chat, who is nearby is what there is to see. */
  #beginWithPeople(): void {
    const { accounts, conversations } = this;
    const hasChat = conversations.order.length + conversations.unknown.length > 0;
    if (accounts.list.length > 0 && !accounts.hasServer && !hasChat) this.view.showTab('people');
  }

  async reload(): Promise<void> {
    await this.accounts.load();
    await this.conversations.load();
    for (const account of this.accounts.list) await this.loadAccount(account.accountId);
    await this.tasks.load();
    const reply = await this.client.call('getTrouble', {});
    if (reply.kind === 'ok') this.trouble = reply.output.trouble;
  }

  async loadAccount(accountId: string): Promise<void> {
    await Promise.all([
      this.contacts.load(accountId),
      this.requests.load(accountId),
      this.watchers.load(accountId),
      this.conflicts.load(accountId),
      this.blocked.load(accountId),
      ...(this.accounts.isNearby(accountId) ? [this.nearby.load(accountId)] : []),
    ]);
  }

  /** The best name for somebody: the contact's, else what they claim, else their address. */
  nameOf(accountId: string, address: string, claimedName = ''): string {
    const claim = claimedName || (this.nearby.find(accountId, address)?.displayName ?? '');
    return personName(address, this.contacts.find(accountId, address)?.name ?? '', claim);
  }

  /** Somebody of a network without a server, who is not there to be asked. */
  isAway({ accountId, address, subscription }: Contact): boolean {
    return subscription.state === 'failed' && this.accounts.isNearby(accountId) && this.nearby.find(accountId, address)?.isHere !== true;
  }

  apply(change: PageChange): void {
    switch (change.type) {
      case 'account-changed': {
        const isNew = this.accounts.byId(change.account.accountId) === undefined;
        this.accounts.applyAccount(change.account);
        if (isNew) void this.loadAccount(change.account.accountId);
        return;
      }
      case 'account-removed':
        return this.#removeAccount(change.accountId);
      case 'own-presence-changed':
        return this.accounts.applyOwnPresence(change.accountId, change.ownPresence);
      case 'contact-changed':
        return this.contacts.applyContact(change.contact);
      case 'contact-removed':
        return this.contacts.applyRemoved(change.contactId);
      case 'request-added':
        this.requests.applyRequest(change.request);
        this.announcer.say(
          t('requests.announced', { name: this.nameOf(change.request.accountId, change.request.address, change.request.displayName) }),
        );
        return;
      case 'request-changed':
        return this.requests.applyRequest(change.request);
      case 'request-removed':
        return this.requests.applyRemoved(change.requestId);
      case 'watcher-changed':
        return this.watchers.applyWatcher(change.watcher);
      case 'decision-added':
        return this.decisions.applyAdded(change.decision);
      case 'decision-changed':
        return this.decisions.applyChanged(change.decision);
      case 'conflict-changed':
        return this.conflicts.applyConflict(change.conflict);
      case 'conflict-removed':
        return this.conflicts.applyRemoved(change.conflictId);
      case 'message-added':
        this.thread.applyAdded(change.message);
        return this.#announceMessage(change.message);
      case 'message-changed':
        return this.thread.applyMessage(change.message);
      case 'message-removed':
        return this.thread.applyRemoved(change.messageId);
      case 'conversation-changed':
        return this.conversations.applyConversation(change.conversation);
      case 'conversation-removed':
        this.conversations.applyRemoved(change.conversationId);
        return this.#leaveGone();
      case 'nearby-changed':
        return this.nearby.applyPeers(change.accountId, change.peers);
      case 'task-changed':
        return this.tasks.applyTask(change.task);
      case 'trouble-changed':
        this.trouble = change.trouble;
        return;
      case 'settings-changed':
        return this.settings.apply(change.settings);
      case 'quitting':
        return void this.composer.saveAll().then(() => this.client.call('readyToQuit', {}));
      case 'conversation-chosen':
      case 'command-chosen':
        return this.onCommand(change);
    }
  }

  #announceMessage(message: Message): void {
    if (message.direction !== 'in' || message.conversationId !== this.thread.conversationId) return;
    const text = shownText(message.text).slice(0, SPOKEN_LIMIT);
    this.announcer.say(t('thread.announced', { name: this.nameOf(message.accountId, message.address), text }));
  }

  #removeAccount(accountId: string): void {
    this.accounts.applyRemoved(accountId);
    this.contacts.applyAccountRemoved(accountId);
    this.conversations.applyAccountRemoved(accountId);
    this.requests.applyAccountRemoved(accountId);
    this.watchers.applyAccountRemoved(accountId);
    this.decisions.applyAccountRemoved(accountId);
    this.conflicts.applyAccountRemoved(accountId);
    this.blocked.applyAccountRemoved(accountId);
    this.nearby.applyAccountRemoved(accountId);
    this.#leaveGone();
  }

  /** The conversation on the screen may be gone. */
  #leaveGone(): void {
    if (this.view.conversationId !== null && !this.conversations.byId.has(this.view.conversationId)) {
      this.view.conversationId = null;
      this.thread.close();
    }
  }
}

const KEY = Symbol('app');

export function provideApp(app: AppState): void {
  setContext(KEY, app);
}

export function useApp(): AppState {
  return getContext<AppState>(KEY);
}
