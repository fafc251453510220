// The tray icon and the badge: how much waits, and a way back to the window.
import { app, Menu, Tray } from 'electron';
import { iconFile } from './icon.ts';
import type { FollowedOverview } from './follow-overview.ts';
import { unreadCount, type Overview } from './overview.ts';

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** For the icon's tool tip: `Watchword: 2 unread messages, 1 request`. */
export function trayText(name: string, overview: Overview): string {
  const unread = unreadCount(overview);
  const requests = overview.requests.size;
  const parts = [
    ...(unread > 0 ? [plural(unread, 'unread message', 'unread messages')] : []),
    ...(requests > 0 ? [plural(requests, 'request', 'requests')] : []),
  ];
  return parts.length === 0 ? name : `${name}: ${parts.join(', ')}`;
}

function createTray(show: () => void): Tray | undefined {
  try {
    const tray = new Tray(iconFile('32x32'));
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: `Open ${app.getName()}`, click: show },
        { type: 'separator' },
        { label: 'Quit', click: () => app.quit() },
      ]),
    );
    tray.on('click', show);
    return tray;
  } catch {
    // Some desktops have no tray; the app does without.
    return undefined;
  }
}

export function setUpTray(overview: FollowedOverview, show: () => void): void {
  const tray = createTray(show);
  const update = (current: Overview): void => {
    app.setBadgeCount(unreadCount(current) + current.requests.size);
    tray?.setToolTip(trayText(app.getName(), current));
  };
  update(overview.current());
  overview.onChange(update);
}
