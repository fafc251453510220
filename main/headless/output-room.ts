// How much may wait for whoever reads our output, and for how long.
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Clock } from '../sip/index.ts';

/** Waiting output beyond which nothing more is asked of us: some of the largest answers, and no danger to the memory. */
const WAITING_LIMIT_BYTES = 4_000_000;
/** A reader who has not taken the last lines by then is not reading. */
const LAST_LINES_LIMIT_MS = 1_000;

/** Resolves at once where there is room, else when the reader has caught up. */
export async function outputRoom(output: Writable): Promise<void> {
  if (output.writableLength > WAITING_LIMIT_BYTES && output.writableNeedDrain) await once(output, 'drain');
}

/** Resolves when all output was taken, or nobody takes it. */
export function lastLinesTaken(output: Writable, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.startTimer(LAST_LINES_LIMIT_MS, resolve);
    output.write('', () => {
      timer.cancel();
      resolve();
    });
  });
}
