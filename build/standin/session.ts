// Electron's default session: permissions. Whatever the app's handlers would refuse is denied to the page.
import { EventEmitter } from 'node:events';

type PermissionCheck = (contents: null, permission: string) => boolean;
type PermissionRequest = (contents: null, permission: string, callback: (isGranted: boolean) => void) => void;

class StandinSession extends EventEmitter {
  #request: PermissionRequest | null = null;
  #check: PermissionCheck | null = null;

  setPermissionRequestHandler(handler: PermissionRequest | null): void {
    this.#request = handler;
  }

  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.#check = handler;
  }

  setDevicePermissionHandler(): void {}

  /** What the app answers when a page wants `permission`; true without handlers, as Electron does. */
  grants(permission: string): boolean {
    let isGranted = this.#check ? this.#check(null, permission) : true;
    this.#request?.(null, permission, (answer) => {
      isGranted &&= answer;
    });
    return isGranted;
  }
}

export const session = { defaultSession: new StandinSession() };
