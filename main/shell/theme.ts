// The theme the person chose, told to the system, so that menus and the page's prefers-color-scheme agree.
import { nativeTheme } from 'electron';
import type { SettingsStore } from './settings/settings-store.ts';

export function setUpTheme(settings: SettingsStore): void {
  nativeTheme.themeSource = settings.get().theme;
  settings.onChange(({ theme }) => {
    if (nativeTheme.themeSource !== theme) nativeTheme.themeSource = theme;
  });
}
