// Lint rules: sizes, forbidden sources of time and randomness, floating promises, and the recommended sets.
import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { readFileSync } from 'node:fs';
import ts from 'typescript-eslint';

/** Files that may be longer than the rule, each with its own limit. */
const allowance = JSON.parse(readFileSync(new URL('build/size-allowance.json', import.meta.url), 'utf8'));

const maxLines = (max) => ({ 'max-lines': ['error', { max, skipBlankLines: false, skipComments: false }] });

const timers = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'];
const throughTheDoors = 'Time, timers and randomness come through the clock and random doors.';
/** Class names that say nothing about what the class is. */
const emptyNames = {
  selector: 'ClassDeclaration[id.name=/(Handler|Manager|Service|Helper|Utils?|Base|Data)$/]',
  message: 'Name the thing, not that it does something.',
};
const clockAndRandom = {
  'no-restricted-globals': ['error', ...[...timers, 'performance', 'crypto'].map((name) => ({ name, message: throughTheDoors }))],
  'no-restricted-syntax': [
    'error',
    emptyNames,
    { selector: "MemberExpression[object.name='Math'][property.name='random']", message: throughTheDoors },
    { selector: "MemberExpression[object.name='Date'][property.name='now']", message: throughTheDoors },
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: throughTheDoors },
    { selector: "CallExpression[callee.name='Date']", message: throughTheDoors },
    {
      selector: 'MemberExpression[property.name=/^(randomBytes|randomUUID|randomInt|randomFill|randomFillSync|getRandomValues)$/]',
      message: throughTheDoors,
    },
    {
      selector: 'ImportSpecifier[imported.name=/^(randomBytes|randomUUID|randomInt|randomFill|randomFillSync|webcrypto|performance)$/]',
      message: throughTheDoors,
    },
    {
      selector: `MemberExpression[object.name=/^(globalThis|window|self|global)$/][property.name=/^(${timers.join('|')}|performance|crypto|Date)$/]`,
      message: throughTheDoors,
    },
    { selector: 'ImportDeclaration[source.value=/^(node:)?timers/]', message: throughTheDoors },
    { selector: 'ImportDeclaration[source.value=/^(node:)?perf_hooks/]', message: throughTheDoors },
  ],
};

const banned = {
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
  '@typescript-eslint/ban-ts-comment': ['error', { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': 'allow-with-description' }],
};

const everywhere = {
  ...banned,
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true, IIFEs: true }],
  'max-params': 'off',
  '@typescript-eslint/max-params': ['error', { max: 4 }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports', disallowTypeAnnotations: false }],
  '@typescript-eslint/no-explicit-any': 'error',
  'no-console': 'error',
  'no-restricted-syntax': ['error', emptyNames],
  eqeqeq: ['error', 'always'],
  'prefer-const': 'error',
};

const withTypes = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

export default ts.config(
  { ignores: ['node_modules/', 'dist/', 'out/', 'artefacts/'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: globals.node }, rules: { ...everywhere, ...maxLines(400) } },
  {
    files: ['app/**/*.ts', 'main/**/*.ts', 'build/**/*.ts', 'test/**/*.ts'],
    ignores: ['test/renderer/**'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: withTypes,
  },
  {
    files: ['renderer/**/*.ts', 'renderer/**/*.svelte', 'test/renderer/**/*.ts', 'test/renderer/**/*.svelte'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteFeatures: { runes: true } },
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], rules: maxLines(300) },
  { files: ['**/*.svelte.ts'], languageOptions: { parser: ts.parser } },
  // A component's markup is one "function" to the rule; its file limit does that job.
  {
    files: ['**/*.svelte'],
    rules: {
      'max-lines-per-function': 'off',
      'prefer-const': 'off',
      'svelte/no-at-html-tags': 'error',
      'svelte/no-useless-mustaches': 'off',
    },
  },
  // State classes keep plain Maps on purpose where nothing on the page depends on them.
  { files: ['renderer/**'], rules: { 'svelte/prefer-svelte-reactivity': 'off' } },
  {
    files: ['app/**/*.ts', 'main/**/*.ts', 'renderer/**/*.ts', 'renderer/**/*.svelte'],
    ignores: ['main/sip/node-clock.ts', 'main/sip/node-random.ts', 'main/shell/**', 'main/headless/open-core.ts', 'renderer/clock.ts'],
    rules: clockAndRandom,
  },
  { files: ['main/headless/**', 'main/shell/**', 'build/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**/*.ts'],
    // A describe() callback is a list of tests, not a function to keep short.
    // A row of test.each may have as many columns as its table.
    rules: { ...maxLines(500), 'max-lines-per-function': 'off', '@typescript-eslint/max-params': 'off' },
  },
  // Shipped to Chromium as text, so each is one function with others inside.
  { files: ['build/standin/page/*.ts'], rules: { 'max-lines-per-function': ['error', { max: 100 }] } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  ...Object.entries(allowance).map(([file, max]) => ({ files: [file], rules: maxLines(max) })),
);
