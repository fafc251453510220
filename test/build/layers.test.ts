// The layer rules catch planted mistakes: each file below breaks one rule, in a copy of the project's folders.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { root, runCommand } from '../../build/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchword-layers-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Things to import. */
const sound: Record<string, string> = {
  'main/sip/index.ts': 'export const sip = 1;',
  'main/sip/uri/uri.ts': 'export interface Uri { text: string }',
  'main/sip/transport/tcp.ts': "import type { Uri } from '../uri/uri.ts'; export type Tcp = Uri;",
  'main/simple/page-mode/page-mode.ts': "import { sip } from '../../sip/index.ts'; export const pageMode = sip;",
  'main/store/messages.ts': "import type { Message } from '../../app/domain/message.ts'; export type Row = Message;",
  'main/shell/main.ts': "import { app } from 'electron'; export default app;",
  'renderer/main.ts': "import type { Message } from '../app/domain/message.ts'; export type Shown = Message;",
  'app/domain/message.ts': 'export interface Message { text: string }',
  'app/bridge/contract.ts': "import type { Message } from '../domain/message.ts'; export type Contract = Message;",
};

/** File, content, the rule that must catch it. */
const planted: readonly (readonly [string, string, string])[] = [
  ['main/sip/uri/up.ts', "import type { Tcp } from '../transport/tcp.ts'; export type Up = Tcp;", 'layer:sip/uri'],
  ['main/sip/transport/product.ts', "import type { Message } from '../../../app/domain/message.ts'; export type P = Message;", 'layer:sip'],
  ['main/simple/page-mode/deep.ts', "import type { Uri } from '../../sip/uri/uri.ts'; export type D = Uri;", 'layer:simple'],
  ['main/simple/document/files.ts', "import { readFileSync } from 'node:fs'; export const read = readFileSync;", 'wire-documents-are-pure'],
  ['main/store/sip.ts', "import { sip } from '../sip/index.ts'; export const s = sip;", 'layer:store'],
  ['main/accounts/electron.ts', "import { app } from 'electron'; export default app;", 'electron-only-in-shell-and-preload'],
  ['main/accounts/sql.ts', "import Database from 'better-sqlite3'; export default Database;", 'sqlite-only-in-store'],
  ['main/accounts/cert.ts', "export { X509Certificate } from '@peculiar/x509';", 'certificate-library-only-when-needed'],
  ['main/accounts/xml.ts', "import { SaxesParser } from 'saxes'; export default SaxesParser;", 'xml-parser-only-in-documents'],
  ['app/domain/file.ts', "import { readFileSync } from 'node:fs'; export const read = readFileSync;", 'no-node-in-app-or-renderer'],
  ['app/domain/call.ts', "import type { Contract } from '../bridge/contract.ts'; export type C = Contract;", 'layer:app/domain'],
  [
    'renderer/screen/Page.svelte',
    '<script lang="ts">import { sip } from \'../../main/sip/index.ts\'; void sip;</script>',
    'layer:renderer',
  ],
  ['renderer/state/files.ts', "import { readFileSync } from 'node:fs'; export const read = readFileSync;", 'no-node-in-app-or-renderer'],
  ['main/shell/one.ts', "import type { Two } from './two.ts'; export interface One { two: Two }", 'no-cycles'],
  ['main/shell/two.ts', "import type { One } from './one.ts'; export interface Two { one: One }", 'no-cycles'],
  ['main/other/new-folder.ts', "import { sip } from '../sip/index.ts'; export const n = sip;", 'every-folder-has-a-layer'],
  ['main/shell/test.ts', "import { x } from '../../test/x.ts'; export const y = x;", 'no-test-or-build-in-the-product'],
];

function write(files: readonly (readonly [string, string])[]): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  }
}

interface Cruise {
  readonly summary: { readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[] };
}

/** What the project's rules say of `folder`, as `file: rule`. */
async function violations(): Promise<string[]> {
  const config = join(root, 'dependency-cruiser.config.cjs');
  const { output } = await runCommand('depcruise', ['--config', config, '--output-type', 'json', 'app', 'main', 'renderer'], {
    cwd: folder,
  });
  const { summary } = JSON.parse(output) as Cruise;
  return summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`);
}

test('sound files pass, and every planted mistake is caught by its rule', async () => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  write([
    ...Object.entries(sound),
    ['test/x.ts', 'export const x = 1;'],
    ['tsconfig.json', '{}'],
    ['package.json', '{ "type": "module" }'],
  ]);
  expect(await violations()).toEqual([]);

  write(planted.map(([path, text]) => [path, text]));
  const found = await violations();
  const missed = planted.map(([path, , rule]) => `${path}: ${rule}`).filter((expected) => !found.includes(expected));
  // Of a cycle one side is named.
  expect(missed.filter((text) => !text.endsWith('no-cycles'))).toEqual([]);
  expect(found.some((text) => text.endsWith('no-cycles'))).toBe(true);
});
