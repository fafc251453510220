// What `import 'electron'` gives in unit tests: just enough for modules that only mention it to load.
import { tmpdir } from 'node:os';

const nothing = (): void => {};

export const app = {
  getPath: (): string => tmpdir(),
  getVersion: (): string => '0.0.0',
  getName: (): string => 'Watchword',
  getAppPath: (): string => tmpdir(),
  on: nothing,
};
export const ipcMain = { on: nothing, handle: nothing };
export const protocol = { registerSchemesAsPrivileged: nothing, handle: nothing };
export const opened: string[] = [];
export const shell = {
  openExternal: async (url: string): Promise<void> => void opened.push(url),
};
export const copied: string[] = [];
export const clipboard = { writeText: async (text: string): Promise<void> => void copied.push(text) };
export const Menu = {};
export const Tray = class {};

export default { app, clipboard, ipcMain, protocol, shell };
