// A binary heap of timers by deadline: thousands of timers wait behind one, and a cancelled one leaves at once.
import type { Timer } from './clock.ts';

/** One waiting timer. It knows its place in the heap, so that cancelling needs no search. */
export class HeapTimer implements Timer {
  readonly deadlineMs: number;
  readonly sequence: number;
  readonly callback: () => void;
  #heap: TimerHeap;
  /** Place in the heap; -1 when not waiting any more. */
  index = -1;

  constructor(heap: TimerHeap, deadlineMs: number, sequence: number, callback: () => void) {
    this.#heap = heap;
    this.deadlineMs = deadlineMs;
    this.sequence = sequence;
    this.callback = callback;
  }

  cancel(): void {
    if (this.index >= 0) this.#heap.remove(this);
  }
}

function isBefore(a: HeapTimer, b: HeapTimer): boolean {
  return a.deadlineMs < b.deadlineMs || (a.deadlineMs === b.deadlineMs && a.sequence < b.sequence);
}

/** Timers of equal deadline leave in the order they were added. */
export class TimerHeap {
  #timers: HeapTimer[] = [];
  #sequence = 0;

  get size(): number {
    return this.#timers.length;
  }

  add(deadlineMs: number, callback: () => void): HeapTimer {
    const timer = new HeapTimer(this, deadlineMs, this.#sequence++, callback);
    this.#timers.push(timer);
    this.#siftUp(timer, this.#timers.length - 1);
    return timer;
  }

  /** Deadline of the next timer; Infinity when none waits. */
  nextDeadlineMs(): number {
    return this.#timers[0]?.deadlineMs ?? Infinity;
  }

  /** Takes out the next timer if it is due. */
  takeDue(nowMs: number): HeapTimer | undefined {
    const first = this.#timers[0];
    if (first === undefined || first.deadlineMs > nowMs) return undefined;
    this.remove(first);
    return first;
  }

  remove(timer: HeapTimer): void {
    const index = timer.index;
    const last = this.#timers.pop();
    timer.index = -1;
    if (last === undefined || last === timer) return;
    this.#siftUp(last, index);
    this.#siftDown(last, last.index);
  }

  #siftUp(timer: HeapTimer, from: number): void {
    const timers = this.#timers;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = timers[parentIndex];
      if (parent === undefined || !isBefore(timer, parent)) break;
      timers[index] = parent;
      parent.index = index;
      index = parentIndex;
    }
    timers[index] = timer;
    timer.index = index;
  }

  #siftDown(timer: HeapTimer, from: number): void {
    const timers = this.#timers;
    let index = from;
    for (;;) {
      const leftIndex = 2 * index + 1;
      const left = timers[leftIndex];
      if (left === undefined) break;
      const right = timers[leftIndex + 1];
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(child, timer)) break;
      const childIndex = child.index;
      timers[index] = child;
      child.index = index;
      index = childIndex;
    }
    timers[index] = timer;
    timer.index = index;
  }
}
