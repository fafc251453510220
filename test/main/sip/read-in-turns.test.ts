// A burst on one stream: every byte in order, no turn of the loop longer than its budget, the sender held back meanwhile, nothing lost at the end.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SLICE_BYTES, TURN_BUDGET_MS, readInTurns } from '../../../main/sip/read-in-turns.ts';

/** How long a piece takes: a full one a millisecond. */
const BYTES_OF_ONE_MS = SLICE_BYTES;

/** A stream whose reads come one after the other, unless it is paused, and a loop that counts what each turn does. */
class Loop {
  nowMs = 0;
  isPaused = false;
  pauses = 0;
  readonly turns: number[] = [0];
  readonly delivered: Uint8Array[] = [];
  readonly #next: (() => void)[] = [];
  readonly reading = readInTurns({
    turns: { nowMs: () => this.nowMs, next: (work) => void this.#next.push(work) },
    deliver: (bytes) => this.#deliver(bytes),
    pause: () => {
      this.pauses += 1;
      this.isPaused = true;
    },
    resume: () => void (this.isPaused = false),
  });

  #deliver(bytes: Uint8Array): void {
    const tookMs = bytes.length / BYTES_OF_ONE_MS;
    this.nowMs += tookMs;
    this.turns.push((this.turns.pop() ?? 0) + tookMs);
    this.delivered.push(bytes);
  }

  async turn(reads: Uint8Array[]): Promise<void> {
    for (const work of this.#next.splice(0)) {
      this.turns.push(0);
      work();
      await settled();
    }
    while (!this.isPaused && reads.length > 0) {
      this.reading.take(reads.shift() ?? new Uint8Array(0));
      await settled();
    }
  }

  get isIdle(): boolean {
    return this.#next.length === 0;
  }
}

/** More microtasks than a read has slices. */
async function settled(): Promise<void> {
  for (let left = 100; left > 0; left -= 1) await Promise.resolve();
}

function numbered(lengths: readonly number[]): Uint8Array[] {
  let number = 0;
  return lengths.map((length) => Uint8Array.from({ length }, () => number++ % 251));
}

const lengths = fc.array(fc.integer({ min: 1, max: 12 * SLICE_BYTES }), { maxLength: 8 });

test('every byte comes in order, and no turn takes longer than its budget and one slice', async () => {
  await fc.assert(
    fc.asyncProperty(lengths, async (wanted) => {
      const loop = new Loop();
      const reads = numbered(wanted);
      const all = Buffer.concat(reads);
      while (reads.length > 0 || !loop.isIdle) await loop.turn(reads);
      expect(Buffer.concat(loop.delivered).equals(all)).toBe(true);
      expect(Math.max(...loop.turns)).toBeLessThanOrEqual(TURN_BUDGET_MS + 1);
      expect(Math.max(0, ...loop.delivered.map(({ length }) => length))).toBeLessThanOrEqual(SLICE_BYTES);
      expect(loop.isPaused).toBe(false);
    }),
    { numRuns: 40 },
  );
});

test('the sender is held back while a large read is worked off', async () => {
  const loop = new Loop();
  const reads = numbered([20 * SLICE_BYTES, 1]);
  await loop.turn(reads);
  expect([loop.isPaused, reads.length, loop.delivered.length]).toEqual([true, 1, TURN_BUDGET_MS]);
});

test('a small read costs no further turn', async () => {
  const loop = new Loop();
  await loop.turn(numbered([100]));
  expect([loop.delivered.length, loop.pauses]).toEqual([1, 0]);
});

test('a stream that ends gives what waits, in order', async () => {
  const loop = new Loop();
  const reads = numbered([20 * SLICE_BYTES]);
  const all = Buffer.concat(reads);
  await loop.turn(reads);
  loop.reading.finish();
  while (!loop.isIdle) await loop.turn(reads);
  expect(Buffer.concat(loop.delivered).equals(all)).toBe(true);
});
