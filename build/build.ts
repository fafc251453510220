// `npm run build`: bundles main process, preload and page into dist/, when their sources changed.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand } from './run-command.ts';
import { sourceHash } from './source-hash.ts';

const SOURCES = [
  'app',
  'main',
  'renderer',
  'build/vite',
  'build/icon',
  'build/build.ts',
  'svelte.config.js',
  'package.json',
  'package-lock.json',
];
const PARTS = ['main', 'preload', 'renderer'] as const;
const stamp = join(root, 'dist/.stamp');

function copyIcons(): void {
  mkdirSync(join(root, 'dist/icon'), { recursive: true });
  for (const name of ['32x32.png', '256x256.png']) cpSync(join(root, 'build/icon/icons', name), join(root, 'dist/icon', name));
}

/** False, and the reason is printed, when a part does not build. */
export async function build(): Promise<boolean> {
  const hash = sourceHash(root, SOURCES);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true;
  // The stamp goes first: a build that is cut short starts anew the next time.
  rmSync(stamp, { force: true });
  const results = await Promise.all(
    PARTS.map((part) => runCommand('vite', ['build', '--config', `build/vite/${part}.ts`, '--configLoader', 'native'])),
  );
  const failed = results.filter(({ code }) => code !== 0);
  for (const { output } of failed) console.error(output);
  if (failed.length > 0) return false;
  copyIcons();
  writeFileSync(stamp, hash);
  return true;
}

if (import.meta.main) process.exitCode = (await build()) ? 0 : 1;
