// Whether a server stands `min-interval` (RFC 6446 §5.1) in Event: found by asking with one subscription, and then held for all.
export interface RateKnowledge {
  /** Whether this subscription may ask for it now. Until it is known one does, the others later. */
  mayAsk(asker: object): boolean;
  /** A 2xx to a SUBSCRIBE that asked. */
  taken(): void;
  /** 489 to one that asked. INTEROP(Kamailio): it takes no parameters of Event it does not expect. */
  refused(): void;
  /** This one will not ask any more. */
  ended(asker: object): void;
}

/** `remembered`: what was learned before. `onLearned` is called once, where it was not known. */
export function createRateKnowledge(remembered: boolean | undefined, onLearned: (isTaken: boolean) => void): RateKnowledge {
  let isTaken = remembered;
  let first: object | undefined;
  const learn = (value: boolean): void => {
    if (isTaken !== undefined) return;
    isTaken = value;
    onLearned(value);
  };
  return {
    mayAsk(asker) {
      if (isTaken !== undefined) return isTaken;
      first ??= asker;
      return first === asker;
    },
    taken: () => learn(true),
    refused: () => learn(false),
    ended(asker) {
      if (first === asker) first = undefined;
    },
  };
}
