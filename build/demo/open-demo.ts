// The demo on a display: two windows, Ada and Bob, who find each other on this computer.
import { openOnChromium, openOnElectron, untilEnd } from '../open-app.ts';
import { makeDemoPeople } from './demo-people.ts';

/** `binary`: Electron's; undefined for an installed Chromium. Resolves with the exit code once both windows are closed. */
export async function openDemo(binary: string | undefined): Promise<number> {
  const { people, clear } = makeDemoPeople(true);
  console.log('Two windows open: Ada and Bob, on this computer only. Add one in the window of the other, and write. Ctrl-C ends both.');
  const apps = people.map(({ name, profile }) => {
    const args = ['--profile', profile, '--demo', name];
    return binary === undefined ? openOnChromium(args, false) : openOnElectron(binary, args);
  });
  try {
    return await untilEnd(apps);
  } finally {
    clear();
  }
}
