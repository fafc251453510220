// Requests that were refused, as the log says it: the first of each kind at once, then one line a minute with their number.
import type { Clock, IncomingRequest, Log, Timer } from '../sip/index.ts';

export interface RefusalLog {
  /** `why`: one of a few sentences. */
  note(request: IncomingRequest, why: string): void;
  stop(): void;
}

const MINUTE_MS = 60_000;
/** SECURITY: a stranger makes up methods; beyond all that are registered they count together. */
const MOST_KINDS = 16;
const OTHERS = 'other requests';

interface Refused {
  readonly what: string;
  readonly why: string;
  count: number;
  lastFrom: string;
}

/** SECURITY: a line for each would let anybody fill the disk. */
export function createRefusalLog(clock: Clock, log: Log): RefusalLog {
  const sinceLastLine = new Map<string, Refused>();
  let timer: Timer | undefined;

  function tell(): void {
    timer = undefined;
    for (const [kind, refused] of sinceLastLine) {
      const { what, why, count, lastFrom } = refused;
      refused.count = 0;
      if (count === 0) sinceLastLine.delete(kind);
      else log('warn', `refused ${count} more ${what} in a minute, ${why}, the last from ${lastFrom}`);
    }
    if (sinceLastLine.size > 0) timer = clock.startTimer(MINUTE_MS, tell);
  }

  return {
    note({ message, source }, why) {
      const own = `${message.method}: ${why}`;
      const isOwn = sinceLastLine.has(own) || sinceLastLine.size < MOST_KINDS;
      const kind = isOwn ? own : OTHERS;
      const refused = sinceLastLine.get(kind);
      if (refused !== undefined) {
        refused.count += 1;
        refused.lastFrom = source.address;
        return;
      }
      const what = isOwn ? message.method : OTHERS;
      sinceLastLine.set(kind, { what, why, count: 0, lastFrom: source.address });
      log('warn', `refused ${what} from ${source.address}: ${why}`);
      timer ??= clock.startTimer(MINUTE_MS, tell);
    },
    stop() {
      timer?.cancel();
      timer = undefined;
      sinceLastLine.clear();
    },
  };
}
