// The application menu as data: roles of the system where it has them, commands of the window with their keys.
import type { MenuItemConstructorOptions } from 'electron';
import type { WindowCommand } from '../../app/bridge/shell-contract.ts';

export interface MenuWords {
  readonly appName: string;
  readonly isMac: boolean;
  readonly isDevelopment: boolean;
}

/** The system's own "quit" and the like lie in the application's menu on macOS, in File elsewhere. */
export function menuTemplate(words: MenuWords, choose: (command: WindowCommand) => void): MenuItemConstructorOptions[] {
  const command = (label: string, name: WindowCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => choose(name),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const settings = command('Settings…', 'show-settings', 'CmdOrCtrl+,');
  const appMenu: MenuItemConstructorOptions[] = [
    { role: 'about' },
    separator,
    settings,
    separator,
    { role: 'services' },
    { role: 'hide' },
    { role: 'hideOthers' },
    { role: 'unhide' },
    separator,
    { role: 'quit' },
  ];
  const fileMenu: MenuItemConstructorOptions[] = [
    command('New Chat…', 'new-chat', 'CmdOrCtrl+N'),
    separator,
    { role: 'close' },
    ...(words.isMac ? [] : [separator, settings, separator, { role: 'quit' } as const]),
  ];
  const editMenu: MenuItemConstructorOptions[] = [
    { role: 'undo' },
    { role: 'redo' },
    separator,
    { role: 'cut' },
    { role: 'copy' },
    { role: 'paste' },
    { role: 'selectAll' },
    separator,
    command('Find in This Chat', 'find-here', 'CmdOrCtrl+F'),
    command('Find Everywhere', 'find-everywhere', 'CmdOrCtrl+Shift+F'),
  ];
  const viewMenu: MenuItemConstructorOptions[] = [
    command('Chats', 'show-chats', 'CmdOrCtrl+1'),
    command('People', 'show-people', 'CmdOrCtrl+2'),
    command('Requests', 'show-requests', 'CmdOrCtrl+3'),
    command('Connection', 'show-connection'),
    separator,
    command('Commands…', 'show-palette', 'CmdOrCtrl+K'),
    separator,
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'togglefullscreen' },
    ...(words.isDevelopment ? [separator, { role: 'toggleDevTools' } as const] : []),
  ];
  return [
    ...(words.isMac ? [{ label: words.appName, submenu: appMenu }] : []),
    { label: '&File', submenu: fileMenu },
    { label: '&Edit', submenu: editMenu },
    { label: '&View', submenu: viewMenu },
    { label: '&Window', role: 'windowMenu' },
    { label: '&Help', submenu: [command('Keys', 'show-keys', 'F1'), ...(words.isMac ? [] : [{ role: 'about' } as const])] },
  ];
}
