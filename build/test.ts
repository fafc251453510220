// `npm test`: installs what the tests need, runs the check and every test, and closes with one line `N passed, N failed`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, type CheckResult } from './check.ts';
import { root, runCommand } from './run-command.ts';
import { ensurePackages, TEST_PACKAGES } from './system-packages.ts';

/** Longest that one group of tests may take, on a slow and busy machine; on two quiet cores it is some minutes. */
const GROUP_LIMIT_SECONDS = 1_500;

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

const add = (a: CheckResult, b: CheckResult): CheckResult => ({ passed: a.passed + b.passed, failed: a.failed + b.failed });

/** What the reporter wrote; a run without a report, or one that failed outside of any test, counts as one failure. */
function count(file: string, code: number | null): CheckResult {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { passed: 0, failed: 1 };
  }
  const filesThatDoNotLoad = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + filesThatDoNotLoad.length;
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

/** For all temporary files of the tests, also of those that were ended before they could clear up. */
const temporary = mkdtempSync(join(tmpdir(), 'watchword-test-'));

/** Runs vitest once; what it found is kept under `name`. */
async function runTests(name: string, args: readonly string[]): Promise<CheckResult> {
  const file = join(root, `artefacts/tests-${name}.json`);
  rmSync(file, { force: true });
  console.log(`\nTests: ${name}`);
  const all = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args];
  const { code } = await runCommand('vitest', all, {
    env: { TMPDIR: temporary },
    isShown: true,
    timeoutSeconds: GROUP_LIMIT_SECONDS,
  });
  return count(file, code);
}

/** WHY said: by itself vitest leaves one free, and of two that is half. */
const BOTH_PROCESSORS = '--maxWorkers=2';
/** One file at a time: each has a server or windows of its own. */
const ONE_BY_ONE = '--no-file-parallelism';
/** Tests whose people find each other by the loopback's multicast: never beside others of their kind. */
const NEARBY = ['test/interop/nearby', 'test/interop/discovery'];

/** Servers and people nearby wait for networks most of the time, so they go beside each other; windows need the processors for themselves. */
async function runReal(): Promise<CheckResult> {
  const servers = ['--project=interop', ONE_BY_ONE, ...NEARBY.map((path) => `--exclude=${path}*`)];
  const nearby = ['--project=interop', ONE_BY_ONE, ...NEARBY];
  const [withServers, withoutServers] = await Promise.all([runTests('interop', servers), runTests('nearby', nearby)]);
  return add(add(withServers, withoutServers), await runTests('e2e', ['--project=e2e', ONE_BY_ONE]));
}

async function runAll(): Promise<CheckResult> {
  if (!(await ensurePackages(TEST_PACKAGES, 'the test run'))) return { passed: 0, failed: 1 };
  let sum = await check();
  sum = add(
    sum,
    await runTests('unit', [...['unit', 'renderer', 'rfc', 'flow'].map((project) => `--project=${project}`), BOTH_PROCESSORS]),
  );
  return add(sum, await runReal());
}

const sum = await runAll().finally(() => rmSync(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed === 0 ? 0 : 1;
