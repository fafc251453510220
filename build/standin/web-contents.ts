// Electron's WebContents: one page of Chromium, its preload, its messages and its navigation.
import type { WebContents, WindowOpenHandlerResponse } from 'electron';
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Json } from './cdp.ts';
import { chromium } from './chromium.ts';
import { createEvent } from './event.ts';
import { eventForPage, receiveFromPage } from './ipc.ts';
import { answerRequest, type PausedRequest } from './page-requests.ts';
import { pageWorldSource, preloadWorldSource } from './page/source.ts';
import type { FromPage, ToPage } from './page/worlds.ts';
import { toAppUrl, toChromiumUrl } from './protocol.ts';
import { note } from './recording.ts';
import { session } from './session.ts';

const WORLD = 'electron-preload';
const key = randomBytes(9).toString('hex');
const BINDING = `__binding${key}`;
const DISPATCH = `__dispatch${key}`;

type OpenHandler = (details: { url: string; frameName: string; features: string; disposition: string }) => WindowOpenHandlerResponse;
type Used = 'id' | 'getURL' | 'isDestroyed' | 'send';

let lastId = 0;

export class StandinWebContents extends EventEmitter implements Pick<WebContents, Used> {
  readonly id = ++lastId;
  readonly session = session.defaultSession;
  mainFrame = { url: '' };
  #sessionId = '';
  #targetId = '';
  #contextId: string | undefined;
  #isDestroyed = false;
  #openHandler: OpenHandler | undefined;
  /** Addresses that the app itself asked for: they are not put to will-navigate. */
  readonly #expected = new Set<string>();

  getURL = (): string => this.mainFrame.url;
  isDestroyed = (): boolean => this.#isDestroyed;
  setWindowOpenHandler = (handler: OpenHandler): void => void (this.#openHandler = handler);
  send = (channel: string, ...args: unknown[]): void => this.#dispatch(eventForPage(channel, args));
  markDestroyed(): void {
    this.#isDestroyed = true;
    this.emit('destroyed');
  }

  /** A command to this page. */
  command<T = Json>(method: string, params: object = {}): Promise<T> {
    return chromium().send<T>(method, params, this.#sessionId);
  }

  async executeJavaScript(code: string): Promise<unknown> {
    const answer = await this.command<{ result: { value: unknown }; exceptionDetails?: { text: string } }>('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
    });
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.text);
    return answer.result.value;
  }

