// What can be done from anywhere: by key, from the palette, from the shell's menu.
import type { WindowCommand } from '../../app/bridge/shell-contract.ts';
import { t } from '../text/text.svelte.ts';
import type { AppState } from './app-state.svelte.ts';
import { scopeName } from './decision-words.ts';

/** Opens a conversation of the list. */
export function openConversation(app: AppState, conversationId: string): void {
  const conversation = app.conversations.byId.get(conversationId);
  if (conversation === undefined) return;
  const before = app.view.conversationId;
  if (before !== null && before !== conversationId) void app.composer.save(before);
  app.view.showConversation(conversationId);
  if (app.thread.conversationId !== conversationId) void app.thread.open(conversationId, conversation.unreadCount);
}

/** Opens the conversation with somebody. Returns why not, or undefined. */
export async function writeTo(app: AppState, accountId: string, address: string): Promise<{ reason: string } | undefined> {
  const reply = await app.conversations.open(accountId, address);
  if (reply.kind === 'failure') return reply.failure;
  openConversation(app, reply.output.conversation.conversationId);
  return undefined;
}

/** Opens the conversation of a message and shows it. */
export async function showMessage(app: AppState, conversationId: string, messageId: string): Promise<void> {
  const conversation = app.conversations.byId.get(conversationId);
  if (conversation === undefined) return;
  app.view.showConversation(conversationId);
  if (app.thread.conversationId !== conversationId) await app.thread.open(conversationId, conversation.unreadCount);
  await app.thread.show(messageId);
}

/** Takes the last answer back (or all given together), and says so. */
export async function undoLastAnswer(app: AppState): Promise<void> {
  const result = await app.decisions.undoLast();
  if (result.kind === 'failed') return app.announcer.say(t('requests.undoFailed', { reason: result.reason }));
  const [first] = result.records;
  if (first === undefined) return app.announcer.say(t('requests.undoNothing'));
  const name = scopeName(first.address) || app.nameOf(first.accountId, first.address, first.displayName);
  app.announcer.say(
    result.records.length > 1 ? t('requests.undoneMany', { count: result.records.length }) : t('requests.undone', { name }),
  );
}

/** `conversationId`: search there only; '' for everywhere. */
function find(app: AppState, conversationId: string): void {
  app.view.back();
  app.search.openFor(conversationId);
  app.view.searchFocus += 1;
}

export function runCommand(app: AppState, command: WindowCommand): void {
  const { view } = app;
  switch (command) {
    case 'new-chat':
      return view.openDialog('new-chat');
    case 'show-chats':
      return view.showTab('chats');
    case 'show-people':
      return view.showTab('people');
    case 'show-requests':
      return view.showTab('requests');
    case 'show-connection':
      return view.openDialog('connection');
    case 'show-settings':
      return view.openDialog('settings');
    case 'show-palette':
      return view.openDialog('palette');
    case 'show-keys':
      return view.openDialog('keys');
    case 'find-here':
      return find(app, view.tab === 'requests' ? '' : (view.conversationId ?? ''));
    case 'find-everywhere':
      return find(app, '');
  }
}

const CONTROL_KEYS: Readonly<Record<string, WindowCommand>> = {
  k: 'show-palette',
  f: 'find-here',
  n: 'new-chat',
  '1': 'show-chats',
  '2': 'show-people',
  '3': 'show-requests',
  ',': 'show-settings',
};

export type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** The command of a key pressed anywhere, or undefined. */
export function commandOfKey(press: KeyPress): WindowCommand | undefined {
  if (press.key === 'F1') return 'show-keys';
  if (!(press.ctrlKey || press.metaKey) || press.altKey) return undefined;
  const key = press.key.toLowerCase();
  if (press.shiftKey) return key === 'f' ? 'find-everywhere' : undefined;
  return CONTROL_KEYS[key];
}

/** Keys that are more than a command. Returns whether the key was used. */
export function pressKey(app: AppState, press: KeyPress): boolean {
  const command = commandOfKey(press);
  if (command !== undefined) {
    runCommand(app, command);
    return true;
  }
  if ((press.ctrlKey || press.metaKey) && press.shiftKey && press.key.toLowerCase() === 'd') {
    void app.settings.change({ isDoNotDisturb: !app.settings.current.isDoNotDisturb });
    return true;
  }
  if (press.altKey && !press.ctrlKey && (press.key === 'ArrowUp' || press.key === 'ArrowDown')) {
    const next = app.conversations.neighbour(app.view.conversationId, press.key === 'ArrowUp' ? -1 : 1, press.shiftKey);
    if (next !== undefined) openConversation(app, next);
    return true;
  }
  return false;
}
