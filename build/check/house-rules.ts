// The rules that no other tool knows: file names, first lines, left-over notes. Pure functions over paths and texts.
import { basename, extname } from 'node:path';

/** Words that say nothing about what is inside. */
const BANNED_WORDS = new Set(['util', 'utils', 'helper', 'helpers', 'manager', 'service', 'services', 'common', 'misc', 'data']);
/** Words of the field that contain one of them: the Service-Route header (RFC 3608). */
const FIELD_WORDS = /service-route|rls-services/g;
// Spelled so that this file does not find itself.
const LEFT_OVER = new RegExp(`\\b(${['TO', 'FIX'].map((part, index) => part + (index === 0 ? 'DO' : 'ME')).join('|')})\\b`);
const CODE = new Set(['.ts', '.js', '.mjs', '.cjs', '.svelte', '.css']);
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const PASCAL = /^[A-Z][A-Za-z0-9]*$/;
const MIGRATION = /^\d{4}-[a-z0-9-]+$/;

/** What is wrong with the name of `path` (relative to the root, `/` between parts), one sentence each. */
export function nameMistakes(path: string): string[] {
  const extension = extname(path);
  if (!CODE.has(extension)) return [];
  const stem = basename(path, extension);
  const mistakes: string[] = [];
  const words = path
    .slice(0, -extension.length)
    .replace(FIELD_WORDS, '')
    .split(/[/.\-_]|(?<=[a-z0-9])(?=[A-Z])/)
    .map((word) => word.toLowerCase());
  for (const word of words) if (BANNED_WORDS.has(word)) mistakes.push(`${path}: "${word}" is not a name`);
  if (extension === '.svelte' ? !PASCAL.test(stem) : !KEBAB.test(stem) && !MIGRATION.test(stem)) {
    mistakes.push(`${path}: ${extension === '.svelte' ? 'components are PascalCase' : 'files are kebab-case'}`);
  }
  return mistakes;
}

/** What is wrong with the text of `path`. */
export function textMistakes(path: string, text: string): string[] {
  const extension = extname(path);
  const mistakes: string[] = [];
  const start = extension === '.svelte' ? ['<!--'] : extension === '.css' ? ['/*'] : ['//', '/*', '#!'];
  if (CODE.has(extension) && !start.some((mark) => text.startsWith(mark))) {
    mistakes.push(`${path}: the first line is a comment that says what the file is`);
  }
  text.split('\n').forEach((line, index) => {
    if (LEFT_OVER.test(line)) mistakes.push(`${path}:${index + 1}: a note left over: do it or drop it`);
    if (/eslint-disable|@ts-ignore|@ts-nocheck/.test(line) && !path.startsWith('build/check/') && !path.startsWith('test/build/')) {
      if (path !== 'eslint.config.js') mistakes.push(`${path}:${index + 1}: rules are followed or changed, not switched off`);
    }
  });
  return mistakes;
}
