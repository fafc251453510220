// Electron's security checklist in one place: no navigation, no windows of a page's making, no webviews, no permissions.
import { app, session } from 'electron';
import type { WebContents, WebPreferences } from 'electron';
import { openExternalLink } from './external-link.ts';
import { isPageUrl } from './page-address.ts';

/** What every window of the app runs with. */
export const SECURE_PREFERENCES = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  enableWebSQL: false,
  safeDialogs: true,
} as const satisfies WebPreferences;

/** SECURITY: the page stays where it is; what it wants to open goes to the system's browser, when it is a web address. */
function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isPageUrl(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    // A refusal or a system without browser is no reason for the page to know.
    openExternalLink(url).catch(() => undefined);
    return { action: 'deny' };
  });
}

/** Before the app is ready: every page, whoever makes it, is guarded from its birth. */
export function setUpContentsGuard(): void {
  app.enableSandbox();
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

/** After ready: the page gets no camera, place, clipboard reading, USB, or whatever comes next. */
export function setUpPermissionRefusal(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.setDevicePermissionHandler(() => false);
}
