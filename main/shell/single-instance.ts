// One app per profile: a second start shows the window of the first and ends.
import { app } from 'electron';

/** False: another one runs on this profile and was told; this one must end. */
export function setUpSingleInstance(onSecondStart: () => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', onSecondStart);
  return true;
}
