// The one object that the preload exposes to the window, as `window.watchword`.
import type { PageCallInput, PageCallName, PageChange, PageReply } from './shell-contract.ts';

export interface PageBridge {
  /** Resolves with `{ output }` or `{ failure }`; never rejects. */
  call<N extends PageCallName>(name: N, input: PageCallInput<N>): Promise<PageReply<N>>;
  /** Calls `listener` for each change until the returned function is called. */
  onChange(listener: (change: PageChange) => void): () => void;
}

declare global {
  interface Window {
    readonly watchword: PageBridge;
  }
}
