// How the rows of a log move in the window, frame by frame as they are painted: what jumps for a single frame is seen too.
import type { Page } from 'playwright-core';

/** One painted frame beside the one before. */
export interface FrameMoves {
  /** Of the log, in px. */
  readonly scrollTop: number;
  readonly scrollHeight: number;
  /** The rows in view in both frames. */
  readonly rowCount: number;
  /** By how many px the rows in view in both frames moved, downwards above 0: the least and the most. */
  readonly least: number;
  readonly most: number;
}

interface Frame extends Pick<FrameMoves, 'scrollTop' | 'scrollHeight'> {
  readonly tops: Readonly<Record<string, number>>;
}

/** As text, because it means the page's globals. A message to oneself comes when the frame is laid out and painted. */
const RECORD = `(() => {
  const log = document.querySelector('[role=log]');
  const recording = (window.rowRecording = { frames: [], isOn: true });
  const take = () => {
    const view = log.getBoundingClientRect();
    const tops = {};
    for (const row of log.querySelectorAll('[data-key]')) {
      const { top, bottom } = row.getBoundingClientRect();
      if (bottom > view.top && top < view.bottom && getComputedStyle(row).visibility === 'visible') tops[row.dataset.key] = top;
    }
    recording.frames.push({ scrollTop: log.scrollTop, scrollHeight: log.scrollHeight, tops });
  };
  const frame = () => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = take;
    port2.postMessage(null);
    if (recording.isOn) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()`;

/** Begins with the next frame; the log is in the page. */
export async function recordRows(page: Page): Promise<void> {
  await page.evaluate(RECORD);
}

/** Resolves when so many frames more were recorded. */
export async function recordFrames(page: Page, count: number): Promise<void> {
  await page.evaluate(`new Promise((done) => {
    const { frames } = window.rowRecording;
    const end = frames.length + ${count};
    const look = () => (frames.length < end ? requestAnimationFrame(look) : done());
    look();
  })`);
}

/** Ends the recording and gives the frames in order, without the first. */
export async function rowMoves(page: Page): Promise<FrameMoves[]> {
  const frames = (await page.evaluate('window.rowRecording.isOn = false, window.rowRecording.frames')) as Frame[];
  return frames.slice(1).map(({ scrollTop, scrollHeight, tops }, at) => {
    const before = frames[at]?.tops ?? {};
    const moves = Object.entries(tops).flatMap(([key, top]) => (before[key] === undefined ? [] : [top - before[key]]));
    return { scrollTop, scrollHeight, rowCount: moves.length, least: Math.min(...moves), most: Math.max(...moves) };
  });
}
