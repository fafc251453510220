// What presence rules say to one watcher at one moment (RFC 4745 §10; RFC 5025 §3.2.1).
import { comparableUri, hostOf } from '../comparable-uri.ts';
import {
  SUB_HANDLINGS,
  type IdentityCondition,
  type Period,
  type PresenceRule,
  type RulesDocument,
  type SubHandling,
} from './rules-document.ts';
import { EMPTY_TRANSFORMATIONS, joinTransformations, type Transformations } from './transformations.ts';

/** `watcher`: an authenticated URI, undefined for somebody anonymous. `sphere`: the presentity's, undefined when not known. */
export interface RulesQuestion {
  readonly watcher: string | undefined;
  readonly atMs: number;
  readonly sphere?: string;
}

export interface RulesAnswer {
  /** `block` where no rule says anything (RFC 5025 §3.2.1). */
  readonly subHandling: SubHandling;
  readonly transformations: Transformations;
  /** The ids of the rules that apply, in order. */
  readonly ruleIds: readonly string[];
}

/** All rules that match are combined: the highest sub-handling, all transformations together. */
export function evaluateRules(document: RulesDocument, question: RulesQuestion): RulesAnswer {
  const matching = document.rules.filter((rule) => ruleMatches(rule, question));
  const levels = matching.map((rule) => (rule.subHandling === undefined ? 0 : SUB_HANDLINGS.indexOf(rule.subHandling)));
  return {
    subHandling: SUB_HANDLINGS[Math.max(0, ...levels)] ?? 'block',
    transformations: matching.map((rule) => rule.transformations).reduce(joinTransformations, EMPTY_TRANSFORMATIONS),
    ruleIds: matching.map((rule) => rule.id),
  };
}

function ruleMatches({ conditions }: PresenceRule, { watcher, atMs, sphere }: RulesQuestion): boolean {
  if (conditions.unknown.length > 0) return false;
  if (conditions.periods !== undefined && !periodsHold(conditions.periods, atMs)) return false;
  // RFC 4745 §7.2: where the sphere is not known the condition does not hold.
  if (conditions.spheres !== undefined && (sphere === undefined || !conditions.spheres.includes(sphere))) return false;
  if (conditions.identities === undefined) return true;
  return watcher !== undefined && conditions.identities.some((identity) => identityMatches(identity, watcher));
}

function periodsHold(periods: readonly Period[], atMs: number): boolean {
  return periods.some(({ fromMs, untilMs }) => fromMs <= atMs && atMs < untilMs);
}

function identityMatches(identity: IdentityCondition, watcher: string): boolean {
  const comparable = comparableUri(watcher);
  if (identity.kind === 'one') return comparableUri(identity.id) === comparable;
  const host = hostOf(watcher);
  if (identity.domain !== undefined && identity.domain.toLowerCase() !== host) return false;
  if (identity.exceptDomains.some((domain) => domain.toLowerCase() === host)) return false;
  return !identity.exceptIds.some((id) => comparableUri(id) === comparable);
}
