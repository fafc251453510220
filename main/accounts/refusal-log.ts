// What strangers were refused, as the log says it: the first of each kind at once, then one line a minute with their number.
import type { Clock, IncomingRequest, Log, Timer } from '../sip/index.ts';

export interface RefusalLog {
  note(request: IncomingRequest): void;
  stop(): void;
}

const MINUTE_MS = 60_000;
/** SECURITY: a stranger makes up methods; beyond all that are registered they count together. */
const MOST_KINDS = 16;
const OTHERS = 'other requests';

interface Refused {
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
      const { count, lastFrom } = refused;
      refused.count = 0;
      if (count === 0) sinceLastLine.delete(kind);
      else log('warn', `refused ${count} more ${kind} in a minute, not from the account's server, the last from ${lastFrom}`);
    }
    if (sinceLastLine.size > 0) timer = clock.startTimer(MINUTE_MS, tell);
  }

  return {
    note({ message, source }) {
      const kind = sinceLastLine.has(message.method) || sinceLastLine.size < MOST_KINDS ? message.method : OTHERS;
      const refused = sinceLastLine.get(kind);
      if (refused !== undefined) {
        refused.count += 1;
        refused.lastFrom = source.address;
        return;
      }
      sinceLastLine.set(kind, { count: 0, lastFrom: source.address });
      log('warn', `refused ${kind} from ${source.address}: not from the account's server`);
      timer ??= clock.startTimer(MINUTE_MS, tell);
    },
    stop() {
      timer?.cancel();
      timer = undefined;
      sinceLastLine.clear();
    },
  };
}
