// The one window: made where it was, shown when it has something to show, its place remembered.
import { app, BrowserWindow, screen } from 'electron';
import { join } from 'node:path';
import { iconFile } from './icon.ts';
import { PAGE_URL } from './page-address.ts';
import { SECURE_PREFERENCES } from './security.ts';
import type { SettingsStore } from './settings/settings-store.ts';
import { MIN_HEIGHT, MIN_WIDTH, placeWindow } from './window-place.ts';

/** After the last move or resize, so that dragging does not write the file a hundred times. */
const REMEMBER_AFTER_MS = 500;

function rememberPlace(window: BrowserWindow, settings: SettingsStore): void {
  let timer: NodeJS.Timeout | undefined;
  const remember = (): void => {
    clearTimeout(timer);
    if (window.isDestroyed()) return;
    settings.rememberWindowPlace({ ...window.getNormalBounds(), isMaximized: window.isMaximized() });
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(remember, REMEMBER_AFTER_MS);
  };
  window.on('resize', soon);
  window.on('move', soon);
  window.on('close', remember);
  window.on('closed', () => clearTimeout(timer));
}

function openWindow(settings: SettingsStore): BrowserWindow {
  const main = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== main.id);
  const { isMaximized, ...bounds } = placeWindow(
    settings.windowPlace(),
    [main, ...others].map(({ workArea }) => workArea),
  );
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    title: app.getName(),
    icon: iconFile('256x256'),
    show: false,
    autoHideMenuBar: true,
    webPreferences: { ...SECURE_PREFERENCES, preload: join(app.getAppPath(), 'dist/preload/preload.cjs') },
  });
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize();
    window.show();
  });
  rememberPlace(window, settings);
  return window;
}

export interface MainWindow {
  /** The open window, to the front; opens one when it is closed. */
  show(): void;
  current(): BrowserWindow | undefined;
}

/** Opens the window. `onOpened` is called for each one that is made. */
export function setUpWindow(settings: SettingsStore, onOpened: (window: BrowserWindow) => void): MainWindow {
  let window: BrowserWindow | undefined;
  const show = (): void => {
    if (window && !window.isDestroyed()) {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      return;
    }
    window = openWindow(settings);
    onOpened(window);
    // The page is our own file: that it cannot be loaded means a broken installation, which the log shows.
    window.loadURL(PAGE_URL).catch((error: unknown) => console.error(`The page cannot be loaded: ${String(error)}`));
  };
  show();
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  return { show, current: () => (window?.isDestroyed() ? undefined : window) };
}
