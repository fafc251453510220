// The timer heap against a plain sorted list, and the real clock's order of firing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeClock } from '../../../main/sip/index.ts';
import { TimerHeap } from '../../../main/sip/timer-heap.ts';

describe('TimerHeap', () => {
  it('gives timers by deadline, equal ones in order of adding, cancelled ones never', () => {
    const entry = fc.record({ deadlineMs: fc.nat(20), isCancelled: fc.boolean() });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const heap = new TimerHeap();
        const timers = entries.map(({ deadlineMs }) => heap.add(deadlineMs, () => undefined));
        entries.forEach(({ isCancelled }, index) => isCancelled && timers[index]?.cancel());
        entries.forEach(({ isCancelled }, index) => isCancelled && timers[index]?.cancel());
        const expected = timers
          .filter((_, index) => entries[index]?.isCancelled === false)
          .sort((a, b) => a.deadlineMs - b.deadlineMs || a.sequence - b.sequence);
        expect(heap.size).toBe(expected.length);
        const taken = expected.map(() => heap.takeDue(Infinity));
        expect(taken).toEqual(expected);
        expect([heap.size, heap.nextDeadlineMs(), heap.takeDue(Infinity)]).toEqual([0, Infinity, undefined]);
      }),
    );
  });
});

describe('the real clock', () => {
  it('fires in order of deadline, and not what was cancelled', async () => {
    const clock = createNodeClock();
    const fired: string[] = [];
    const done = Promise.withResolvers<void>();
    clock.startTimer(20, () => {
      fired.push('late');
      done.resolve();
    });
    clock.startTimer(5, () => fired.push('early'));
    const cancelled = clock.startTimer(1, () => fired.push('cancelled'));
    clock.startTimer(-10, () => fired.push('at once'));
    cancelled.cancel();
    await done.promise;
    expect(fired).toEqual(['at once', 'early', 'late']);
  });

  it('reports what a callback throws in one text, and fires the timers behind it', async () => {
    const reports: string[] = [];
    const clock = createNodeClock((text) => void reports.push(text.split('\n', 1)[0] ?? ''));
    const fired: string[] = [];
    const done = Promise.withResolvers<void>();
    clock.startTimer(0, () => {
      throw new Error('broken');
    });
    clock.startTimer(0, () => fired.push('behind it'));
    clock.startTimer(2, () => {
      fired.push('later');
      done.resolve();
    });
    await done.promise;
    expect([reports, fired]).toEqual([['failed in a timer: Error: broken'], ['behind it', 'later']]);
  });
});
