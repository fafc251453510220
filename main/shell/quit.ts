// Ends the app cleanly: the page stores what was typed, the windows close, the core says goodbye to its servers, and nobody can hold us up.
import { app } from 'electron';
import type { Core } from '../accounts/core.ts';
import { LONGEST_SIGN_OUT_MS } from '../accounts/sign-out.ts';

/** For the core that hangs. WHY longer than its own wait for silent servers: it closes the database only after that. */
export const STOP_LIMIT_MS = LONGEST_SIGN_OUT_MS + 5_000;

/** For the page that hangs. Storing a draft takes some milliseconds. */
const PAGE_LIMIT_MS = 1_000;

/** Before the windows close the page is asked to store what was typed. Gives what to call when it has. */
export function setUpPageFarewell(hasPage: () => boolean, askPage: () => void): () => void {
  let state: 'running' | 'asking' | 'done' = 'running';
  const goOn = (): void => {
    if (state !== 'asking') return;
    state = 'done';
    app.quit();
  };
  app.on('before-quit', (event) => {
    if (state === 'done' || !hasPage()) return;
    event.preventDefault();
    if (state === 'asking') return;
    state = 'asking';
    setTimeout(goOn, PAGE_LIMIT_MS);
    askPage();
  });
  return goOn;
}

export function setUpQuit(core: Core): void {
  let isStopping = false;
  app.on('will-quit', (event) => {
    event.preventDefault();
    if (isStopping) return;
    isStopping = true;
    const limit = new Promise((resolve) => setTimeout(resolve, STOP_LIMIT_MS));
    void Promise.race([core.stop(), limit]).finally(() => app.exit(0));
  });
}
