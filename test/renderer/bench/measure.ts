// What the window benchmark measures inside a page, the app's or the bare one: frames, the time from a click to the text, from a key to its frame.

export interface Frames {
  /** Milliseconds between frames, in order. */
  readonly deltas: readonly number[];
  /** The most elements of the rows at a time. */
  readonly most: number;
}

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
/** When the frame that is being made is through with layout and paint, as far as the page can tell. */
const frameEnd = (): Promise<number> =>
  new Promise((resolve) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    }),
  );

let isRecording = false;
let recording: Promise<Frames> | undefined;

async function record(selector: string): Promise<Frames> {
  const deltas: number[] = [];
  let most = 0;
  let last = await nextFrame();
  while (isRecording) {
    const now = await nextFrame();
    deltas.push(now - last);
    last = now;
    if (deltas.length % 4 === 0) most = Math.max(most, document.querySelectorAll(selector).length);
  }
  return { deltas, most };
}

/** Looks in every frame until `isThere`, then waits for that frame's end; how long since `startMs`. */
async function timeUntil(startMs: number, isThere: () => boolean): Promise<number> {
  while (!isThere()) {
    if (performance.now() - startMs > 20_000) throw new Error('waited in vain for the text');
    await nextFrame();
  }
  return (await frameEnd()) - startMs;
}

const isShown = (element: Element | null): boolean => {
  if (element === null || (element.textContent ?? '') === '' || !element.checkVisibility({ visibilityProperty: true })) return false;
  const { bottom, top, width } = element.getBoundingClientRect();
  return width > 0 && bottom > 0 && top < innerHeight;
};
const isAnyShown = (selector: string): boolean => [...document.querySelectorAll(selector)].some(isShown);

const keyGaps: number[] = [];
addEventListener(
  'keydown',
  (event) => {
    const startMs = event.timeStamp;
    void frameEnd().then((endMs) => keyGaps.push(endMs - startMs));
  },
  { capture: true },
);

/** Above this far from the top nothing older is asked for; a page of older ones is at least so long. */
const [FAR_PX, STEP_PX, LOADED_PX] = [1_600, 200, 2_000];

/** The first row that is well in view. */
function anchor(scroller: Element, selector: string): Element | undefined {
  const { top: from } = scroller.getBoundingClientRect();
  return [...document.querySelectorAll(selector)].find((element) => element.getBoundingClientRect().top > from + 40);
}

const measure = {
  startFrames(selector: string): void {
    isRecording = true;
    recording = record(selector);
  },
  async stopFrames(): Promise<Frames> {
    isRecording = false;
    return (await recording) ?? { deltas: [], most: 0 };
  },
  /** From the next click to when an element of `selector` is in view. */
  openedAfterClick: undefined as Promise<number> | undefined,
  awaitClick(selector: string): void {
    measure.openedAfterClick = new Promise((resolve, reject) => {
      const look = (event: MouseEvent): void => void timeUntil(event.timeStamp, () => isAnyShown(selector)).then(resolve, reject);
      addEventListener('click', look, { capture: true, once: true });
    });
  },
  /** From now, when `action` runs, to when an element of `selector` is in view. */
  openedAfter(action: () => void, selector: string): Promise<number> {
    const startMs = performance.now();
    action();
    return timeUntil(startMs, () => isAnyShown(selector));
  },
  /** From each key pressed since the last asking to the end of its frame. */
  takeKeyGaps: (): number[] => keyGaps.splice(0),
  /** Scrolls until older rows are asked for, waits for them and says by how many pixels those in view moved; undefined when none came. */
  async moveWhileLoading(scrollerSelector: string, selector: string): Promise<number | undefined> {
    const scroller = document.querySelector(scrollerSelector);
    if (scroller === null) return undefined;
    for (let top = FAR_PX; top > 0; top -= STEP_PX) {
      scroller.scrollTop = top;
      for (let frame = 0; frame < 4; frame += 1) await nextFrame();
      const [before, height] = [anchor(scroller, selector), scroller.scrollHeight];
      scroller.scrollTop -= STEP_PX;
      const asked = before?.getBoundingClientRect().top ?? 0;
      for (let frame = 0; frame < 12 && scroller.scrollHeight < height + LOADED_PX; frame += 1) await nextFrame();
      if (scroller.scrollHeight < height + LOADED_PX) continue;
      for (let frame = 0; frame < 6; frame += 1) await nextFrame();
      return before?.isConnected === true ? Math.abs(before.getBoundingClientRect().top - asked) : undefined;
    }
    return undefined;
  },
};
export type Measure = typeof measure;
Object.assign(window, { measure });
