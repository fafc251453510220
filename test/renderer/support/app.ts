// The window's state on the bridge in memory, with a clock that stands still.
import { createAppClient } from '../../../renderer/app-client.ts';
import { AppState } from '../../../renderer/state/app-state.svelte.ts';
import { makeFakeClock, type FakeClock } from './fake-clock.ts';
import { makeLivelyData, type FakeData } from './fake-people.ts';
import { makeFakeWatchword, type FakeWatchword } from './fake-watchword.ts';

export interface TestApp {
  readonly app: AppState;
  readonly fake: FakeWatchword;
  readonly clock: FakeClock;
}

/** Started and loaded. */
export async function startApp(makeData: (nowMs: number) => FakeData = makeLivelyData): Promise<TestApp> {
  const clock = makeFakeClock();
  const fake = makeFakeWatchword(makeData(clock.nowMs()));
  const app = new AppState(createAppClient(fake), clock);
  await app.start();
  return { app, fake, clock };
}

/** Lets promises that are already settled go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
