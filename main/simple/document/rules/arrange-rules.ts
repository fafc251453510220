// Which of our rules stand where in the document, whom the wide ones leave out, and what each tells the server now.
import type { RulesDocument, SubHandling } from './rules-document.ts';
import { SUB_HANDLINGS } from './rules-document.ts';
import type { OurRule, PresenceDecision, RulePrinter } from './our-rules.ts';
import { isOurs, isWide } from './our-rules.ts';
import { hostOf } from '../comparable-uri.ts';

/** What our rules depend on beside the decisions. */
export interface RulesContext {
  readonly nowMs: number;
  /** The sphere the presentity is in now; undefined: in none. */
  readonly sphere: string | undefined;
  /** The server is known to combine rules as RFC 4745 §10 says, and to look at domains. */
  readonly isExact: boolean;
}

/**
 * What the server is told. Where it cannot be trusted to look, a rule that does not hold now is written as `confirm`, which grants nothing.
 * SECURITY, INTEROP(Kamailio 5.6): takes a sphere it does not know for the right one, and the domain of a known watcher for any domain;
 * written as decided, “people of example.org” would let everybody in.
 */
export function effectiveHandling(decision: PresenceDecision, { sphere, isExact }: RulesContext): SubHandling {
  if (decision.sphere !== undefined && decision.sphere !== sphere) return 'confirm';
  if (decision.address.startsWith('*@') && !isExact) return 'confirm';
  return decision.subHandling;
}

/** Our rules about one watcher each come first, in this text; those that follow from them, and wide ones, come last. */
export interface ArrangedRules {
  readonly first: string;
  readonly last: string;
}

export function arrangeRules(document: RulesDocument, rules: readonly OurRule[], printer: RulePrinter, nowMs: number): ArrangedRules {
  const single = rules.filter(({ decision }) => !isWide(decision.address));
  const wide = rules.filter(({ decision }) => isWide(decision.address)).sort((one, other) => wideOrder(one) - wideOrder(other));
  const foreign = foreignVerdicts(document);
  // WHY without the blocked: `confirm` would lift their block (RFC 4745 §10).
  const blocked = new Set(single.filter(({ effective }) => effective === 'block').map(({ decision }) => decision.address));
  const excepted = [...new Set(wide.flatMap(({ decision }) => decision.except ?? []))].filter((address) => !blocked.has(address));
  const levels: Level[] = [
    ...single.map(({ decision, effective }) => ({ address: decision.address, level: levelOf(effective) })),
    ...foreign.blockedIds.map((address) => ({ address, level: levelOf('block') })),
    ...foreign.blockedDomains.map((domain) => ({ address: `*@${domain}`, level: levelOf('block') })),
  ];
  const domains = wide
    .filter(({ decision }) => decision.address !== '*')
    .map(({ decision, effective }) => ({ address: decision.address, level: levelOf(effective) }));
  const view = single.filter(({ decision }) => decision.subHandling === 'allow' && decision.seen === undefined);
  const wideTexts = wide.map(({ decision, effective }) => {
    const below = lowerThan(levelOf(effective), decision.address === '*' ? [...levels, ...domains] : levels, decision.address);
    return printer.decision(decision, effective, [...new Set([...(decision.except ?? []), ...below])]);
  });
  const last =
    printer.view(view.map(({ decision }) => decision.address)) +
    printer.excepted(excepted) +
    wideTexts.join('') +
    everybody(printer, foreign, wide, [...levels, ...domains]);
  return {
    first: inSafeOrder(single, nowMs)
      .map(({ text }) => text)
      .join(''),
    last,
  };
}

interface Level {
  readonly address: string;
  readonly level: number;
}

function levelOf(subHandling: SubHandling): number {
  return SUB_HANDLINGS.indexOf(subHandling);
}

/** Domains before everybody: the first match must be the narrower one. */
function wideOrder({ decision }: OurRule): number {
  return decision.address === '*' ? 1 : 0;
}

/** RFC 4745 §10 takes the highest of all rules that match: whoever was given less must be left out of what gives more. */
function lowerThan(level: number, others: readonly Level[], address: string): string[] {
  const domain = address.slice(2);
  const isCovered = (other: string): boolean => address === '*' || (!isWide(other) && hostOf(other) === domain);
  return others.filter((other) => other.level < level && isCovered(other.address)).map((other) => other.address);
}

/** The rule that leaves everybody else pending; '' where another one answers for everybody. */
function everybody(printer: RulePrinter, foreign: ForeignVerdicts, wide: readonly OurRule[], levels: readonly Level[]): string {
  const overall = wide.find(({ decision }) => decision.address === '*');
  if (foreign.coversEverybody || overall?.effective === 'block') return '';
  const blocked = levels.filter(({ level }) => level === 0).map(({ address }) => address);
  const ids = blocked.filter((address) => !isWide(address));
  const blockedDomains = blocked.filter(isWide).map((address) => address.slice(2));
  return printer.everybody([...new Set(ids)], [...new Set(blockedDomains)]);
}

/**
 * INTEROP(Kamailio 5.6): once one rule's validity holds, those of all later rules in the document count as holding too. So rules that
 * do not hold yet come first, the one that begins last at the top, then those that will end, the next to end first.
 */
export function inSafeOrder(rules: readonly OurRule[], nowMs: number): readonly OurRule[] {
  const rank = ({ decision: { fromMs, untilMs } }: OurRule): readonly [number, number] => {
    if (fromMs !== undefined && fromMs > nowMs) return [0, -fromMs];
    if (fromMs !== undefined || untilMs !== undefined) return [1, untilMs ?? Infinity];
    return [2, 0];
  };
  const ranked = rules.map((rule) => ({ rule, rank: rank(rule) }));
  ranked.sort((first, second) => first.rank[0] - second.rank[0] || compare(first.rank[1], second.rank[1]));
  return ranked.map(({ rule }) => rule);
}

function compare(first: number, second: number): number {
  return first === second ? 0 : first - second;
}

interface ForeignVerdicts {
  readonly blockedIds: readonly string[];
  readonly blockedDomains: readonly string[];
  readonly coversEverybody: boolean;
}

/** Whom rules of others block, and whether one of them already answers for everybody. */
export function foreignVerdicts(document: RulesDocument): ForeignVerdicts {
  const verdicts = { blockedIds: [] as string[], blockedDomains: [] as string[], coversEverybody: false };
  for (const { conditions, subHandling } of document.rules.filter((rule) => !isOurs(rule))) {
    const { identities, spheres, periods, unknown } = conditions;
    if (subHandling === undefined || unknown.length > 0) continue;
    const isEverybody =
      identities === undefined || identities.some((identity) => identity.kind === 'many' && identity.domain === undefined);
    if (isEverybody && spheres === undefined && periods === undefined) verdicts.coversEverybody = true;
    if (subHandling !== 'block') continue;
    for (const identity of identities ?? []) {
      if (identity.kind === 'one') verdicts.blockedIds.push(identity.id);
      else if (identity.domain !== undefined) verdicts.blockedDomains.push(identity.domain);
    }
  }
  return verdicts;
}
