// Electron's `app`: life cycle, paths, single instance, badge.
import type { App } from 'electron';
import { EventEmitter } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { endChromium } from './chromium.ts';
import { createEvent } from './event.ts';
import { openWindows } from './open-windows.ts';
import { note } from './recording.ts';
import { takeInstanceLock } from './single-instance.ts';

interface Manifest {
  readonly name?: string;
  readonly productName?: string;
  readonly version?: string;
}

/** The nearest package.json above the entry script, as Electron finds the app. */
function findManifest(): { folder: string; manifest: Manifest } {
  for (let folder = dirname(resolve(process.argv[1] ?? '.')); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return { folder, manifest: JSON.parse(readFileSync(file, 'utf8')) as Manifest };
    if (folder === dirname(folder)) return { folder: process.cwd(), manifest: {} };
  }
}

type Used =
  | 'isReady'
  | 'whenReady'
  | 'getName'
  | 'getVersion'
  | 'getAppPath'
  | 'getLocale'
  | 'requestSingleInstanceLock'
  | 'setBadgeCount'
  | 'enableSandbox'
  | 'quit'
  | 'exit';

class StandinApp extends EventEmitter implements Pick<App, Used> {
  readonly isPackaged = false;
  badgeCount = 0;
  readonly #found = findManifest();
  readonly #paths = new Map<string, string>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #name = this.#found.manifest.productName ?? this.#found.manifest.name ?? 'Electron';
  #isReady = false;
  #isQuitting = false;
  #lockFile: string | undefined;

  isReady = (): boolean => this.#isReady;
  whenReady = (): Promise<void> => this.#ready.promise;
  getName = (): string => this.#name;
  getVersion = (): string => this.#found.manifest.version ?? '0.0.0';
  getAppPath = (): string => this.#found.folder;
  getLocale = (): string => process.env.STANDIN_LOCALE ?? 'en-US';
  enableSandbox = (): void => {};
  get isQuitting(): boolean {
    return this.#isQuitting;
  }

  getPath(name: string): string {
    const given = this.#paths.get(name);
    if (given !== undefined) return given;
    switch (name) {
      case 'userData':
        return join(this.getPath('appData'), this.#name);
      case 'sessionData':
        return this.getPath('userData');
      case 'appData':
        return process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config');
      case 'home':
        return homedir();
      case 'temp':
        return tmpdir();
      default:
        throw new Error(`Failed to get '${name}' path`);
    }
  }

  setPath(name: string, path: string): void {
    // Real Electron takes these only before it is ready; to be late there must fail here too.
    if (this.#isReady) throw new Error(`setPath('${name}') after ready`);
    this.#paths.set(name, path);
  }

  requestSingleInstanceLock(data?: unknown): boolean {
    this.#lockFile ??= takeInstanceLock(this.getPath('userData'), data, (handed) => {
      void this.whenReady().then(() => this.emit('second-instance', createEvent({}), handed.argv, handed.cwd, handed.data));
    });
    return this.#lockFile !== undefined;
  }

  setBadgeCount(count = 0): boolean {
    this.badgeCount = count;
    return true;
  }

  markReady(): void {
    this.#isReady = true;
    note('ready');
    this.emit('ready', {}, {});
    this.#ready.resolve();
  }

  /** The last window is gone. */
  windowsGone(): void {
    if (this.#isQuitting) return;
    if (this.listenerCount('window-all-closed') > 0) this.emit('window-all-closed');
    else this.quit();
  }

  quit(): void {
    if (!this.#isReady) return this.exit(0);
    const before = createEvent({});
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    this.#isQuitting = true;
    for (const window of openWindows.all()) {
      window.close();
      if (!window.isDestroyed()) {
        this.#isQuitting = false;
        return;
      }
    }
    const will = createEvent({});
    this.emit('will-quit', will);
    if (!will.defaultPrevented) this.exit(0);
  }

  exit(code = 0): void {
    this.#isQuitting = true;
    this.emit('quit', {}, code);
    void endChromium().finally(() => {
      // WHY after it: the next start would find the profile in use by this one's Chromium.
      if (this.#lockFile !== undefined) rmSync(this.#lockFile, { force: true });
      process.exit(code);
    });
  }
}

export const app = new StandinApp();
