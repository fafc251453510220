// How to watch many people: one list on the server (RFC 4662), one list in the request (RFC 5367), or each person alone. A table, pure.

/** In the order they are tried. */
export const LIST_WAYS = ['server-list', 'request-contained', 'single'] as const;
export type ListWay = (typeof LIST_WAYS)[number];

/** What a try at a list came to. */
export type ListAnswer =
  /** A 2xx. `isList`: it requires `eventlist`, without which it is a subscription to one resource (RFC 4662 §4.2). */
  | { readonly kind: 'accepted'; readonly isList: boolean }
  | { readonly kind: 'refused'; readonly status: number }
  /** The notifier ended it. */
  | { readonly kind: 'terminated'; readonly reason: string }
  /** Timeout, broken connection, wrong password: nothing about lists. */
  | { readonly kind: 'silent' };

export interface ListChoice {
  readonly way: ListWay;
  /** Worth remembering for this server: it said so itself. */
  readonly isLearned: boolean;
}

type Verdict =
  /** This way works here. */
  | 'works'
  /** This way does not work here: take the next. */
  | 'next'
  /** As `next`, but it may be a passing trouble: ask again another day. */
  | 'next-for-now'
  /** Nothing learned: go on trying. */
  | 'stay';

/** Final answers that say that lists do not work here (RFC 3261 §21, RFC 6665 §8.3.2, RFC 5367 §3.1). Statuses not named say nothing. */
const VERDICT_BY_STATUS: Readonly<Record<number, Verdict>> = {
  // The server knows no such list. It may get to know it: the documents of lists are written before.
  404: 'next-for-now',
  410: 'next-for-now',
  480: 'next-for-now',
  604: 'next-for-now',
  // It does not do this.
  400: 'next',
  403: 'next',
  405: 'next',
  406: 'next',
  413: 'next',
  415: 'next',
  416: 'next',
  420: 'next',
  421: 'next',
  484: 'next',
  485: 'next',
  488: 'next',
  489: 'next',
  501: 'next',
  513: 'next',
  603: 'next',
  606: 'next',
};

/** Answers that may pass, but not for ever: so many in a row and the next way is taken. */
const PATIENCE_BY_STATUS: Readonly<Record<number, number>> = { 500: 2, 502: 3, 504: 3 };

/** Ends after which a list is not asked for again (RFC 6665 §4.1.3). */
const REASONS_AGAINST_LISTS: ReadonlySet<string> = new Set(['rejected', 'noresource']);

function verdictOn(answer: ListAnswer, timesInRow: number): Verdict {
  switch (answer.kind) {
    case 'accepted':
      return answer.isList ? 'works' : 'next';
    case 'terminated':
      return REASONS_AGAINST_LISTS.has(answer.reason) ? 'next-for-now' : 'stay';
    case 'silent':
      return 'stay';
    case 'refused': {
      const patience = PATIENCE_BY_STATUS[answer.status];
      if (patience !== undefined) return timesInRow >= patience ? 'next-for-now' : 'stay';
      return VERDICT_BY_STATUS[answer.status] ?? 'stay';
    }
  }
}

/** Which lists can be asked for at all: `server-list` needs a list's URI, `request-contained` a server's. */
export type PossibleWays = Readonly<Record<Exclude<ListWay, 'single'>, boolean>>;

/** Where to begin: what the server was learned to do, as long as it is possible. */
export function firstListWay(remembered: ListWay | undefined, possible: PossibleWays): ListWay {
  return nextPossible(remembered === undefined ? 0 : LIST_WAYS.indexOf(remembered), possible);
}

/** What to do after a try; `timesInRow` counts equal answers in a row, this one included. Undefined: go on as before. */
export function chooseListWay(way: ListWay, answer: ListAnswer, timesInRow: number, possible: PossibleWays): ListChoice | undefined {
  const verdict = verdictOn(answer, timesInRow);
  if (way === 'single' || verdict === 'stay') return undefined;
  if (verdict === 'works') return { way, isLearned: true };
  return { way: nextPossible(LIST_WAYS.indexOf(way) + 1, possible), isLearned: verdict === 'next' };
}

function nextPossible(from: number, possible: PossibleWays): ListWay {
  return LIST_WAYS.slice(from).find((way) => way === 'single' || possible[way]) ?? 'single';
}
