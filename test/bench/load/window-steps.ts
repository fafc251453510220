// What a person does in the window benchmark: opens a thread, opens the people, types in the search field, moves by arrows.
import { sendBurst } from './window-changes.ts';
import type { BenchPage, WindowPages } from './window-pages.ts';
import { ROWS, SCROLLERS, scroll, type ListName, type Scrolled } from './window-scrolling.ts';

/** For what goes on after a click: details, marks, the skeleton that was not needed. */
const REST_MS = 150;
/** A fast typist. */
const KEY_MS = 60;
/** Rare and common words, a part of one, letters alone: each key begins a search of everything. */
const TYPED = ['garden bridge', 'zeppelin', 'q', 'eve'];
const ARROWS = 40;
/** As a key repeats while it is held. */
const REPEAT_MS = 33;
/** Longer than the scrolling in it. */
const BURST_SECONDS = 2;

async function openByClick({ page }: BenchPage, click: () => Promise<void>, selector: string): Promise<number> {
  await page.evaluate(`measure.awaitClick('${selector}')`);
  await click();
  const ms = (await page.evaluate('measure.openedAfterClick')) as number;
  await page.waitForTimeout(REST_MS);
  return ms;
}

/** Another conversation, then the long one: from the click to its text, in milliseconds. */
export async function openThread({ window }: WindowPages): Promise<number> {
  const { page } = window;
  await page.bringToFront();
  await page.getByRole('tab', { name: 'Chats' }).click();
  const rowAt = (index: number) => page.locator(`[role=list][aria-label=Chats] [data-index="${index}"] [data-row]`);
  await rowAt(1).click();
  await page.waitForTimeout(REST_MS);
  return await openByClick(window, () => rowAt(0).click(), '[role=log][aria-label$="peer0"] [data-message]');
}

/** The chats, then the people: from the click to a name, in milliseconds. */
export async function openPeople({ window }: WindowPages): Promise<number> {
  const { page } = window;
  await page.bringToFront();
  await page.getByRole('tab', { name: 'Chats' }).click();
  await page.waitForTimeout(REST_MS);
  return await openByClick(window, () => page.getByRole('tab', { name: 'People' }).click(), '[role=list][aria-label=People] [data-row]');
}

/** Shows the bare list in the size of the app's: from the call to its text, in milliseconds. A thread goes to its end. */
export async function showBare({ window, bare }: WindowPages, list: ListName): Promise<number> {
  const box = await window.page.locator(SCROLLERS[list]).boundingBox();
  await bare.page.bringToFront();
  const show = `bare.show('${list}', ${JSON.stringify({ width: box?.width ?? 500, height: box?.height ?? 500 })})`;
  const end = list === 'thread' ? 'bare.toEnd()' : '0';
  const ms = (await bare.page.evaluate(`measure.openedAfter(() => { ${show}; ${end}; }, '${ROWS[list]}')`)) as number;
  for (let turn = 0; turn < 3; turn += 1) {
    await bare.page.waitForTimeout(REST_MS / 3);
    await bare.page.evaluate(end);
  }
  return ms;
}

/** The people, scrolled while `perSecond` changes of presence come each second. */
export async function burstFrames({ window, made }: WindowPages, perSecond: number): Promise<Scrolled> {
  await window.page.bringToFront();
  const sent = sendBurst(window, made.names, { perSecond, seconds: BURST_SECONDS });
  await window.page.waitForTimeout(REST_MS);
  const scrolled = await scroll(window, 'people', { toward: -1 });
  await sent;
  return scrolled;
}

async function type({ page }: BenchPage, text: string): Promise<number[]> {
  for (const key of text) {
    await page.keyboard.press(key === ' ' ? 'Space' : key);
    await page.waitForTimeout(KEY_MS);
  }
  await page.waitForTimeout(REST_MS);
  return (await page.evaluate('measure.takeKeyGaps()')) as number[];
}

/** Milliseconds from each key to its frame, in the app's search field and in a bare one. */
export async function searchGaps({ window, bare }: WindowPages): Promise<{ own: number[]; bare: number[] }> {
  const gaps: { own: number[]; bare: number[] } = { own: [], bare: [] };
  for (const text of TYPED) {
    await window.page.bringToFront();
    await window.page.getByRole('searchbox').click();
    await window.page.evaluate('measure.takeKeyGaps()');
    gaps.own.push(...(await type(window, text)));
    await window.page.keyboard.press('Escape');
    await window.page.waitForTimeout(REST_MS);
    await bare.page.bringToFront();
    await bare.page.evaluate('bare.showInput()');
    await bare.page.evaluate('measure.takeKeyGaps()');
    gaps.bare.push(...(await type(bare, text)));
  }
  return gaps;
}

/** Milliseconds from each arrow up in the thread to its frame. */
export async function arrowGaps({ window }: WindowPages): Promise<number[]> {
  const { page } = window;
  await page.bringToFront();
  await page.locator('[role=log] [data-message]').nth(8).focus();
  await page.evaluate('measure.takeKeyGaps()');
  for (let turn = 0; turn < ARROWS; turn += 1) {
    await page.keyboard.press('ArrowUp');
    await page.waitForTimeout(REPEAT_MS);
  }
  await page.waitForTimeout(REST_MS);
  return (await page.evaluate('measure.takeKeyGaps()')) as number[];
}
