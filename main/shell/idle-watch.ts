// Tells the core when nobody touches the computer, and at once when somebody does again.
import { powerMonitor } from 'electron';
import type { Core } from '../accounts/core.ts';
import type { SettingsStore } from './settings/settings-store.ts';

/** While somebody is here: often enough that a minute is a minute. */
const LOOK_WHILE_HERE_MS = 10_000;
/** While nobody is: coming back shows at once. */
const LOOK_WHILE_AWAY_MS = 1_000;
const MINUTE_SECONDS = 60;

/** Since when nobody is here; undefined: somebody is. `awayAfterMinutes` 0: never told. */
export function idleSince(idleSeconds: number, awayAfterMinutes: number, nowMs: number): number | undefined {
  if (awayAfterMinutes === 0 || idleSeconds < awayAfterMinutes * MINUTE_SECONDS) return undefined;
  return nowMs - idleSeconds * 1000;
}

export function setUpIdleWatch(core: Pick<Core, 'setIdle'>, settings: Pick<SettingsStore, 'get'>): void {
  let isAway = false;
  let lockedAtMs: number | undefined;

  /** A locked screen is away at once, whatever the system counts. */
  function current(): number | undefined {
    const { awayAfterMinutes } = settings.get();
    if (awayAfterMinutes === 0) return undefined;
    return lockedAtMs ?? idleSince(powerMonitor.getSystemIdleTime(), awayAfterMinutes, Date.now());
  }

  function look(): void {
    const sinceMs = current();
    isAway = sinceMs !== undefined;
    const { awayAfterMinutes } = settings.get();
    core.setIdle(sinceMs, awayAfterMinutes === 0 ? undefined : awayAfterMinutes * MINUTE_SECONDS);
  }

  function lookAgain(): void {
    setTimeout(
      () => {
        look();
        lookAgain();
      },
      isAway ? LOOK_WHILE_AWAY_MS : LOOK_WHILE_HERE_MS,
    ).unref();
  }

  powerMonitor.on('lock-screen', () => {
    lockedAtMs = Date.now();
    look();
  });
  powerMonitor.on('unlock-screen', () => {
    lockedAtMs = undefined;
    look();
  });
  // WHY at once: what is published first says already after how long this counts.
  look();
  lookAgain();
}