  /** A PNG of what the page shows. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.command<{ data: string }>('Page.captureScreenshot');
    return Buffer.from(data, 'base64');
  }

  async load(url: string): Promise<void> {
    const address = toChromiumUrl(url);
    this.#expected.add(address);
    const loaded = new Promise((resolve) => this.once('did-finish-load', resolve));
    const { errorText } = await this.command<{ errorText?: string }>('Page.navigate', { url: address });
    if (errorText !== undefined) {
      this.emit('did-fail-load', {}, -2, errorText, url);
      throw new Error(`${errorText} loading '${url}'`);
    }
    await loaded;
  }

  async attach(targetId: string, preload: string | undefined): Promise<void> {
    this.#targetId = targetId;
    const attached = await chromium().send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
    this.#sessionId = attached.sessionId;
    this.#listenToPage();
    this.#listenToFrames();
    await Promise.all([this.command('Page.enable'), this.command('Runtime.enable'), this.command('Log.enable')]);
    await this.command('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
    await this.command('Runtime.addBinding', { name: BINDING, executionContextName: WORLD });
    await this.command('Page.addScriptToEvaluateOnNewDocument', { source: pageWorldSource(key) });
    if (preload === undefined) return;
    const environment = {
      binding: BINDING,
      dispatch: DISPATCH,
      process: { platform: process.platform, arch: process.arch, versions: process.versions, env: {} },
    };
    await this.command('Page.addScriptToEvaluateOnNewDocument', {
      worldName: WORLD,
      source: preloadWorldSource(key, environment, readFileSync(preload, 'utf8')),
    });
  }

  #on<T>(method: string, listener: (params: T) => void): void {
    chromium().on(this.#sessionId, method, listener);
  }

  #listenToPage(): void {
    this.#on<{ name: string; payload: string }>('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === BINDING) void this.#receive(JSON.parse(payload) as FromPage);
    });
    this.#on<{ context: { name: string; uniqueId: string; auxData: { frameId: string } } }>(
      'Runtime.executionContextCreated',
      ({ context }) => {
        if (context.name === WORLD && context.auxData.frameId === this.#targetId) this.#contextId = context.uniqueId;
      },
    );
    this.#on<{ type: string; args: { value?: unknown; description?: string }[] }>('Runtime.consoleAPICalled', ({ type, args }) => {
      note('console', { type, text: args.map((arg) => arg.value ?? arg.description).join(' ') });
    });
    this.#on<{ exceptionDetails: { text: string; exception?: { description?: string } } }>(
      'Runtime.exceptionThrown',
      ({ exceptionDetails }) => {
        note('page-error', exceptionDetails.exception?.description ?? exceptionDetails.text);
      },
    );
    // Chromium's own complaints: refused by the content security policy, not found, deprecated.
    this.#on<{ entry: { level: string; text: string } }>('Log.entryAdded', ({ entry }) => {
      if (entry.level === 'error' || entry.level === 'warning') note('page-log', entry.text);
    });
    this.#on('Inspector.targetCrashed', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }));
  }

  #listenToFrames(): void {
    this.#on<{ frame: { parentId?: string; url: string } }>('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId !== undefined) return;
      this.mainFrame = { url: toAppUrl(frame.url) };
      this.emit('did-navigate', {}, this.mainFrame.url);
    });
    this.#on<{ url: string; windowName: string; windowFeatures: string[] }>('Page.windowOpen', (opened) => {
      const url = toAppUrl(opened.url);
      const details = { url, frameName: opened.windowName, features: opened.windowFeatures.join(','), disposition: 'foreground-tab' };
      note('window-open', { url, action: this.#openHandler?.(details).action ?? 'none' });
    });
    this.#on('Page.domContentEventFired', () => this.emit('dom-ready', {}));
    this.#on('Page.loadEventFired', () => this.emit('did-finish-load', {}));
    this.#on<PausedRequest>('Fetch.requestPaused', (paused) => {
      void answerRequest(paused, {
        send: (method, params) => this.command(method, params),
        mayNavigate: (request, url) => this.#mayNavigate(request, url),
      });
    });
  }

  #mayNavigate(paused: PausedRequest, url: string): boolean {
    const isMainFrame = paused.frameId === this.#targetId;
    if (isMainFrame && this.#expected.delete(paused.request.url)) {
      this.emit('did-start-navigation', createEvent({ url, isMainFrame: true, isSameDocument: false }));
      return true;
    }
    const event = createEvent({ url, isMainFrame, isSameDocument: false });
    if (isMainFrame) this.emit('will-navigate', event, url);
    this.emit('will-frame-navigate', event);
    if (!event.defaultPrevented) this.emit('did-start-navigation', createEvent({ url, isMainFrame, isSameDocument: false }));
    return !event.defaultPrevented;
  }

  #dispatch(message: ToPage): void {
    if (this.#contextId === undefined || this.#isDestroyed) return;
    const expression = `globalThis.${DISPATCH}(${JSON.stringify(message)})`;
    // A page that went away meanwhile needs no message.
    this.command('Runtime.evaluate', { uniqueContextId: this.#contextId, expression }).catch(() => undefined);
  }

  async #receive(message: FromPage): Promise<void> {
    const answer = await receiveFromPage(message, this, toAppUrl(message.url));
    if (answer) this.#dispatch(answer);
  }
}
