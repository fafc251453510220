// SECURITY: something done for one peer at once, and then only every so often: whoever announces others again and again makes no storm.
import type { Clock, Timer } from '../../sip/index.ts';

export interface Paced {
  /** Now, or once when the pause since the last time is over. */
  ask(address: string): void;
  stop(): void;
}

export function createPaced(clock: Clock, pauseMs: number, act: (address: string) => void): Paced {
  const pauses = new Map<string, { readonly timer: Timer; isAsked: boolean }>();

  function begin(address: string): void {
    const timer = clock.startTimer(pauseMs, () => {
      const isAsked = pauses.get(address)?.isAsked === true;
      pauses.delete(address);
      if (isAsked) begin(address);
    });
    pauses.set(address, { timer, isAsked: false });
    act(address);
  }

  return {
    ask(address) {
      const pause = pauses.get(address);
      if (pause === undefined) begin(address);
      else pause.isAsked = true;
    },
    stop() {
      for (const { timer } of pauses.values()) timer.cancel();
      pauses.clear();
    },
  };
}
