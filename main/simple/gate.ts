// Lets only so many things go at once; the others wait their turn in order. Keeps five hundred SUBSCRIBEs from leaving in one moment.

export interface Gate {
  /** Calls `start` when there is room, perhaps at once. `leave` must be called when it is over; calling it again changes nothing. */
  enter(start: () => void): Visit;
}

export interface Visit {
  /** Gives the place, or the place in the queue, to the next. */
  leave(): void;
}

export function createGate(room: number): Gate {
  const waiting = new Set<() => void>();
  let inside = 0;

  function letIn(): void {
    for (const start of waiting) {
      if (inside >= room) return;
      waiting.delete(start);
      inside++;
      start();
    }
  }

  return {
    enter(start) {
      let isInside = false;
      let hasLeft = false;
      const enter = (): void => {
        isInside = true;
        start();
      };
      waiting.add(enter);
      letIn();
      return {
        leave() {
          if (hasLeft) return;
          hasLeft = true;
          waiting.delete(enter);
          if (!isInside) return;
          inside--;
          letIn();
        },
      };
    },
  };
}
