// A burst on one stream cut into turns of the event loop, so that the loop never stands still for long.

/** The event loop, as far as bursts are concerned. */
export interface Turns {
  nowMs(): number;
  /** Calls `work` in the next turn. */
  next(work: () => void): void;
}

export interface ReadParts {
  readonly turns: Turns;
  /** Works on a piece of the stream. */
  readonly deliver: (bytes: Uint8Array) => void;
  /** Stops and restarts what calls `take`; a stream that is not read holds its sender back. */
  readonly pause: () => void;
  readonly resume: () => void;
}

export interface ReadInTurns {
  /** The next bytes of the stream. */
  take(bytes: Uint8Array): void;
  /** The stream has ended: what waits is delivered at once. */
  finish(): void;
}

/** What one turn of the event loop may spend on the bytes of one stream; a window still feels at once what comes in between. */
export const TURN_BUDGET_MS = 4;
/** Some ten messages: about a millisecond. One read brings up to eight times as much. */
export const SLICE_BYTES = 8_192;

/**
 * WHY: the system hands over up to 2 MB of a stream within one turn, which is two thousand messages.
 * WHY since the turn's first piece, not the sum of the pieces: what a piece puts off until just after itself counts too. So that this is
 * over before the next piece begins, each begins in a microtask of its own.
 */
export function readInTurns({ turns, deliver, pause, resume }: ReadParts): ReadInTurns {
  const waiting: Uint8Array[] = [];
  let turnStartMs: number | undefined;
  let isPaused = false;
  let isQueued = false;

  function work(): void {
    isQueued = false;
    const slice = takeSlice(waiting);
    if (slice === undefined) return;
    if (turnStartMs === undefined) {
      turnStartMs = turns.nowMs();
      turns.next(endTurn);
    }
    deliver(slice);
    if (turnStartMs !== undefined && turns.nowMs() - turnStartMs >= TURN_BUDGET_MS) return hold();
    if (waiting.length === 0) return release();
    isQueued = true;
    queueMicrotask(work);
  }

  function endTurn(): void {
    turnStartMs = undefined;
    if (isQueued || !isPaused) return;
    if (waiting.length > 0) work();
    else release();
  }

  function hold(): void {
    if (!isPaused) pause();
    isPaused = true;
  }

  function release(): void {
    if (isPaused) resume();
    isPaused = false;
  }

  return {
    take(bytes) {
      waiting.push(bytes);
      if (!isPaused && !isQueued) work();
    },
    finish() {
      for (const bytes of waiting.splice(0)) deliver(bytes);
    },
  };
}

/** Takes the next piece off, in order; undefined where nothing waits. */
function takeSlice(waiting: Uint8Array[]): Uint8Array | undefined {
  const first = waiting[0];
  if (first === undefined) return undefined;
  if (first.length <= SLICE_BYTES) return waiting.shift();
  waiting[0] = first.subarray(SLICE_BYTES);
  return first.subarray(0, SLICE_BYTES);
}
