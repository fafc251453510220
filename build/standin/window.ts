// Electron's BrowserWindow: one top-level window of Chromium with one page.
import type { BrowserWindow as ElectronWindow, BrowserWindowConstructorOptions, Rectangle } from 'electron';
import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { chromium, FIRST_PAGE } from './chromium.ts';
import { createEvent } from './event.ts';
import { openWindows, type OpenWindow } from './open-windows.ts';
import { session } from './session.ts';
import { StandinWebContents } from './web-contents.ts';

type Used =
  | 'id'
  | 'show'
  | 'focus'
  | 'close'
  | 'destroy'
  | 'restore'
  | 'maximize'
  | 'isMaximized'
  | 'isMinimized'
  | 'isVisible'
  | 'isFocused'
  | 'isDestroyed'
  | 'getBounds'
  | 'getNormalBounds'
  | 'setBounds'
  | 'getTitle'
  | 'loadURL';

let lastId = 0;
let isFirstTaken = false;

const toBrowserBounds = ({ x, y, width, height }: Rectangle): { left: number; top: number; width: number; height: number } => ({
  left: x,
  top: y,
  width,
  height,
});

/** On a screen Chromium starts with one window already: the app's first. */
async function takeFirstWindow(): Promise<string | undefined> {
  if (isFirstTaken) return undefined;
  isFirstTaken = true;
  const { targetInfos } = await chromium().send<{ targetInfos: { targetId: string; type: string; url: string }[] }>('Target.getTargets');
  return targetInfos.find(({ type, url }) => type === 'page' && url === FIRST_PAGE)?.targetId;
}

export class BrowserWindow extends EventEmitter implements Pick<ElectronWindow, Used>, OpenWindow {
  readonly id = ++lastId;
  readonly webContents = new StandinWebContents();
  targetId = '';
  readonly #ready: Promise<void>;
  #bounds: Rectangle;
  readonly #title: string;
  #state: 'normal' | 'maximized' = 'normal';
  #isVisible: boolean;
  #isFocused = false;
  #isDestroyed = false;

  static getAllWindows(): BrowserWindow[] {
    return openWindows.all().filter((window) => window instanceof BrowserWindow);
  }

  static getFocusedWindow(): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((window) => window.isFocused()) ?? null;
  }

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    const { nodeIntegration, contextIsolation, sandbox, webviewTag, webSecurity, preload } = options.webPreferences ?? {};
    if (nodeIntegration || webviewTag || contextIsolation === false || sandbox === false || webSecurity === false) {
      throw new Error('stand-in: only sandboxed, isolated windows');
    }
    this.#isVisible = options.show !== false;
    this.#isFocused = this.#isVisible;
    this.#title = options.title ?? app.getName();
    this.#bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
    openWindows.add(this);
    this.#ready = this.#create(preload);
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show', {}));
    app.emit('web-contents-created', {}, this.webContents);
  }

  async #create(preload: string | undefined): Promise<void> {
    this.targetId = (await takeFirstWindow()) ?? (await this.#openTarget());
    await this.webContents.attach(this.targetId, preload);
    this.#setBrowserWindow(toBrowserBounds(this.#bounds));
  }

  async #openTarget(): Promise<string> {
    const { left, top, width, height } = toBrowserBounds(this.#bounds);
    const target = { url: 'about:blank', newWindow: true, left, top, width, height };
    return (await chromium().send<{ targetId: string }>('Target.createTarget', target)).targetId;
  }

  async loadURL(url: string): Promise<void> {
    await this.#ready;
    const isGranted = session.defaultSession.grants('notifications');
    // Without this Chromium would ask; what the app refuses is refused in silence, as in Electron.
    await chromium().send('Browser.grantPermissions', { permissions: isGranted ? ['notifications'] : [] });
    await this.webContents.load(url);
  }

  #setBrowserWindow(bounds: object): void {
    const apply = async (): Promise<void> => {
      await this.#ready;
      const { windowId } = await chromium().send<{ windowId: number }>('Browser.getWindowForTarget', { targetId: this.targetId });
      await chromium().send('Browser.setWindowBounds', { windowId, bounds });
    };
    // Headless Chromium knows not every state; how the window looks is not what the stand-in proves.
    apply().catch(() => undefined);
  }

  #setState(state: 'normal' | 'maximized'): void {
    this.#state = state;
    this.#setBrowserWindow({ windowState: state });
  }

  show(): void {
    if (!this.#isVisible) {
      this.#isVisible = true;
      this.#setState(this.#state);
      this.emit('show');
    }
    this.focus();
  }

  focus(): void {
    const wasFocused = this.#isFocused;
    this.#isFocused = true;
    this.#ready.then(() => this.webContents.command('Page.bringToFront')).catch(() => undefined);
    if (!wasFocused) this.emit('focus');
  }

  blur(): void {
    if (!this.#isFocused) return;
    this.#isFocused = false;
    this.emit('blur');
  }

  restore(): void {
    this.#setState('normal');
    this.emit('restore');
  }

  maximize(): void {
    this.#setState('maximized');
    this.emit('maximize');
  }

  isMaximized = (): boolean => this.#state === 'maximized';
  isMinimized = (): boolean => false;
  isVisible = (): boolean => this.#isVisible;
  isFocused = (): boolean => this.#isFocused;
  isDestroyed = (): boolean => this.#isDestroyed;
  getBounds = (): Rectangle => ({ ...this.#bounds });
  getNormalBounds = (): Rectangle => ({ ...this.#bounds });
  getTitle = (): string => this.#title;

  setBounds(bounds: Partial<Rectangle>): void {
    this.#bounds = { ...this.#bounds, ...bounds };
    this.#setBrowserWindow(toBrowserBounds(this.#bounds));
    this.emit('resize');
    this.emit('move');
  }

  setColorScheme(scheme: 'dark' | 'light'): void {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    this.#ready.then(() => this.webContents.command('Emulation.setEmulatedMedia', { features })).catch(() => undefined);
  }

  close(): void {
    if (this.#isDestroyed) return;
    const event = createEvent({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    this.#ready.then(() => chromium().send('Target.closeTarget', { targetId: this.targetId })).catch(() => undefined);
    this.gone();
  }

  /** The page's target is gone: closed by us or by the person. */
  gone(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    openWindows.remove(this);
    this.webContents.markDestroyed();
    this.emit('closed');
    if (openWindows.size === 0) app.windowsGone();
  }
}
