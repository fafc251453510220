// Tells the core when the system wakes up or its network changes.
import { net, powerMonitor } from 'electron';
import { networkInterfaces } from 'node:os';
import type { Core } from '../accounts/core.ts';

/** The system has no event for it in the main process; looking costs microseconds. */
const LOOK_EVERY_MS = 4_000;

type Interfaces = ReturnType<typeof networkInterfaces>;

/** A text that differs when addresses do. */
export function networkFingerprint(interfaces: Interfaces, isOnline: boolean): string {
  const addresses = Object.entries(interfaces).flatMap(([name, list]) =>
    (list ?? []).filter(({ internal }) => !internal).map(({ address, netmask }) => `${name} ${address} ${netmask}`),
  );
  return [String(isOnline), ...addresses.toSorted()].join('\n');
}

export function setUpConnectionWatch(core: Core): void {
  powerMonitor.on('resume', () => core.wakeUp());
  let last = networkFingerprint(networkInterfaces(), net.isOnline());
  setInterval(() => {
    const now = networkFingerprint(networkInterfaces(), net.isOnline());
    if (now === last) return;
    last = now;
    core.networkChanged();
  }, LOOK_EVERY_MS).unref();
}
