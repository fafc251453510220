// The log of the headless mode: one line each on standard error, with the time.
import type { Log } from '../sip/index.ts';
import { createNodeClock } from '../sip/index.ts';

const clock = createNodeClock();

/** Nobody reads debug lines of a bot; a trace has its own switch. */
const SHOWN: ReadonlySet<string> = new Set(['info', 'warn', 'error']);

export const writeLog: Log = (level, text) => {
  if (!SHOWN.has(level)) return;
  process.stderr.write(`${new Date(clock.nowMs()).toISOString()} ${level} ${text.replaceAll('\n', ' | ')}\n`);
};
