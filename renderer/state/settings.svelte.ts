// The settings a person can change in the window, and facts about the app. Language follows them here, the theme in App.svelte.
import type { AppInfo, Settings } from '../../app/bridge/shell-contract.ts';
import type { AppClient } from '../app-client.ts';
import { setLanguage } from '../text/text.svelte.ts';

const DEFAULTS: Settings = {
  theme: 'system',
  language: 'system',
  sideBarWidthPx: 300,
  isDetailsOpen: true,
  isDoNotDisturb: false,
  hasNotifications: true,
  awayAfterMinutes: 10,
};

export class SettingsState {
  current = $state.raw<Settings>(DEFAULTS);
  appInfo = $state.raw<AppInfo>({ version: '', platform: '', locale: 'en', profile: '' });
  failureReason = $state('');
  readonly #client: AppClient;

  constructor(client: AppClient) {
    this.#client = client;
  }

  async load(): Promise<void> {
    const [info, settings] = await Promise.all([this.#client.call('getAppInfo', {}), this.#client.call('getSettings', {})]);
    if (info.kind === 'ok') this.appInfo = info.output.appInfo;
    this.apply(settings.kind === 'ok' ? settings.output.settings : DEFAULTS);
  }

  apply(settings: Settings): void {
    this.current = settings;
    setLanguage(settings.language, this.appInfo.locale);
  }

  /** In force at once; taken back, with the reason, when it could not be kept. */
  async change(patch: Partial<Settings>): Promise<void> {
    const before = this.current;
    this.failureReason = '';
    this.apply({ ...before, ...patch });
    const reply = await this.#client.call('changeSettings', patch);
    if (reply.kind === 'ok') {
      this.apply(reply.output.settings);
      return;
    }
    this.failureReason = reply.failure.reason;
    this.apply(before);
  }
}
