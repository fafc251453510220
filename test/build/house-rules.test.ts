// The house rules find what they are for, and nothing else.
import { expect, test } from 'vitest';
import { nameMistakes, textMistakes } from '../../build/check/house-rules.ts';

test.each([
  'main/sip/uri/parse-uri.ts',
  'renderer/ui/PresenceMark.svelte',
  'main/store/migration/0001-first.ts',
  'a/database.ts',
  'x/base64.ts',
  'main/sip/message/header/service-route.ts',
  'README.md',
])('%s is a good name', (path) => {
  expect(nameMistakes(path)).toEqual([]);
});

test.each([
  'main/utils.ts',
  'main/helpers/x.ts',
  'main/sip/message-manager.ts',
  'renderer/state/DataManager.svelte',
  'main/sip/parseUri.ts',
  'renderer/ui/presence-mark.svelte',
])('%s is refused', (path) => {
  expect(nameMistakes(path).length).toBeGreaterThan(0);
});

const left = ['TO', 'DO'].join('');
test.each([
  ['a.ts', '// Fine.\n', 0],
  ['a.ts', 'const x = 1;\n', 1],
  ['A.svelte', '<!-- Fine. -->\n', 0],
  ['A.svelte', '<p>x</p>\n', 1],
  ['a.css', '/* Fine. */\n', 0],
  ['a.ts', `// Fine.\n// ${left}: later\n`, 1],
  ['a.md', `${left} later\n`, 1],
  ['a.ts', '// Fine.\n// eslint-disable-next-line\n', 1],
])('%s with %j has %i mistakes', (path, text, mistakes) => {
  expect(textMistakes(path, text)).toHaveLength(mistakes);
});
