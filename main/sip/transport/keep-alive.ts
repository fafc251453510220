// Keep-alives on flows that must stay open, and noticing that one is dead (RFC 5626 §4.4.1, §3.5.1).
import type { Clock, Timer } from '../clock.ts';
import type { Random } from '../random.ts';
import type { TransportFlow } from './transport.ts';

/** RFC 5626 §4.4.1: no pong by then means that the flow is dead. */
const PONG_WITHIN_MS = 10_000;
/** RFC 5626 §4.4.1: waits vary between 80 and 100 percent, so that clients do not beat in step. */
const SHORTEST_PART = 0.8;

export interface KeepAliveParts {
  readonly clock: Clock;
  readonly random: Random;
}

/** One keep-alive now, where the flow may have died unnoticed, e.g. while the computer slept. Returns how to forget it. */
export function checkFlow(flow: TransportFlow, clock: Clock): () => void {
  const { heardCount } = flow;
  flow.ping();
  const deadline = flow.hasPonged ? clock.startTimer(PONG_WITHIN_MS, () => giveUpUnheard(flow, heardCount)) : undefined;
  return () => deadline?.cancel();
}

function giveUpUnheard(flow: TransportFlow, heardCount: number): void {
  if (flow.isOpen && flow.heardCount === heardCount) flow.giveUp(new Error('no answer to a keep-alive'));
}

/**
 * Sends a keep-alive at once and then every `intervalMs` at most, until the returned function is called or the flow closes.
 * A flow that has answered one is given up, with an error, when it does not answer another; one that never did is left alone.
 */
export function keepAlive(flow: TransportFlow, intervalMs: number, { clock, random }: KeepAliveParts): () => void {
  let next: Timer | undefined;
  let deadline: Timer | undefined;

  function beat(): void {
    if (!flow.isOpen) return;
    const { heardCount } = flow;
    flow.ping();
    deadline?.cancel();
    if (flow.hasPonged) deadline = clock.startTimer(PONG_WITHIN_MS, () => giveUpUnheard(flow, heardCount));
    const partOfInterval = SHORTEST_PART + random.fraction() * (1 - SHORTEST_PART);
    next = clock.startTimer(intervalMs * partOfInterval, beat);
  }

  beat();
  return () => {
    next?.cancel();
    deadline?.cancel();
  };
}
