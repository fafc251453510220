// Changes to the page: each checked once and given to every listener; those that come before the first listener wait.
import * as v from 'valibot';
import { pageChangeSchema, type PageChange } from '../bridge/shell-contract.ts';

type Listener = (change: PageChange) => void;

export interface ChangeFan {
  /** From the shell. What does not fit the schema is dropped. */
  receive(change: unknown): void;
  /** Returns how to stop. */
  onChange(listener: Listener): () => void;
}

/** `onFirstListener` is called once, when the page starts to listen. */
export function createChangeFan(onFirstListener: () => void): ChangeFan {
  const listeners = new Set<Listener>();
  let isListening = false;
  return {
    receive(raw) {
      const change = v.safeParse(pageChangeSchema, raw);
      if (!change.success) return;
      for (const listener of listeners) {
        try {
          listener(change.output);
        } catch {
          // A listener's mistake is the page's own; the others still hear.
        }
      }
    },
    onChange(listener) {
      listeners.add(listener);
      if (!isListening) {
        isListening = true;
        onFirstListener();
      }
      return () => void listeners.delete(listener);
    },
  };
}
