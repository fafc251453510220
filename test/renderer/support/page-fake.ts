// Puts the fake bridge into a page before the window's own code runs. The scenario comes from a global set before this script.
import type { PartState } from '../../../app/domain/account.ts';
import { makeCrowdedData, makeNearbyData, makeNobodyData } from './fake-nearby.ts';
import { makeEmptyData, makeLargeData, makeLivelyData, makeNewData, makeTroubledData } from './fake-people.ts';
import { makeFakeWatchword, type FakeWatchword } from './fake-watchword.ts';

export interface Scenario {
  readonly data: 'lively' | 'troubled' | 'empty' | 'new' | 'large' | 'nearby' | 'nobody' | 'crowded';
  readonly theme?: 'system' | 'light' | 'dark';
  readonly language?: string;
  readonly delayMs?: number;
  /** How signing in ends for a new account. */
  readonly registration?: PartState;
}

declare global {
  interface Window {
    scenario?: Scenario;
    fake: FakeWatchword;
  }
}

const makers = {
  lively: makeLivelyData,
  troubled: makeTroubledData,
  empty: makeEmptyData,
  new: makeNewData,
  large: makeLargeData,
  nearby: makeNearbyData,
  nobody: makeNobodyData,
  crowded: makeCrowdedData,
};
const scenario: Scenario = window.scenario ?? { data: 'lively' };
const fake = makeFakeWatchword(makers[scenario.data](Date.now()), {
  settings: { theme: scenario.theme ?? 'system', language: scenario.language ?? 'en' },
  ...(scenario.delayMs === undefined ? {} : { delayMs: scenario.delayMs }),
  ...(scenario.registration === undefined ? {} : { registration: scenario.registration }),
});
Object.defineProperty(window, 'watchword', { value: Object.freeze({ call: fake.call, onChange: fake.onChange }) });
window.fake = fake;
