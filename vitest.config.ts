// The test runs: unit tests beside the source tree's mirror, the page's with Svelte, published messages, flows, the real server, real windows.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What comes is waited for as long as a busy machine needs; nothing is decided by how long it takes. */
const patient = { poll: { timeout: 15_000 } };

const electronStub = join(import.meta.dirname, 'test/support/electron-stub.ts');

export default defineConfig({
  test: {
    // A test that hangs is a test that fails.
    testTimeout: 10_000,
    hookTimeout: 20_000,
    projects: [
      {
        resolve: { alias: { electron: electronStub } },
        test: {
          name: 'unit',
          include: ['test/{main,app,build,support}/**/*.test.ts'],
          server: { deps: { inline: ['electron-store'] } },
          testTimeout: 20_000,
          expect: patient,
        },
      },
      {
        plugins: [svelte()],
        resolve: { conditions: ['browser'] },
        test: { name: 'renderer', include: ['test/renderer/**/*.test.ts'], expect: patient },
      },
      { test: { name: 'rfc', include: ['test/rfc/**/*.test.ts'] } },
      { test: { name: 'flow', include: ['test/flow/**/*.test.ts'], testTimeout: 30_000 } },
      {
        test: {
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 60_000,
          expect: patient,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          fileParallelism: false,
          globalSetup: ['test/e2e/support/build-first.ts'],
          testTimeout: 120_000,
          hookTimeout: 90_000,
          expect: patient,
        },
      },
    ],
  },
});
