// What a person does with the keyboard alone, in the window.
import type { Page } from 'playwright-core';
import { until } from './harness.ts';

/** More steps than any menu or dialog has. */
const MAX_STEPS = 40;

/** What has the focus, as it is read out: its label, else its text without the key beside it. */
export function focusedText(page: Page): Promise<string> {
  return page.evaluate<string>(
    `(() => {
      const one = document.activeElement;
      const named = one?.labels?.[0] ?? one;
      const words = [...(named?.childNodes ?? [])].filter((node) => node.className !== "key").map((node) => node.textContent);
      return one?.getAttribute("aria-label") ?? words.join("").trim();
    })()`,
  );
}

async function step(page: Page, key: string, what: string, isThere: (text: string) => boolean | Promise<boolean>): Promise<void> {
  const passed: string[] = [];
  for (let at = 0; at < MAX_STEPS; at += 1) {
    const text = await focusedText(page);
    if (await isThere(text)) return;
    passed.push(text);
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never came to ${what}: ${passed.join(' | ')}`);
}

/** Chooses an item of the menu that is open. */
export async function chooseItem(page: Page, name: string): Promise<void> {
  await page.getByRole('menu').waitFor();
  await step(page, 'ArrowDown', name, (text) => text === name);
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor({ state: 'detached' });
}

/** Goes on with Tab until the focus is on what has this name. */
export function tabTo(page: Page, name: string): Promise<void> {
  return step(page, 'Tab', name, (text) => text === name);
}

/** Goes with Tab into a list, and with the arrows to the row that says `name`. */
export async function toRow(page: Page, list: string, name: string): Promise<void> {
  const selector = `[role=list][aria-label=${JSON.stringify(list)}] [data-row]`;
  const isRow = (): Promise<boolean> => page.evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(selector)}) === true`);
  await step(page, 'Tab', `a row of ${list}`, isRow);
  await page.keyboard.press('Home');
  await step(page, 'ArrowDown', name, (text) => text.includes(name));
}

/** Waits until a dialog is open and has the focus. */
export async function inDialog(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('dialog', { name }).waitFor();
  await until('the focus in the dialog', () => page.evaluate<boolean>('document.activeElement?.closest("[role=dialog]") !== null'));
}
