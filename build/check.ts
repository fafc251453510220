// `npm run check`: format, lint, types, components, layers and house rules; two at a time, one line each.
import { availableParallelism } from 'node:os';
import { checkHouseRules } from './check/house.ts';
import { runCommand, type CommandResult } from './run-command.ts';

interface Step {
  readonly name: string;
  readonly run: () => Promise<CommandResult>;
}

const command =
  (program: string, ...args: string[]) =>
  (): Promise<CommandResult> =>
    runCommand(program, args);

/** The slow ones first, so that they share the time. `components` checks the types of everything in renderer/, .ts files included. */
const steps: readonly Step[] = [
  { name: 'lint', run: command('eslint', '--max-warnings=0', '.') },
  { name: 'components', run: command('svelte-check', '--tsconfig', 'renderer/tsconfig.json', '--output', 'human', '--fail-on-warnings') },
  { name: 'types', run: command('tsc', '-p', '.') },
  { name: 'format', run: command('prettier', '--check', '--log-level=warn', '.') },
  {
    name: 'layers',
    run: command(
      'depcruise',
      '--config',
      'dependency-cruiser.config.cjs',
      '--output-type',
      'err',
      'app',
      'main',
      'renderer',
      'build',
      'test',
    ),
  },
  { name: 'house rules', run: checkHouseRules },
];

export interface CheckResult {
  readonly passed: number;
  readonly failed: number;
}

/** Runs all steps and prints a line for each, and the whole output of those that failed. */
export async function check(): Promise<CheckResult> {
  const waiting = [...steps];
  let failed = 0;
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await step.run();
      const isGood = result.code === 0;
      if (!isGood) failed++;
      console.log(`${isGood ? '✓' : '✗'} ${step.name} (${result.seconds.toFixed(1)} s)${isGood ? '' : `\n${result.output.trimEnd()}`}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), steps.length) }, work));
  return { passed: steps.length - failed, failed };
}

if (import.meta.main) {
  const result = await check();
  console.log(`${result.passed} checks passed, ${result.failed} failed`);
  process.exitCode = result.failed === 0 ? 0 : 1;
}
