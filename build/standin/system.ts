// The system around the app: keychain, theme, power, screens, the default browser, the clipboard, the network's state.
import type { DecryptStringAsyncReturnValue, Display, Rectangle } from 'electron';
import { EventEmitter } from 'node:events';
import { openWindows } from './open-windows.ts';
import { note } from './recording.ts';

const SEAL = Buffer.from('standin1');
/** No protection at all, only unreadable at a glance: a stand-in has no keychain. */
const veil = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0x5a));
let hasKeychain = process.env.STANDIN_KEYCHAIN !== '0';

export const keychain = {
  set isAvailable(value: boolean) {
    hasKeychain = value;
  },
};

export const safeStorage = {
  isAsyncEncryptionAvailable: async (): Promise<boolean> => hasKeychain,
  encryptStringAsync: async (text: string): Promise<Buffer> => {
    if (!hasKeychain) throw new Error('Error while encrypting the text provided to safeStorage.encryptStringAsync.');
    return Buffer.concat([SEAL, veil(Buffer.from(text))]);
  },
  decryptStringAsync: async (sealed: Buffer): Promise<DecryptStringAsyncReturnValue> => {
    if (!hasKeychain || !sealed.subarray(0, SEAL.length).equals(SEAL)) {
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.');
    }
    return { result: veil(sealed.subarray(SEAL.length)).toString(), shouldReEncrypt: false };
  },
  getSelectedStorageBackend: (): string => (hasKeychain ? 'gnome_libsecret' : 'basic_text'),
};

class StandinTheme extends EventEmitter {
  isSystemDark = false;
  #source: 'system' | 'light' | 'dark' = 'system';

  get themeSource(): 'system' | 'light' | 'dark' {
    return this.#source;
  }

  set themeSource(source: 'system' | 'light' | 'dark') {
    this.#source = source;
    this.apply();
  }

  get shouldUseDarkColors(): boolean {
    return this.#source === 'system' ? this.isSystemDark : this.#source === 'dark';
  }

  apply(): void {
    for (const window of openWindows.all()) window.setColorScheme(this.shouldUseDarkColors ? 'dark' : 'light');
    this.emit('updated');
  }
}
export const nativeTheme = new StandinTheme();

class StandinPower extends EventEmitter {
  idleSeconds = 0;
  getSystemIdleTime = (): number => this.idleSeconds;
}
export const powerMonitor = new StandinPower();

const workArea: Rectangle = { x: 0, y: 0, width: 1600, height: 1000 };
const display = { id: 1, workArea, bounds: workArea, scaleFactor: 1 } as Display;
export const screen = Object.assign(new EventEmitter(), {
  getAllDisplays: (): Display[] => [display],
  getPrimaryDisplay: (): Display => display,
});

export const shell = {
  openExternal: async (url: string): Promise<void> => note('open-external', url),
};

export const clipboard = {
  writeText: async (text: string): Promise<void> => note('copied', text),
};

class StandinNet {
  online = true;
  isOnline = (): boolean => this.online;
}
export const net = new StandinNet();
