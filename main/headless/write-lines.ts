// Answers and changes out: one JSON object per line, those of one moment in one write.

/**
 * Each value becomes a line, in order. WHY not each on its own: a write to a pipe is a system call that the event loop waits for,
 * and messages that are committed together are announced together.
 */
export function createLineWriter(write: (lines: string) => void): (value: unknown) => void {
  let waiting = '';
  const flush = (): void => {
    const lines = waiting;
    waiting = '';
    write(lines);
  };
  return (value) => {
    if (waiting === '') queueMicrotask(flush);
    waiting += `${JSON.stringify(value)}\n`;
  };
}
