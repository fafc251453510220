// The desktop app's start: a list of what is set up, in order. Each line is one capability with a file of its own.
import { app, dialog } from 'electron';
import { lockProfile } from '../accounts/profile-lock.ts';
import { setUpBridge } from './bridge.ts';
import { setUpConnectionWatch } from './connection-watch.ts';
import { setUpDemo } from './demo.ts';
import { followOverview } from './follow-overview.ts';
import { shellLog } from './log.ts';
import { setUpIdleWatch } from './idle-watch.ts';
import { setUpMenu } from './menu.ts';
import { setUpNotifications } from './notifications.ts';
import { openCore } from './open-core.ts';
import { registerPageScheme, setUpPageProtocol } from './page-protocol.ts';
import { setUpProfile, type Profile } from './profile.ts';
import { setUpPageFarewell, setUpQuit } from './quit.ts';
import { setUpSecrets } from './secrets.ts';
import { setUpContentsGuard, setUpPermissionRefusal } from './security.ts';
import { createSettingsStore } from './settings/settings-store.ts';
import { createShellHandlers } from './shell-calls.ts';
import { setUpSingleInstance } from './single-instance.ts';
import { setUpTheme } from './theme.ts';
import { setUpTray } from './tray.ts';
import { setUpWindow, type MainWindow } from './window.ts';

async function start(profile: Profile, onWindow: (window: MainWindow) => void): Promise<void> {
  await app.whenReady();
  setUpPermissionRefusal();
  setUpPageProtocol();
  const settings = createSettingsStore(profile.folder);
  setUpTheme(settings);
  // Against the headless mode: another window was seen by setUpSingleInstance.
  await lockProfile(profile.folder);
  const core = await openCore(profile, setUpSecrets(profile.secretsFile));
  setUpQuit(core);
  await setUpDemo(core, process.argv, (text) => shellLog('error', text));
  const shell = createShellHandlers(settings, profile.folder, () => pageIsReady());
  const bridge = setUpBridge({ callCore: (name, input) => core.call(name, input), shell, log: shellLog });
  core.onChange((change) => bridge.push(change));
  settings.onChange((changed) => bridge.push({ type: 'settings-changed', settings: changed }));
  const window = setUpWindow(settings, (opened) => bridge.attach(opened));
  onWindow(window);
  const pageIsReady = setUpPageFarewell(
    () => window.current() !== undefined,
    () => bridge.push({ type: 'quitting' }),
  );
  setUpMenu((command) => bridge.push({ type: 'command-chosen', command }));
  const overview = followOverview(core, (text) => shellLog('warn', text));
  setUpTray(overview, () => window.show());
  setUpNotifications({
    core,
    overview,
    settings,
    window,
    onChosen: (conversationId) => bridge.push({ type: 'conversation-chosen', conversationId }),
  });
  setUpConnectionWatch(core);
  setUpIdleWatch(core, settings);
}

// Everything up to `start` must happen before Electron is ready.
const profile = setUpProfile();
let window: MainWindow | undefined;
if (setUpSingleInstance(() => window?.show())) {
  registerPageScheme();
  setUpContentsGuard();
  start(profile, (opened) => {
    window = opened;
  }).catch((error: unknown) => {
    // A profile that another program holds, a disk that is full: said in a sentence, then the end.
    dialog.showErrorBox('Watchword cannot start', error instanceof Error ? error.message : String(error));
    app.exit(1);
  });
} else {
  // quit() before ready is a clean end: the other one was told.
  app.quit();
}
