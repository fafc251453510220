// What tests and `npm start` may do to the app from outside: click what was shown, answer, change the system's state, look.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from './app.ts';
import { chromiumFolder } from './chromium.ts';
import { dialogAnswers, fileAnswers, Menu, Notification, Tray } from './desktop.ts';
import { notes } from './recording.ts';
import { keychain, nativeTheme, net, powerMonitor } from './system.ts';
import { BrowserWindow } from './window.ts';

/** The window the person sees: the first one. */
function onlyWindow(): BrowserWindow {
  const window = BrowserWindow.getAllWindows()[0];
  if (!window) throw new Error('no window');
  return window;
}

export interface StandinState {
  readonly notes: typeof notes;
  readonly badgeCount: number;
  readonly trayToolTip: string;
  readonly windows: { id: number; isVisible: boolean; isFocused: boolean; title: string; url: string; bounds: object }[];
  readonly notifications: { title: string; body: string }[];
}

/** Resolves when nothing moved in the page for a while, or after five seconds. */
const SETTLE = `new Promise((resolve) => {
  let quiet = setTimeout(resolve, 700);
  const end = setTimeout(resolve, 5000);
  new MutationObserver(() => { clearTimeout(quiet); quiet = setTimeout(() => { clearTimeout(end); resolve(); }, 700); })
    .observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})`;

export const controls = {
  state: (): StandinState => ({
    notes,
    badgeCount: app.badgeCount,
    trayToolTip: Tray.all[0]?.toolTip ?? '',
    windows: BrowserWindow.getAllWindows().map((window) => ({
      id: window.id,
      isVisible: window.isVisible(),
      isFocused: window.isFocused(),
      title: window.getTitle(),
      url: window.webContents.getURL(),
      bounds: window.getBounds(),
    })),
    notifications: Notification.shown.map(({ title, body }) => ({ title, body })),
  }),
  /** Where Playwright connects. */
  endpoint: (): number => {
    if (!app.isReady()) throw new Error('not ready');
    const text = readFileSync(join(chromiumFolder(app.getPath('sessionData')), 'DevToolsActivePort'), 'utf8');
    return Number(text.split('\n')[0]);
  },
  clickTray: (label?: string): void => {
    if (label === undefined) Tray.all[0]?.emit('click', {});
    else Tray.all[0]?.menu?.find(label)?.click?.();
  },
  clickMenu: (label: string): void => {
    const entry = Menu.getApplicationMenu()?.find(label);
    if (!entry) throw new Error(`no menu entry ${label}`);
    entry.click?.();
  },
  clickNotification: (): void => void Notification.shown.at(-1)?.emit('click', {}),
  answerDialog: (button: number): void => void dialogAnswers.push(button),
  answerFileDialog: (path: string): void => void fileAnswers.push(path),
  closeWindow: (): void => onlyWindow().close(),
  blurWindow: (): void => onlyWindow().blur(),
  focusWindow: (): void => onlyWindow().focus(),
  setWindowBounds: (bounds: { x?: number; y?: number; width?: number; height?: number }): void => onlyWindow().setBounds(bounds),
  setIdleSeconds: (seconds: number): void => void (powerMonitor.idleSeconds = seconds),
  emitPower: (event: string): void => void powerMonitor.emit(event),
  setOnline: (isOnline: boolean): void => void (net.online = isOnline),
  setKeychain: (isAvailable: boolean): void => void (keychain.isAvailable = isAvailable),
  setSystemDark: (isDark: boolean): void => {
    nativeTheme.isSystemDark = isDark;
    nativeTheme.apply();
  },
  /** A PNG of the settled page, base64. */
  screenshot: async (): Promise<string> => {
    const { webContents } = onlyWindow();
    await webContents.executeJavaScript(SETTLE);
    return (await webContents.screenshot()).toString('base64');
  },
  quit: (): void => app.quit(),
} as const;

export type Controls = typeof controls;
export type ControlName = keyof Controls;

export interface ControlRequest {
  readonly standin: number;
  readonly name: ControlName;
  readonly args: unknown[];
}

export interface ControlReply {
  readonly standin: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Serves the controls to the process that started this one, and ends with it. */
export function listenToParent(): void {
  if (!process.send) return;
  process.on('message', (message: ControlRequest) => {
    if (typeof message?.standin !== 'number') return;
    const reply = (answer: ControlReply): void => void process.send?.(answer);
    const run = async (): Promise<unknown> => {
      const control = controls[message.name] as (...args: unknown[]) => unknown;
      return await control(...message.args);
    };
    run().then(
      (value) => reply({ standin: message.standin, value }),
      (error: unknown) => reply({ standin: message.standin, error: String(error) }),
    );
  });
  // Without this an app whose starter was killed would live on.
  process.on('disconnect', () => app.exit(0));
}
