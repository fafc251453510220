// Offer and answer as bookkeeping: who has offered, what holds (RFC 3264 §4, RFC 6337 §2). A pure machine.
import { answerProblem, asNextVersion, changeProblem } from './answer.ts';
import type { SessionDescription } from './description.ts';

/** `none`: nothing agreed yet. `stable`: agreed, no offer out. */
export type ExchangePhase = 'none' | 'local-offer' | 'remote-offer' | 'stable';
export type ExchangeInput = 'offer-sent' | 'offer-received' | 'answer-sent' | 'answer-received' | 'given-up';

export interface Exchange {
  readonly phase: ExchangePhase;
  /** The offer that waits for its answer. */
  readonly offer: SessionDescription | undefined;
  /** What both agreed on. */
  readonly local: SessionDescription | undefined;
  readonly remote: SessionDescription | undefined;
  /** The last description sent, agreed or not: the version of o= counts on from it. */
  readonly lastLocal: SessionDescription | undefined;
}

export type ExchangeStep =
  | { readonly kind: 'ok'; readonly exchange: Exchange }
  /** `in-turn`: it could not come now. `content`: it does not fit what went before. */
  | { readonly kind: 'refused'; readonly why: 'in-turn' | 'content'; readonly reason: string };

/** Where an input leads; a missing entry: it is not that side's turn. `back` returns to what held before. */
const TABLE: Readonly<Record<ExchangePhase, Readonly<Partial<Record<ExchangeInput, ExchangePhase | 'back'>>>>> = {
  none: { 'offer-sent': 'local-offer', 'offer-received': 'remote-offer', 'given-up': 'back' },
  'local-offer': { 'answer-received': 'stable', 'given-up': 'back' },
  'remote-offer': { 'answer-sent': 'stable', 'given-up': 'back' },
  stable: { 'offer-sent': 'local-offer', 'offer-received': 'remote-offer', 'given-up': 'back' },
};

export const NO_EXCHANGE: Exchange = { phase: 'none', offer: undefined, local: undefined, remote: undefined, lastLocal: undefined };

/** What to send for `description`: continues our session of o= (§8). */
export function outgoingDescription(exchange: Exchange, description: SessionDescription): SessionDescription {
  return asNextVersion(exchange.lastLocal, description);
}

/** `description` is the one sent or received; none for `given-up`. Sent ones come from `outgoingDescription`. */
export function stepExchange(exchange: Exchange, input: ExchangeInput, description?: SessionDescription): ExchangeStep {
  const next = TABLE[exchange.phase][input];
  if (next === undefined) return { kind: 'refused', why: 'in-turn', reason: `${input} in ${exchange.phase}` };
  if (next === 'back' || description === undefined) return { kind: 'ok', exchange: back(exchange) };
  const problem = problemOf(exchange, input, description);
  if (problem !== undefined) return { kind: 'refused', why: 'content', reason: problem };
  const isOurs = input === 'offer-sent' || input === 'answer-sent';
  const lastLocal = isOurs ? description : exchange.lastLocal;
  if (next !== 'stable') return { kind: 'ok', exchange: { ...exchange, phase: next, offer: description, lastLocal } };
  const [local, remote] = isOurs ? [description, exchange.offer] : [exchange.offer, description];
  return { kind: 'ok', exchange: { phase: 'stable', offer: undefined, local, remote, lastLocal } };
}

function back(exchange: Exchange): Exchange {
  return { ...exchange, phase: exchange.local === undefined ? 'none' : 'stable', offer: undefined };
}

function problemOf(exchange: Exchange, input: ExchangeInput, description: SessionDescription): string | undefined {
  const isAnswer = input === 'answer-sent' || input === 'answer-received';
  if (isAnswer && exchange.offer !== undefined) {
    const problem = answerProblem(exchange.offer, description);
    if (problem !== undefined) return problem;
  }
  const previous = input === 'offer-sent' || input === 'answer-sent' ? exchange.local : exchange.remote;
  return previous === undefined ? undefined : changeProblem(previous, description);
}
