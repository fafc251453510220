// Applies the house rules to every file that git knows or would take.
import { readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { root, runCommand, type CommandResult } from '../run-command.ts';
import { nameMistakes, textMistakes } from './house-rules.ts';

const READ = new Set(['.ts', '.js', '.mjs', '.cjs', '.svelte', '.css', '.html', '.md', '.cfg']);
/** Longest a file of the allowance list may be. */
const ALLOWANCE_LIMIT = 500;

/** Tracked files and new ones that are not ignored, relative to the root. */
async function projectFiles(): Promise<string[]> {
  const listing = await runCommand('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
  return listing.output.split('\n').filter((path) => path !== '' && isFile(path));
}

function isFile(path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false;
}

function allowanceMistakes(): string[] {
  const allowance = JSON.parse(readFileSync(join(root, 'build/size-allowance.json'), 'utf8')) as Record<string, number>;
  return Object.entries(allowance).flatMap(([path, max]) => {
    if (!isFile(path)) return [`build/size-allowance.json: ${path} is not there any more`];
    return max > ALLOWANCE_LIMIT ? [`build/size-allowance.json: ${path} may be ${ALLOWANCE_LIMIT} lines at most`] : [];
  });
}

/** Like a command: code 0 when all is well, else 1 and the mistakes as output. */
export async function checkHouseRules(): Promise<CommandResult> {
  const startedMs = Date.now();
  const mistakes = allowanceMistakes();
  for (const path of await projectFiles()) {
    mistakes.push(...nameMistakes(path));
    if (READ.has(extname(path))) mistakes.push(...textMistakes(path, readFileSync(join(root, path), 'utf8')));
  }
  return { code: mistakes.length === 0 ? 0 : 1, output: `${mistakes.join('\n')}\n`, seconds: (Date.now() - startedMs) / 1000 };
}
