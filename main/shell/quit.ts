// Ends the app cleanly: the windows close at once, the core says goodbye to its servers, and no server can hold us up.
import { app } from 'electron';
import type { Core } from '../accounts/core.ts';

/** Longest wait for servers that do not answer. */
const STOP_LIMIT_MS = 4_000;

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
