// What waits in the store to be replayed on the server's rules, and how: pure. Where another device decided differently meanwhile, both
// answers are kept and the person is asked (RFC 4825 §8).
import type { DecisionKind } from '../../app/domain/watcher.ts';
import { decideAll, readDecisions, rewriteRules } from '../simple/document/presence-rules.ts';
import type { PresenceDecision, RulesEdit, SubHandling } from '../simple/document/presence-rules.ts';
import { comparableUri } from '../simple/document/comparable-uri.ts';
import type { StoredDecision } from '../store/index.ts';

/** What this device believed the rules to say when the person decided; null: nothing. Absent: it does not matter. */
interface Believed {
  readonly before?: PresenceDecision | null;
  /** Not the person's own act (a time was over, a wider decision): where somebody decided differently it gives way in silence. */
  readonly isQuiet?: boolean;
  readonly decidedAtMs?: number;
}

export type PolicyEdit =
  | (Believed & PresenceDecision & { readonly kind: 'decide' })
  | (Believed & { readonly kind: 'withdraw'; readonly address: string })
  /** The person is in another sphere now, or the server turned out to be of another kind. */
  | { readonly kind: 'rewrite' }
  /** A whole document that the person imported. */
  | { readonly kind: 'replace'; readonly document: string };

/** Two devices decided differently; null: took it back. */
export interface PolicyConflict {
  readonly address: string;
  readonly ours: PresenceDecision | null;
  readonly theirs: PresenceDecision | null;
  readonly decidedAtMs: number;
}

export interface PolicyContext {
  readonly nowMs: number;
  /** The person's own sphere now. */
  readonly sphere: string;
  /** The server reads rules as RFC 4745 says. */
  readonly isExact: boolean;
  /** As `RulesOptions.endMarginMs`. */
  readonly endMarginMs?: number;
}

export type AppliedPolicy =
  | { readonly kind: 'ok'; readonly text: string | undefined; readonly conflicts: readonly PolicyConflict[] }
  | { readonly kind: 'failure'; readonly reason: string };

export const SUB_HANDLING: Readonly<Record<Exclude<DecisionKind, 'later'>, SubHandling>> = {
  allow: 'allow',
  block: 'block',
  'politely-block': 'polite-block',
};

/** As the rules carry it; null: it leaves the watcher pending, which needs no rule. */
export function inRules(
  decision: Pick<StoredDecision, 'address' | 'decision' | 'untilMs' | 'sphere' | 'seen' | 'except'>,
): PresenceDecision | null {
  const { address, untilMs, sphere, seen, except } = decision;
  if (decision.decision === 'later') return null;
  return {
    address,
    subHandling: SUB_HANDLING[decision.decision],
    ...(untilMs === null ? {} : { untilMs }),
    ...(sphere === '' ? {} : { sphere }),
    ...(seen === null ? {} : { seen }),
    ...(except.length === 0 ? {} : { except }),
  };
}

/** Ends are written as whole seconds, rounded up. */
const WHOLE_SECOND_MS = 1_000;

/** Two decisions that say the same; documents count in whole seconds. One that is over says nothing. */
export function saysTheSame(one: PresenceDecision | null | undefined, other: PresenceDecision | null | undefined, nowMs: number): boolean {
  return fingerprint(one, nowMs) === fingerprint(other, nowMs);
}

function fingerprint(decision: PresenceDecision | null | undefined, nowMs: number): string {
  if (decision === null || decision === undefined) return '';
  const { subHandling, untilMs, sphere, seen, except } = decision;
  if (untilMs !== undefined && untilMs < nowMs + WHOLE_SECOND_MS) return '';
  const end = untilMs === undefined ? null : Math.ceil(untilMs / 1000);
  const parts = seen === undefined ? null : [seen.notes, seen.activities, seen.place, seen.devices];
  return JSON.stringify([subHandling, end, sphere ?? '', parts, [...(except ?? [])].sort()]);
}

/** Edits that stand side by side are brought in with one reading of the document. */
interface Batch {
  readonly decisions: Map<string, PresenceDecision>;
  readonly withdrawn: Set<string>;
}

/** Pure; `text` undefined: there is no document. Edits of a newer version that cannot be read are left out. */
export function applyPolicyEdits(text: string | undefined, edits: readonly string[], context: PolicyContext): AppliedPolicy {
  const replay = new Replay(text, context);
  for (const editText of edits) {
    const failed = replay.take(JSON.parse(editText) as PolicyEdit);
    if (failed !== undefined) return { kind: 'failure', reason: `${failed.reason} (at ${failed.offset})` };
  }
  return replay.finish();
}

