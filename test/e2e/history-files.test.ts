// Export and import in the real window, keyboard alone, through the system's dialogs for files.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { launchApp, type RunningApp, until } from './support/harness.ts';
import { addSilentAccount, call, command, expectAccessibleInBoth, haveHistory } from './support/use-app.ts';

const ME = 'sip:ada@127.0.0.1';
const BOB = 'sip:bob@example.test';
const folder = mkdtempSync(join(tmpdir(), 'watchword-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function launch(): Promise<RunningApp> {
  const app = await launchApp();
  await addSilentAccount(app, ME);
  return app;
}

/** Opens the dialog, chooses the format, and exports to a file. */
async function exportAs(app: RunningApp, format: RegExp, path: string): Promise<void> {
  const dialog = app.page.getByRole('dialog', { name: 'Message history' });
  await dialog.getByRole('radio', { name: format }).press('Space');
  await app.control('answerFileDialog', path);
  await dialog.getByRole('button', { name: 'Export…' }).press('Enter');
  await dialog.getByRole('listitem').filter({ hasText: path }).getByText('Exported 3 messages.').waitFor();
}

async function importFrom(app: RunningApp, path: string, nth: number): Promise<void> {
  const dialog = app.page.getByRole('dialog', { name: 'Message history' });
  await app.control('answerFileDialog', path);
  await dialog.getByRole('button', { name: 'Import…' }).press('Enter');
  await until(
    'the import',
    async () =>
      (await dialog
        .getByRole('listitem')
        .filter({ hasText: /^Import/u, hasNot: app.page.getByRole('progressbar') })
        .count()) === nth,
  );
}

async function texts(app: RunningApp): Promise<string[]> {
  const { conversations } = await call(app, 'listConversations', {});
  const { messages } = await call(app, 'listMessages', { conversationId: conversations[0]?.conversationId ?? '', limit: 500 });
  return messages.map(({ text }) => text);
}

test('a page to read, and a file that another computer takes, twice without doubles', async () => {
  const first = await launch();
  const now = Date.now();
  const said = ['Hello <b>Bob</b> & all', '“Grüße” 你好', 'third'];
  await haveHistory(
    first,
    ME,
    said.map((text, at) => ({ address: BOB, direction: at % 2 === 0 ? 'out' : 'in', text, atMs: now - (10 - at) * 1_000 })),
  );
  await command(first.page, 'Message history');
  await exportAs(first, /page to read/u, join(folder, 'read.html'));
  await exportAs(first, /import again/u, join(folder, 'all.jsonl'));
  await expectAccessibleInBoth(first, 'history-exported');
  const dialogs = (await first.control('state')).notes.filter(({ what }) => what === 'save-dialog').map(({ details }) => details);
  expect(dialogs).toEqual(
    ['html', 'jsonl'].map((extension) => ({
      defaultPath: expect.stringMatching(new RegExp(`^Watchword \\d{4}-\\d{2}-\\d{2}\\.${extension}$`, 'u')) as string,
      extensions: [extension],
    })),
  );
  const html = readFileSync(join(folder, 'read.html'), 'utf8');
  expect([html.includes('Hello &lt;b&gt;Bob&lt;/b&gt; &amp; all'), html.includes('“Grüße” 你好'), html.includes('<b>')]).toEqual([
    true,
    true,
    false,
  ]);
  await first.page.keyboard.press('Escape');
  expect(await first.quit()).toBe(0);

  const second = await launch();
  await command(second.page, 'Message history');
  await importFrom(second, join(folder, 'all.jsonl'), 1);
  await importFrom(second, join(folder, 'all.jsonl'), 2);
  await expectAccessibleInBoth(second, 'history-imported');
  expect(await texts(second)).toEqual(said);
  await second.page.keyboard.press('Escape');
  await second.page.getByRole('button', { name: /^bob/iu }).press('Enter');
  await second.page.getByRole('log').getByText('“Grüße” 你好').waitFor();
  await second.screenshot('history-there');
  expect(await second.quit()).toBe(0);
});
