// Desktop notifications for messages that arrive while the window is not in front. One per conversation; a click opens it.
import { Notification } from 'electron';
import type { Core } from '../accounts/core.ts';
import { notificationFor } from './notification-text.ts';
import type { FollowedOverview } from './follow-overview.ts';
import type { SettingsStore } from './settings/settings-store.ts';
import type { MainWindow } from './window.ts';

export interface NotificationDoors {
  readonly core: Core;
  readonly overview: FollowedOverview;
  readonly settings: SettingsStore;
  readonly window: MainWindow;
  readonly onChosen: (conversationId: string) => void;
}

export function setUpNotifications({ core, overview, settings, window, onChosen }: NotificationDoors): void {
  if (!Notification.isSupported()) return;
  /** Kept, or the garbage collector takes the click with it. */
  const shown = new Map<string, Notification>();
  core.onChange((change) => {
    const text = notificationFor(change, overview.current(), settings.get(), window.current()?.isFocused() ?? false);
    if (!text) return;
    shown.get(text.conversationId)?.close();
    const notification = new Notification({ title: text.title, body: text.body });
    shown.set(text.conversationId, notification);
    notification.on('click', () => {
      shown.delete(text.conversationId);
      window.show();
      onChosen(text.conversationId);
    });
    notification.on('close', () => {
      if (shown.get(text.conversationId) === notification) shown.delete(text.conversationId);
    });
    notification.show();
  });
}