type Failed = Extract<RulesEdit, { kind: 'failure' }>;

class Replay {
  readonly #context: PolicyContext;
  #text: string | undefined;
  /** What the document says, with our edits so far; undefined: not read yet. */
  #known: Map<string, PresenceDecision> | undefined;
  #batch: Batch = { decisions: new Map(), withdrawn: new Set() };
  readonly #conflicts = new Map<string, PolicyConflict>();

  constructor(text: string | undefined, context: PolicyContext) {
    this.#text = text;
    this.#context = context;
  }

  take(edit: PolicyEdit): Failed | undefined {
    switch (edit.kind) {
      case 'decide':
      case 'withdraw':
        this.#takeDecision(edit);
        return undefined;
      case 'rewrite':
        return this.#flush() ?? this.#keep(rewriteRules(this.#text, this.#context.nowMs, this.#context));
      case 'replace':
        this.#batch = { decisions: new Map(), withdrawn: new Set() };
        this.#known = undefined;
        this.#conflicts.clear();
        // WHY anew: what was ours on another server may let in too many on this one, and a document may say nothing of strangers.
        return this.#keep(rewriteRules(edit.document, this.#context.nowMs, this.#context));
      default:
        return undefined;
    }
  }

  finish(): AppliedPolicy {
    const failed = this.#flush();
    if (failed !== undefined) return { kind: 'failure', reason: `${failed.reason} (at ${failed.offset})` };
    return { kind: 'ok', text: this.#text, conflicts: [...this.#conflicts.values()] };
  }

  #takeDecision(edit: Extract<PolicyEdit, { kind: 'decide' | 'withdraw' }>): void {
    const key = comparableUri(edit.address);
    const wanted = edit.kind === 'decide' ? decisionOf(edit) : null;
    const known = this.#knownDecisions();
    const there = known.get(key) ?? null;
    if (this.#isContradicted(edit, there, wanted)) {
      if (edit.isQuiet === true) return;
      const decidedAtMs = edit.decidedAtMs ?? this.#context.nowMs;
      this.#conflicts.set(key, { address: edit.address, ours: wanted, theirs: there, decidedAtMs });
      return;
    }
    this.#conflicts.delete(key);
    if (wanted === null) {
      known.delete(key);
      this.#batch.decisions.delete(key);
      this.#batch.withdrawn.add(edit.address);
    } else {
      known.set(key, wanted);
      this.#batch.decisions.set(key, wanted);
    }
  }

  /** A document that vanished says nothing of what another device decided. */
  #isContradicted({ before }: Believed, there: PresenceDecision | null, wanted: PresenceDecision | null): boolean {
    const { nowMs } = this.#context;
    if (before === undefined || this.#text === undefined) return false;
    return !saysTheSame(there, before, nowMs) && !saysTheSame(there, wanted, nowMs);
  }

  #knownDecisions(): Map<string, PresenceDecision> {
    this.#known ??= new Map(
      (this.#text === undefined ? [] : readDecisions(this.#text)).map((decision) => [comparableUri(decision.address), decision]),
    );
    return this.#known;
  }

  #flush(): Failed | undefined {
    const { decisions, withdrawn } = this.#batch;
    if (decisions.size + withdrawn.size === 0) return undefined;
    this.#batch = { decisions: new Map(), withdrawn: new Set() };
    const changes = { decisions: [...decisions.values()], withdrawn: [...withdrawn] };
    return this.#keep(decideAll(this.#text, changes, this.#context.nowMs, this.#context));
  }

  #keep(edited: RulesEdit): Failed | undefined {
    if (edited.kind === 'failure') return edited;
    this.#text = edited.text;
    return undefined;
  }
}

function decisionOf(edit: Extract<PolicyEdit, { kind: 'decide' }>): PresenceDecision {
  const { kind: _kind, before: _before, isQuiet: _isQuiet, decidedAtMs: _decidedAtMs, ...decision } = edit;
  return decision;
}

/** Whose decisions the edits are about. */
export function addressesOf(edits: readonly { readonly edit: string }[]): string[] {
  return [
    ...new Set(
      edits.flatMap(({ edit }) => {
        const read = JSON.parse(edit) as PolicyEdit;
        return read.kind === 'decide' || read.kind === 'withdraw' ? [read.address] : [];
      }),
    ),
  ];
}
