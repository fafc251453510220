// The lint rules catch planted mistakes: raw time, timers, randomness, sizes, switched-off rules.
import { ESLint } from 'eslint';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../build/run-command.ts';

// Rules that need type information want real files of the program; they are not what is tested here.
const eslint = new ESLint({
  cwd: root,
  overrideConfig: [
    {
      files: ['**/*.ts'],
      languageOptions: { parserOptions: { project: null } },
      rules: {
        '@typescript-eslint/no-floating-promises': 'off',
        '@typescript-eslint/no-misused-promises': 'off',
        '@typescript-eslint/await-thenable': 'off',
        '@typescript-eslint/switch-exhaustiveness-check': 'off',
      },
    },
  ],
});

async function rules(path: string, text: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${text}\n`, { filePath: join(root, path) });
  return [...new Set((result?.messages ?? []).map(({ ruleId }) => ruleId))];
}

const lines = (count: number): string => Array.from({ length: count }, (_, index) => `export const x${index} = ${index};`).join('\n');
const longFunction = `export function f(): void {\n${'  f();\n'.repeat(80)}}`;

test.each([
  ['main/sip/x.ts', 'export const x = setTimeout(() => {}, 1);', 'no-restricted-globals'],
  ['main/accounts/x.ts', 'export const x = Date.now();', 'no-restricted-syntax'],
  ['main/accounts/x.ts', 'export const x = new Date();', 'no-restricted-syntax'],
  ['main/store/x.ts', 'export const x = performance.now();', 'no-restricted-globals'],
  ['main/simple/x.ts', 'export const x = Math.random();', 'no-restricted-syntax'],
  ['main/simple/x.ts', "import { randomBytes } from 'node:crypto';\nexport const x = randomBytes(1);", 'no-restricted-syntax'],
  ['app/domain/x.ts', 'export const x = globalThis.crypto;', 'no-restricted-syntax'],
  ['renderer/state/x.ts', 'export const x = setInterval(() => {}, 1);', 'no-restricted-globals'],
  ['main/sip/x.ts', "import { setTimeout as wait } from 'node:timers/promises';\nexport const x = wait(1);", 'no-restricted-syntax'],
  ['main/sip/x.ts', lines(401), 'max-lines'],
  ['renderer/state/x.svelte.ts', lines(301), 'max-lines'],
  ['test/main/x.test.ts', lines(501), 'max-lines'],
  ['main/sip/x.ts', longFunction, 'max-lines-per-function'],
  ['main/sip/x.ts', 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1): number => a + b + c + d + e;', '@typescript-eslint/max-params'],
  ['main/sip/x.ts', 'export class SessionManager {}', 'no-restricted-syntax'],
  ['main/shell/x.ts', 'export class MessageHandler {}', 'no-restricted-syntax'],
  ['main/sip/x.ts', 'export const x: any = 1;', '@typescript-eslint/no-explicit-any'],
  ['main/sip/x.ts', `// ${['FIX', 'ME'].join('')}: later\nexport const x = 1;`, 'no-warning-comments'],
])('%s: a planted mistake is caught (%#)', async (path, text, rule) => {
  expect(await rules(path, text)).toContain(rule);
});

test.each([
  ['main/sip/node-clock.ts', 'export const x = setTimeout(() => {}, Date.now());'],
  ['main/sip/node-random.ts', 'export const x = Math.random();'],
  ['main/shell/x.ts', 'export const x = setTimeout(() => {}, Date.now());'],
  ['main/simple/x.ts', 'export const x = (ms: number): string => new Date(ms).toISOString();'],
  ['main/sip/x.ts', lines(400)],
  ['test/main/x.test.ts', lines(500)],
])('%s: what is allowed passes (%#)', async (path, text) => {
  expect(await rules(path, text)).toEqual([]);
});

test('a comment cannot switch a rule off', async () => {
  const off = ['eslint', 'disable'].join('-');
  expect(await rules('main/sip/x.ts', `/* ${off} */\nexport const x = Math.random();`)).toContain('no-restricted-syntax');
});
