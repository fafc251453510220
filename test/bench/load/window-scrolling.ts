// Scrolling in the window benchmark: by a wheel gesture that Chromium itself makes, with the frames it led to and the work they cost.
import type { BenchPage, WindowPages } from './window-pages.ts';

const SPEED = 4_000;
const SECONDS = 1;
/** As fast as the older ones come. */
const FLIGHT_SPEED = 120_000;
const FLIGHT_SECONDS = 1;
const FLIGHT_LIMIT = 40;

export interface Scrolled {
  readonly p95: number;
  readonly longest: number;
  /** The most elements of rows at a time. */
  readonly most: number;
  /** Main-thread time of the page in each second of the gesture. */
  readonly busyMs: number;
  readonly pixels: number;
}

export type ListName = 'thread' | 'people';
export const ROWS: Readonly<Record<ListName, string>> = { thread: '[data-message]', people: '[data-row]' };
export const SCROLLERS: Readonly<Record<ListName, string>> = {
  thread: '[role=log], [data-scroller]',
  people: '[role=list][aria-label=People], [data-scroller]',
};

const at = (sorted: readonly number[], part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN;

async function busySeconds({ cdp }: BenchPage): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
}

/** `scroller`: a selector. `toward`: 1 scrolls back (up), -1 on. */
export async function scroll(
  where: BenchPage,
  list: ListName,
  { toward, speed = SPEED, seconds = SECONDS }: { toward: 1 | -1; speed?: number; seconds?: number },
): Promise<Scrolled & { readonly deltas: readonly number[] }> {
  const { page, cdp } = where;
  const box = await page.locator(SCROLLERS[list]).boundingBox();
  if (box === null) throw new Error(`no ${list} to scroll`);
  await cdp.send('Performance.enable');
  await page.evaluate(`measure.startFrames('${ROWS[list]}')`);
  const busy = await busySeconds(where);
  const startMs = performance.now();
  await cdp.send('Input.synthesizeScrollGesture', {
    x: Math.round(box.x + box.width / 2),
    y: Math.round(box.y + box.height / 2),
    yDistance: toward * speed * seconds,
    speed,
    gestureSourceType: 'mouse',
    preventFling: true,
  });
  const tookSeconds = (performance.now() - startMs) / 1_000;
  const busyMs = (((await busySeconds(where)) - busy) * 1_000) / tookSeconds;
  const { deltas, most } = (await page.evaluate('measure.stopFrames()')) as { deltas: number[]; most: number };
  const sorted = deltas.toSorted((a, b) => a - b);
  return { p95: at(sorted, 0.95), longest: sorted.at(-1) ?? Number.NaN, most, busyMs, pixels: speed * seconds, deltas };
}

/** The app's list, then the bare one: from where they stand, the people forth and back so that there is always room. */
export async function scrollRound(pages: WindowPages, list: ListName): Promise<{ own: Scrolled; bare: Scrolled }> {
  const toward = list === 'thread' ? 1 : -1;
  await pages.window.page.bringToFront();
  const own = await scroll(pages.window, list, { toward });
  await pages.bare.page.bringToFront();
  const bare = await scroll(pages.bare, list, { toward });
  return { own, bare };
}

/** Which message of the thread stands at the top, by the numbers in its links. */
const FIRST_NUMBER = `Math.min(...[...document.querySelectorAll('[role=log] a')].map((link) => Number(link.href.split('/').at(-1))))`;

export interface WayBack {
  readonly messages: number;
  readonly seconds: number;
  readonly p95: number;
  readonly longest: number;
  readonly most: number;
  /** By how many pixels the rows in view moved when older ones came. */
  readonly moves: readonly number[];
}

/** Scrolls the app's thread back through `messages` messages, which load on the way. */
export async function scrollBack({ window, made }: WindowPages, messages: number): Promise<WayBack> {
  await window.page.bringToFront();
  const deltas: number[] = [];
  let most = 0;
  let passed = 0;
  let seconds = 0;
  for (let flight = 0; flight < FLIGHT_LIMIT && passed < messages; flight += 1) {
    const scrolled = await scroll(window, 'thread', { toward: 1, speed: FLIGHT_SPEED, seconds: FLIGHT_SECONDS });
    deltas.push(...scrolled.deltas);
    seconds += scrolled.deltas.reduce((sum, delta) => sum + delta, 0) / 1_000;
    most = Math.max(most, scrolled.most);
    const first = (await window.page.evaluate(FIRST_NUMBER)) as number | null;
    if (first !== null && Number.isFinite(first)) passed = made.texts.length - first;
  }
  const moves: number[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const move = (await window.page.evaluate(`measure.moveWhileLoading('[role=log]', '[data-message]')`)) as number | undefined;
    moves.push(move ?? Number.NaN);
  }
  const sorted = deltas.toSorted((a, b) => a - b);
  return { messages: passed, seconds, p95: at(sorted, 0.95), longest: sorted.at(-1) ?? Number.NaN, most, moves };
}
