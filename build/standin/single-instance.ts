// One app per profile: a lock file, and a folder through which a second start hands itself over.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HandedOver {
  readonly argv: string[];
  readonly cwd: string;
  readonly data: unknown;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Makes the lock file, or removes that of a process that is gone and tries again. False: another one has it. */
function lock(file: string): boolean {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return true;
    } catch {
      const pid = Number(readFileSync(file, 'utf8'));
      if (pid > 0 && isAlive(pid)) return false;
      rmSync(file, { force: true });
    }
  }
}

function takeAll(inbox: string, onSecond: (handed: HandedOver) => void): void {
  for (const name of readdirSync(inbox)) {
    if (!name.endsWith('.json')) continue;
    const file = join(inbox, name);
    const handed = JSON.parse(readFileSync(file, 'utf8')) as HandedOver;
    unlinkSync(file);
    onSecond(handed);
  }
}

/** Takes the lock of `profile`; when another process has it, hands `data` over to that one. Gives the lock's file, or undefined. */
export function takeInstanceLock(profile: string, data: unknown, onSecond: (handed: HandedOver) => void): string | undefined {
  mkdirSync(profile, { recursive: true });
  const file = join(profile, 'standin.lock');
  const inbox = join(profile, 'standin-inbox');
  mkdirSync(inbox, { recursive: true });
  if (!lock(file)) {
    const draft = join(inbox, `${process.pid}.draft`);
    writeFileSync(draft, JSON.stringify({ argv: process.argv, cwd: process.cwd(), data: data ?? null }));
    // Renamed when whole, so that the other one never reads half of it.
    renameSync(draft, join(inbox, `${process.pid}.json`));
    return undefined;
  }
  watch(inbox, () => takeAll(inbox, onSecond)).unref();
  return file;
}
