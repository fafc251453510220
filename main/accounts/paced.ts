// Something done for each of many at once, and then only every so often: a storm about one of them is done once more when its pause is over.
import type { Clock, Timer } from '../sip/index.ts';

export interface Paced {
  /** Now, or once when the pause since the last time is over. */
  ask(key: string): void;
  /** It is no more: what waits for it is not done. */
  forget(key: string): void;
  /** What waits is done now, and every pause is over. */
  flush(): void;
  /** What waits is not done. */
  stop(): void;
}

export function createPaced(clock: Clock, pauseMs: number, act: (key: string) => void): Paced {
  const pauses = new Map<string, { readonly timer: Timer; isAsked: boolean }>();

  function begin(key: string): void {
    const timer = clock.startTimer(pauseMs, () => {
      const isAsked = pauses.get(key)?.isAsked === true;
      pauses.delete(key);
      if (isAsked) begin(key);
    });
    pauses.set(key, { timer, isAsked: false });
    act(key);
  }

  function stop(): void {
    for (const { timer } of pauses.values()) timer.cancel();
    pauses.clear();
  }

  return {
    ask(key) {
      const pause = pauses.get(key);
      if (pause === undefined) begin(key);
      else pause.isAsked = true;
    },
    forget(key) {
      pauses.get(key)?.timer.cancel();
      pauses.delete(key);
    },
    flush() {
      const waiting = [...pauses].filter(([, { isAsked }]) => isAsked).map(([key]) => key);
      stop();
      for (const key of waiting) act(key);
    },
    stop,
  };
}
