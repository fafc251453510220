// The core without a window, for bots, scripts, monitoring and tests. WHY so little: signals are heard from here on, and all the rest takes
// a while to load.
import { endFromOutside } from './end-from-outside.ts';

const ended = endFromOutside();

async function run(): Promise<number> {
  const { runHeadless } = await import('./run-headless.ts');
  return runHeadless(ended);
}

run().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
