// Applies the house rules to every file of the project.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { root, type CommandResult } from '../run-command.ts';
import { nameMistakes, textMistakes } from './house-rules.ts';

const READ = new Set(['.ts', '.js', '.mjs', '.cjs', '.svelte', '.css', '.html', '.md', '.cfg']);
/** Longest a file of the allowance list may be. */
const ALLOWANCE_LIMIT = 500;

/** Folders that are made, and git's own. */
const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
const SKIPPED = new Set(['.git', ...ignored.filter((line) => line.endsWith('/')).map((line) => line.slice(0, -1))]);

/** Relative to the root, `/` between parts. WHY not asked of git: the project may lie where it is not installed, or has no history. */
function projectFiles(folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : projectFiles(path);
    return entry.isFile() ? [path] : [];
  });
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
export function checkHouseRules(): Promise<CommandResult> {
  const startedMs = Date.now();
  const mistakes = allowanceMistakes();
  for (const path of projectFiles()) {
    mistakes.push(...nameMistakes(path));
    if (READ.has(extname(path))) mistakes.push(...textMistakes(path, readFileSync(join(root, path), 'utf8')));
  }
  const result = { code: mistakes.length === 0 ? 0 : 1, output: `${mistakes.join('\n')}\n`, seconds: (Date.now() - startedMs) / 1000 };
  return Promise.resolve(result);
}
