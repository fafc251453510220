// What a process costs, as Linux counts it: processor time of all its threads, and memory.
import { readFileSync } from 'node:fs';

/** Linux tells times in hundredths of a second to everybody, whatever its own tick. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time so far, user and system together. */
export function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold spaces; what follows it does not.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
