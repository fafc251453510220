// Opens the window for one test, expects that nothing was complained about, and asks axe.
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { PageOptions, WindowPages } from './window-page.ts';

/** Opens the window, lets `act` use it, and expects that nothing was complained about: no policy violation, no warning, no error. */
export async function useWindow(pages: WindowPages, options: PageOptions, act: (page: Page) => Promise<void>): Promise<void> {
  const { page, problems } = await pages.open(options);
  await act(page);
  expect(problems).toEqual([]);
  await page.context().close();
}

/** `without`: rules of axe that do not fit what is looked at. */
export async function expectAccessible(page: Page, screen: string, without: readonly string[] = []): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async (ids) => {
    const { axe: checker } = window as unknown as { axe: typeof axe };
    const result = await checker.run(document, {
      resultTypes: ['violations'],
      rules: Object.fromEntries(ids.map((id) => [id, { enabled: false }])),
    });
    return result.violations.map((violation) => [violation.id, violation.nodes.map((node) => node.html).slice(0, 3)]);
  }, without);
  expect({ screen, found }).toEqual({ screen, found: [] });
}

/** The button of a row of a list. */
export function rowOf(page: Page, name: string): ReturnType<Page['getByRole']> {
  return page.getByRole('listitem').filter({ hasText: name }).getByRole('button');
}

/** What has the keyboard's focus: its name. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '');
}
