// The log: one line per event on standard error. WATCHWORD_LOG chooses the lowest level shown.

export type Level = 'debug' | 'info' | 'warn' | 'error';
const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];
/** Longest line: a hostile message must not fill a disk through the log. */
const LINE_LIMIT = 2_000;

export type Log = (level: Level, text: string) => void;

export function createLog(wanted: string | undefined, write: (line: string) => void): Log {
  const lowest = Math.max(0, LEVELS.indexOf((wanted ?? 'warn') as Level));
  return (level, text) => {
    if (LEVELS.indexOf(level) < lowest) return;
    // One event is one line, whatever a peer put into it.
    const line = text.slice(0, LINE_LIMIT).replace(/\p{Cc}+/gu, ' ');
    write(`${new Date().toISOString()} ${level} ${line}\n`);
  };
}

export const shellLog: Log = createLog(process.env.WATCHWORD_LOG, (line) => void process.stderr.write(line));
