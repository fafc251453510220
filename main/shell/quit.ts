// Ends the app cleanly: the windows close at once, the core says goodbye to its servers, and no server can hold us up.
import { app } from 'electron';
import type { Core } from '../accounts/core.ts';
import { LONGEST_SIGN_OUT_MS } from '../accounts/sign-out.ts';

/** For the core that hangs. WHY longer than its own wait for silent servers: it closes the database only after that. */
export const STOP_LIMIT_MS = LONGEST_SIGN_OUT_MS + 5_000;

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
