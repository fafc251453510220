// What the command palette offers for what is typed: people, chats, actions; few of each.
import type { WindowCommand } from '../../app/bridge/shell-contract.ts';
import { t, type TextKey } from '../text/text.svelte.ts';
import type { AppState } from './app-state.svelte.ts';
import { openConversation, runCommand, writeTo } from './commands.ts';
import { matches, matchingNearby, matchingPeople } from './matching.ts';
import { personName, shownAddress } from './naming.ts';

const SHOWN = 6;

export interface PaletteEntry {
  readonly id: string;
  readonly text: string;
  /** Quiet words at the end: an address or a key. */
  readonly hint: string;
  /** For an avatar. */
  readonly address?: string;
  readonly run: () => void;
}

export interface PaletteGroup {
  readonly title: TextKey;
  readonly entries: readonly PaletteEntry[];
}

const COMMANDS: readonly (readonly [WindowCommand, TextKey, string])[] = [
  ['new-chat', 'chats.new', 'Ctrl+N'],
  ['find-here', 'keys.findHere', 'Ctrl+F'],
  ['find-everywhere', 'keys.find', 'Ctrl+Shift+F'],
  ['show-chats', 'window.chats', 'Ctrl+1'],
  ['show-people', 'window.people', 'Ctrl+2'],
  ['show-requests', 'window.requests', 'Ctrl+3'],
  ['show-connection', 'connection.title', ''],
  ['show-settings', 'settings.title', 'Ctrl+,'],
  ['show-keys', 'keys.title', 'F1'],
];

function actions(app: AppState): PaletteEntry[] {
  const commands = COMMANDS.map(([command, key, hint]) => ({
    id: `command ${command}`,
    text: t(key),
    hint,
    run: () => runCommand(app, command),
  }));
  const presences = (['available', 'busy', 'away', 'invisible'] as const).map((availability) => ({
    id: `presence ${availability}`,
    text: t('palette.setPresence', { presence: t(`presence.${availability}`) }),
    hint: '',
    run: () => void app.accounts.setPresence({ availability }),
  }));
  const themes = (
    [
      ['light', 'settings.themeLight'],
      ['dark', 'settings.themeDark'],
      ['system', 'settings.themeSystem'],
    ] as const
  ).map(([theme, key]) => ({
    id: `theme ${theme}`,
    text: t('palette.theme', { theme: t(key) }),
    hint: '',
    run: () => void app.settings.change({ theme }),
  }));
  const add = { id: 'add-contact', text: t('people.add'), hint: '', run: () => app.view.openDialog('add-contact') };
  const history = { id: 'history', text: t('history.open'), hint: '', run: () => app.view.openHistory(null) };
  const blocked = { id: 'blocked', text: t('block.list'), hint: '', run: () => app.view.openDialog('blocked') };
  const pages = (['answered', 'watching', 'rules'] as const).map((page) => ({
    id: `requests ${page}`,
    text: `${t('window.requests')}: ${t(`requests.${page}`)}`,
    hint: '',
    run: () => app.view.showRequestsPage(page),
  }));
  return [...commands.slice(0, 1), add, ...commands.slice(1), ...pages, history, blocked, ...presences, ...themes];
}

function chats(app: AppState, query: string): PaletteEntry[] {
  const found: PaletteEntry[] = [];
  for (const id of app.conversations.order) {
    const conversation = app.conversations.byId.get(id);
    if (conversation === undefined) continue;
    const text = app.nameOf(conversation.accountId, conversation.address, conversation.displayName);
    const hint = shownAddress(conversation.address);
    if (!matches(`${text} ${hint}`, query)) continue;
    found.push({ id: `chat ${id}`, text, hint, address: conversation.address, run: () => openConversation(app, id) });
    if (found.length === SHOWN) break;
  }
  return found;
}

/** Groups without entries are left out. Nothing typed: the latest chats and all actions. */
export function paletteEntries(app: AppState, query: string): PaletteGroup[] {
  const typed = query.trim();
  const foundChats = chats(app, typed);
  const shown = new Set(foundChats.map((entry) => entry.address));
  const people = matchingPeople(app.contacts, typed, SHOWN)
    .filter((contact) => !shown.has(contact.address))
    .map((contact) => ({
      id: `person ${contact.contactId}`,
      text: personName(contact.address, contact.name),
      hint: shownAddress(contact.address),
      address: contact.address,
      run: () => void writeTo(app, contact.accountId, contact.address),
    }));
  const nearby = matchingNearby(app.nearby, app.contacts, typed, SHOWN)
    .filter((peer) => !shown.has(peer.address))
    .map((peer) => ({
      id: `nearby ${peer.accountId} ${peer.address}`,
      text: personName(peer.address, '', peer.displayName),
      hint: shownAddress(peer.address),
      address: peer.address,
      run: () => void writeTo(app, peer.accountId, peer.address),
    }));
  const foundActions = actions(app).filter((entry) => matches(entry.text, typed));
  const groups: PaletteGroup[] = [
    { title: 'palette.chats', entries: foundChats },
    { title: 'palette.people', entries: people },
    { title: 'nearby.title', entries: nearby },
    { title: 'palette.actions', entries: foundActions },
  ];
  return groups.filter((group) => group.entries.length > 0);
}
