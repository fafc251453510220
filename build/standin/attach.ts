// Connects Playwright to the window of an app on the stand-in, so that it is used as a person does: by tests and by the demo.
import { chromium, type Browser, type Page } from 'playwright-core';
import type { StandinApp } from './client.ts';

/** Longest wait for the app to show its window, on a busy machine. */
const LAUNCH_LIMIT_MS = 30_000;
const LOOK_EVERY_MS = 25;

export interface AttachedWindow {
  readonly browser: Browser;
  readonly page: Page;
}

/** Asks again and again until `look` gives something; rejects with `what` when it takes too long. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, limitMs = LAUNCH_LIMIT_MS): Promise<T> {
  const endMs = Date.now() + limitMs;
  let lastError: unknown;
  while (Date.now() < endMs) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`waited in vain for ${what}`, { cause: lastError });
}

/** Resolves when the window is shown. `standin` was started with STANDIN_PORT=1. Rejects when the app ends before. */
export async function attach(standin: StandinApp): Promise<AttachedWindow> {
  const gone = standin.ended.then((code) => {
    throw new Error(`the app ended with ${code} before it showed a window`);
  });
  const shown = until('the window', async () => {
    const { windows } = await standin.control('state');
    return windows.some(({ isVisible, url }) => isVisible && url !== '');
  });
  await Promise.race([shown, gone]);
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await standin.control('endpoint')}`);
  const page = browser.contexts().flatMap((context) => context.pages())[0];
  if (!page) throw new Error('the window has no page');
  return { browser, page };
}
