// Installing Debian packages: what is run, in which order, with stand-ins for apt and dpkg in PATH.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../build/run-command.ts';

let folder: string;
const program = (name: string, script: string): void => {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchword-apt-'));
  symlinkSync('/usr/bin/env', join(folder, 'env'));
  const log = `echo "$(basename "$0") $*" >> ${folder}/log`;
  // "there" is installed; "wanted" is, once apt was asked for it.
  program('dpkg-query', `echo "there installed"; [ -e ${folder}/done ] && echo "wanted installed"; exit 0`);
  program('apt-get', `${log}\ncase "$*" in *install*) [ -e ${folder}/broken ] || : > ${folder}/done ;; esac`);
  for (const name of ['install', 'rm']) program(name, log);
  program('sudo', 'shift; "$@"');
  program('true', '');
  symlinkSync('/usr/bin/basename', join(folder, 'basename'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs `ensurePackages` with nothing but the stand-ins in PATH. */
function ensure(names: string[]): { answer: string; errors: string; log: string[] } {
  const code = `import { ensurePackages } from ${JSON.stringify(join(root, 'build/system-packages.ts'))};
    process.stdout.write('\\nanswer ' + (await ensurePackages(${JSON.stringify(names)}, 'the trial', ${JSON.stringify(join(folder, 'policy'))})));`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', env: { PATH: folder } });
  const log = existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') : [];
  return { answer: run.stdout.split('\nanswer ')[1] ?? run.stderr, errors: run.stderr, log };
}

test('nothing is run when everything is there', () => {
  expect(ensure(['there'])).toEqual({ answer: 'true', errors: '', log: [] });
});

test('only what is missing is installed, without questions, recommendations or services', () => {
  const { answer, log } = ensure(['there', 'wanted']);
  expect(answer).toBe('true');
  const install = log.findIndex((line) => line.includes('install -y --no-install-recommends wanted'));
  expect(log[install]).toMatch(/apt-get -q=2 -o DPkg::Lock::Timeout=120 .*install -y --no-install-recommends wanted$/);
  // Services are kept from starting before, and allowed again after.
  expect(log.findIndex((line) => line.endsWith('/policy') && line.includes('install -m 755'))).toBeLessThan(install);
  expect(log.at(-1)).toMatch(/rm -f .*\/policy$/);
});

test('when installing fails the command to run is said', () => {
  writeFileSync(join(folder, 'broken'), '');
  const { answer, errors } = ensure(['wanted']);
  expect(answer).toBe('false');
  expect(errors).toContain('sudo apt-get update && sudo apt-get install -y --no-install-recommends wanted');
});

test('without apt the programs are named', () => {
  rmSync(join(folder, 'apt-get'));
  expect(ensure(['wanted'])).toEqual({ answer: 'false', errors: 'The trial needs these programs, please install them: wanted\n', log: [] });
});
