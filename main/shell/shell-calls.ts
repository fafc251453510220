// The calls that the shell itself answers: settings, links, facts about the app.
import { app, clipboard } from 'electron';
import { CallFailure } from '../../app/bridge/failure.ts';
import type { ShellHandlers } from './answer-call.ts';
import { openExternalLink } from './external-link.ts';
import { chooseFile, openTextFile, saveTextFile } from './file-dialog.ts';
import type { SettingsStore } from './settings/settings-store.ts';

export function createShellHandlers(settings: SettingsStore, profileFolder: string, onReadyToQuit: () => void): ShellHandlers {
  return {
    getSettings: () => ({ settings: settings.get() }),
    changeSettings: (patch) => ({ settings: settings.change(patch) }),
    async openExternal({ url }) {
      if (await openExternalLink(url)) return {};
      throw new CallFailure({ kind: 'refused', reason: 'Only web links (http and https) are opened.', field: 'url' });
    },
    async copyText({ text }) {
      await clipboard.writeText(text);
      return {};
    },
    chooseFile: async (question) => ({ path: await chooseFile(question) }),
    saveTextFile: async ({ suggestedName, text }) => ({ path: await saveTextFile(suggestedName, text) }),
    openTextFile: async () => ({ text: await openTextFile() }),
    readyToQuit() {
      onReadyToQuit();
      return {};
    },
    getAppInfo: () => ({
      appInfo: { version: app.getVersion(), platform: process.platform, locale: app.getLocale(), profile: profileFolder },
    }),
  };
}
