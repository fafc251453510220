// Puts together the texts that Chromium runs at the start of each document.
import { createCodec } from './codec.ts';
import { createWorldPort } from './world-port.ts';
import { runPageWorld, runPreloadWorld, type PreloadEnvironment } from './worlds.ts';

/** For the page's world. `key` is random, so that the page cannot guess the channel. */
export function pageWorldSource(key: string): string {
  return `(${runPageWorld})(${createWorldPort}, ${JSON.stringify(key)});`;
}

/** For the preload's world. `preloadText` is the bundled preload, a CommonJS module. */
export function preloadWorldSource(key: string, environment: PreloadEnvironment, preloadText: string): string {
  const parts = `{ createPort: ${createWorldPort}, createCodec: ${createCodec}, key: ${JSON.stringify(key)}, environment: ${JSON.stringify(environment)} }`;
  return `(${runPreloadWorld})(${parts}, function (require, module, exports, process) {\n${preloadText}\n});`;
}
