// `--demo NAME`: who opens a profile without accounts so is nearby at once under that name, found on this computer only.
import type { Core } from '../accounts/core.ts';
import { argumentOf } from './command-line.ts';

/** Never rejects: what goes wrong is logged, and the window says what can be done. */
export async function setUpDemo(core: Core, argv: readonly string[], log: (text: string) => void): Promise<void> {
  const displayName = argumentOf(argv, '--demo');
  if (displayName === undefined) return;
  try {
    const { accounts } = await core.handlers.listAccounts({});
    if (accounts.length > 0) return;
    const { interfaces } = await core.handlers.listInterfaces({});
    const here = interfaces.filter(({ isLoopback }) => isLoopback).map(({ address }) => address);
    await core.handlers.addAccount({ kind: 'nearby', displayName, interfaces: here });
  } catch (error) {
    log(`The demo could not start: ${String(error)}`);
  }
}
