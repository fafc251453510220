// The window for the tests of a file: built once, opened for each, nothing complained about; and what is asked of it.
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { startWindowPages, type PageOptions, type WindowPages } from './window-page.ts';

const BUILD_TIMEOUT_MS = 120_000;
/** A browser on a busy machine; nothing here is decided by how long it takes. */
const LONG_TIMEOUT_MS = 90_000;

/** Opens the window, lets `act` use it, and expects that nothing was complained about: no policy violation, no warning, no error. */
type UseWindow = (options: PageOptions, act: (page: Page) => Promise<void>) => Promise<void>;

/** Called once at the head of a file. */
export function prepareWindow(): UseWindow {
  vi.setConfig({ testTimeout: LONG_TIMEOUT_MS });
  let pages: WindowPages;
  beforeAll(async () => {
    pages = await startWindowPages();
  }, BUILD_TIMEOUT_MS);
  afterAll(async () => {
    await pages.close();
  });
  return async (options, act) => {
    const { page, problems } = await pages.open(options);
    await act(page);
    expect(problems).toEqual([]);
    await page.context().close();
  };
}

/** The inputs of all calls of that name so far, oldest first. */
export function callsOf(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate((wanted) => window.fake.calls.filter((call) => call.name === wanted).map((call) => call.input), name);
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
