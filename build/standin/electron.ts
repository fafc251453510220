// The module that `import 'electron'` gives where Electron's own binary cannot be had: the parts that the app uses, on an installed Chromium.
import { join } from 'node:path';
import { app } from './app.ts';
import type { Cdp } from './cdp.ts';
import { startChromium } from './chromium.ts';
import { listenToParent } from './control.ts';
import { dialog, Menu, Notification, Tray } from './desktop.ts';
import { ipcMain } from './ipc.ts';
import { openWindows } from './open-windows.ts';
import { protocol } from './protocol.ts';
import { note } from './recording.ts';
import { session } from './session.ts';
import { clipboard, nativeTheme, net, powerMonitor, safeStorage, screen, shell } from './system.ts';
import { BrowserWindow } from './window.ts';

/** Exit code when Chromium ends by itself. */
const CHROMIUM_ENDED = 70;

interface TargetInfo {
  readonly targetId: string;
  readonly openerId?: string;
}

const find = (targetId: string): BrowserWindow | undefined => BrowserWindow.getAllWindows().find((window) => window.targetId === targetId);

/** WHY it is let run first: to a debugger of all pages, as Playwright, a new one comes halted; closed so, it halts its opener for ever. */
async function closeForeign(browser: Cdp, targetId: string): Promise<void> {
  const { sessionId } = await browser.send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
  await browser.send('Runtime.runIfWaitingForDebugger', {}, sessionId);
  await browser.send('Target.closeTarget', { targetId });
}

async function boot(): Promise<void> {
  const browser = startChromium(app.getPath('sessionData'), process.env.STANDIN_HEADED !== '1', ['--window-size=1200,800']);
  browser.child.once('exit', () => {
    if (!app.isQuitting) process.exit(CHROMIUM_ENDED);
  });
  note('chromium', (await browser.send('Browser.getVersion')).product);
  await browser.send('Target.setDiscoverTargets', { discover: true });
  browser.on<TargetInfo>('', 'Target.targetDestroyed', ({ targetId }) => find(targetId)?.gone());
  browser.on<{ targetInfo: TargetInfo }>('', 'Target.targetCreated', ({ targetInfo }) => {
    if (targetInfo.openerId === undefined || !openWindows.all().some((window) => window.targetId === targetInfo.openerId)) return;
    // A page opened it: the app's handler was asked by Page.windowOpen, and no window of a page's own making is ever wanted.
    closeForeign(browser, targetInfo.targetId).catch(() => undefined);
  });
  app.markReady();
}

Object.defineProperty(process.versions, 'electron', { value: '45.4.1', enumerable: true });
Object.defineProperty(process.versions, 'chrome', { value: '156.0.0.0', enumerable: true });
Object.assign(process, { type: 'browser', defaultApp: true, resourcesPath: join(import.meta.dirname, '../..') });

// The app's modules run first: they choose the profile before Chromium starts in it.
setImmediate(() => {
  boot().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(CHROMIUM_ENDED);
  });
});
process.on('SIGTERM', () => app.quit());
process.on('SIGINT', () => app.quit());
process.on('SIGHUP', () => app.quit());
listenToParent();

const electron = {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
};
export default electron;
export {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  Tray,
};
