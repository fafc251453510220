// The place of a log, held while rows get their sizes, let go when anybody else moves it.
import { describe, expect, it } from 'vitest';
import { HeldPlace } from '../../../renderer/screen/thread/held-place.ts';

/** A log of rows, each with its height, in a view of 100 px. */
function makeLog(heights: Record<string, number>): { scroller: HTMLElement; place: HeldPlace; heights: Record<string, number> } {
  const scroller = { scrollTop: 0, clientHeight: 100 } as HTMLElement;
  const total = (): number => Object.values(log.heights).reduce((sum, height) => sum + height, 0);
  let top = 0;
  Object.defineProperties(scroller, {
    scrollHeight: { get: total },
    // As a browser does, no further than the content goes.
    scrollTop: { get: () => top, set: (wanted: number) => (top = Math.max(0, Math.min(wanted, total() - 100))) },
  });
  const boxOf = (key: string): { top: number; height: number } | undefined => {
    const keys = Object.keys(log.heights);
    const before = keys.slice(0, keys.indexOf(key)).reduce((sum, one) => sum + (log.heights[one] ?? 0), 0);
    return key in log.heights ? { top: before, height: log.heights[key] ?? 0 } : undefined;
  };
  const log = { scroller, place: new HeldPlace(() => scroller, boxOf), heights };
  return log;
}

describe('a held place', () => {
  it.each([
    ['start', 0],
    ['end', 200],
    [{ key: 'c', at: 20 }, 130],
    [{ key: 'c', at: 'center' }, 125],
    [{ key: 'c', at: 'end' }, 100],
  ] as const)('%o is taken again when sizes change', async (where, top) => {
    const log = makeLog({ a: 10, b: 40, c: 50, d: 100 });
    await log.place.hold(where);
    log.heights['a'] = 110;
    log.place.take();
    expect(log.scroller.scrollTop).toBe(top);
  });

  it('is let go when the log is anywhere else, and nothing moves it then', async () => {
    const log = makeLog({ a: 10, b: 40, c: 50, d: 100, e: 100 });
    await log.place.hold({ key: 'c', at: 0 });
    log.scroller.scrollTop = 20;
    log.place.look(false);
    log.heights['a'] = 110;
    log.place.take();
    expect(log.scroller.scrollTop).toBe(20);
  });

  it('of a row is let go when the reader acts; the end is followed on', async () => {
    const log = makeLog({ a: 10, b: 140 });
    await log.place.hold({ key: 'b', at: 0 });
    log.place.letGo();
    log.heights['a'] = 20;
    log.place.take();
    const kept = log.scroller.scrollTop;
    await log.place.hold('end');
    log.place.letGo();
    log.heights['b'] = 200;
    log.place.take();
    expect([kept, log.scroller.scrollTop]).toEqual([10, 120]);
  });

  it('is the end for a reader who came there', () => {
    const log = makeLog({ a: 10, b: 140 });
    log.scroller.scrollTop = 50;
    log.place.look(true);
    log.heights['b'] = 200;
    log.place.take();
    expect(log.scroller.scrollTop).toBe(110);
  });

  it('that was the start stays with its message when others come in front', async () => {
    const log = makeLog({ day: 30, a: 100, b: 100 });
    await log.place.hold('start');
    log.place.leaveStart('a');
    log.heights = { older: 200, a: 100, b: 100 };
    log.place.take();
    expect(log.scroller.scrollTop).toBe(170);
  });

  it('is as near as shows the whole row', async () => {
    const log = makeLog({ a: 50, b: 50, c: 50, d: 50 });
    const tops: number[] = [];
    for (const key of ['b', 'c', 'd', 'c', 'a']) {
      await log.place.holdInView(key);
      tops.push(log.scroller.scrollTop);
    }
    expect(tops).toEqual([0, 50, 100, 100, 0]);
  });
});
