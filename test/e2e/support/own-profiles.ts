// Apps that are quit and started again on profiles of their own. What still runs after the tests of a file is ended, and its profiles go.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { launchApp, type RunningApp } from './harness.ts';

interface OwnProfiles {
  /** A new folder. */
  profile(): string;
  launch(profile: string, args?: readonly string[]): Promise<RunningApp>;
  /** As the person would; it must end well. */
  quit(app: RunningApp): Promise<void>;
}

/** Called once at the head of a file. */
export function ownProfiles(): OwnProfiles {
  const running = new Set<RunningApp>();
  const folders: string[] = [];
  afterAll(async () => {
    await Promise.allSettled([...running].map((app) => app.kill()));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  return {
    profile() {
      const folder = mkdtempSync(join(tmpdir(), 'watchword-e2e-'));
      folders.push(folder);
      return folder;
    },
    async launch(profile, args = []) {
      const app = await launchApp({ profile, args });
      running.add(app);
      return app;
    },
    async quit(app) {
      running.delete(app);
      expect(await app.quit()).toBe(0);
    },
  };
}
