// Sets the application menu.
import { app, Menu } from 'electron';
import type { WindowCommand } from '../../app/bridge/shell-contract.ts';
import { menuTemplate } from './menu-template.ts';

export function setUpMenu(choose: (command: WindowCommand) => void): void {
  const words = { appName: app.getName(), isMac: process.platform === 'darwin', isDevelopment: !app.isPackaged };
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(words, choose)));
}
