// What the end-to-end tests share: the bridge from inside the page, both themes under axe, histories to begin with.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { PageCallInput, PageCallName, PageCallOutput } from '../../../app/bridge/shell-contract.ts';
import { type RunningApp, until } from './harness.ts';

const DARK = 'matchMedia("(prefers-color-scheme: dark)").matches';

/** As text, because it means the page's globals. */
const AXE = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html).slice(0, 3)]))`;

/** Over the page's own bridge; throws on a failure. */
export async function call<N extends PageCallName>(app: RunningApp, name: N, input: PageCallInput<N>): Promise<PageCallOutput<N>> {
  const reply = (await app.page.evaluate(`window.watchword.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`)) as object;
  if ('output' in reply) return reply.output as PageCallOutput<N>;
  throw new Error(`${name}: ${JSON.stringify(reply)}`);
}

/** Keeps a picture of the screen in light and in dark, and asks axe about both. */
export async function expectAccessibleInBoth(app: RunningApp, name: string): Promise<void> {
  for (const isDark of [false, true]) {
    await app.control('setSystemDark', isDark);
    await until('the theme', async () => (await app.page.evaluate(DARK)) === isDark);
    await app.screenshot(`${name}-${isDark ? 'dark' : 'light'}`);
    await app.page.evaluate(axe.source);
    const found = await app.page.evaluate(AXE);
    expect({ name, isDark, found }).toEqual({ name, isDark, found: [] });
  }
  await app.control('setSystemDark', false);
}

export interface HistoryLine {
  readonly address: string;
  readonly direction: 'in' | 'out';
  readonly text: string;
  readonly atMs: number;
  readonly state?: 'received' | 'read' | 'displayed' | 'accepted';
}

/** Writes messages as a file of JSON Lines, oldest first. */
export function writeHistory(path: string, account: string, lines: readonly HistoryLine[]): void {
  const records = lines.map(({ address, direction, text, atMs, state }) => ({
    ...{ account, address, direction, text, sentAtMs: atMs, storedAtMs: atMs },
    ...{ displayName: '', contentType: 'text/plain', state: state ?? (direction === 'in' ? 'read' : 'displayed') },
  }));
  writeFileSync(path, [{ format: 'watchword-history', version: 1 }, ...records].map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** Imports messages through the call, as a person would have them from before, and waits until they are all there and can be found. */
export async function haveHistory(app: RunningApp, account: string, lines: readonly HistoryLine[]): Promise<void> {
  const path = join(app.profile, 'before.jsonl');
  writeHistory(path, account, lines);
  const { taskId } = await call(app, 'importHistory', { path });
  await until('the import', async () => {
    const { tasks } = await call(app, 'listTasks', {});
    expect(tasks.find((task) => task.taskId === taskId)?.state).not.toBe('failed');
    return tasks.find((task) => task.taskId === taskId)?.state === 'done' && tasks.every(({ state }) => state !== 'working');
  });
}

/** Presses Ctrl+K, types, and takes the first that matches. */
export async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').waitFor();
  await page.keyboard.type(words);
  await page
    .getByRole('option', { name: new RegExp(words, 'iu') })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
}

export const composerOf = (page: Page): ReturnType<Page['getByRole']> => page.getByRole('textbox', { name: /^Message to/u });

/** What has the focus: its label or its text. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(
    'document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim() ?? ""',
  ) as Promise<string>;

/** Opens the chat with an address by Ctrl+N. */
export async function openChat(page: Page, address: string): Promise<void> {
  await page.keyboard.press('Control+n');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('SIP address').waitFor();
  await page.keyboard.type(address.replace(/^sip:/u, ''));
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}

/** An account whose server never answers: nobody listens on port 9 of this computer. */
export async function addSilentAccount(app: RunningApp, address: string): Promise<string> {
  const { accountId } = await call(app, 'addAccount', { address, password: 'x', outboundProxy: 'sip:127.0.0.1:9;transport=tcp' });
  await app.page.getByRole('tab', { name: /^Chats/u }).waitFor();
  return accountId;
}
