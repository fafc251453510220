// The rules as the server has them, read once for each version: what they say to a watcher, and each rule as a person may read it.
import type { PolicyRule } from '../../app/domain/watcher.ts';
import { evaluateRules } from '../simple/document/rules/evaluate-rules.ts';
import type { RulesAnswer } from '../simple/document/rules/evaluate-rules.ts';
import { decisionIn, isOurs } from '../simple/document/rules/our-rules.ts';
import { parsePresenceRules } from '../simple/document/rules/rules-document.ts';
import type { PresenceRule, RulesDocument, SubHandling } from '../simple/document/rules/rules-document.ts';

export interface PolicyView {
  /** `undefined`: the server has none. Before the first call nothing is known. */
  set(text: string | undefined): void;
  /** undefined: not known. */
  readonly text: string | undefined;
  readonly isKnown: boolean;
  /** undefined: the rules are not known, or cannot be read. */
  verdictOn(watcher: string): SubHandling | undefined;
  rules(): PolicyRule[];
}

export interface PolicySurroundings {
  readonly nowMs: () => number;
  readonly sphere: () => string;
}

export function createPolicyView(surroundings: PolicySurroundings): PolicyView {
  let text: string | undefined;
  let isKnown = false;
  let document: RulesDocument | undefined;
  let isRead = false;

  /** Read when it is first asked for: most versions never are. */
  function read(): RulesDocument | undefined {
    if (!isRead && text !== undefined) {
      const parsed = parsePresenceRules(text);
      document = parsed.kind === 'ok' ? parsed.document : undefined;
    }
    isRead = true;
    return document;
  }

  return {
    set(next) {
      if (isKnown && next === text) return;
      [text, isKnown, document, isRead] = [next, true, undefined, false];
    },
    get text() {
      return text;
    },
    get isKnown() {
      return isKnown;
    },
    verdictOn(watcher) {
      if (!isKnown) return undefined;
      if (text === undefined) return 'confirm';
      const rules = read();
      return rules === undefined ? undefined : answerOf(rules, watcher, surroundings).subHandling;
    },
    rules: () => {
      const rules = read();
      return rules === undefined ? [] : rules.rules.map((rule, index) => shownRule(rules, rule, index));
    },
  };
}

/** What a document says to a watcher now. */
export function answerOf(document: RulesDocument, watcher: string, { nowMs, sphere }: PolicySurroundings): RulesAnswer {
  const own = sphere();
  return evaluateRules(document, { watcher, atMs: nowMs(), ...(own === '' ? {} : { sphere: own }) });
}

const DECISION_OF: Readonly<Record<SubHandling, PolicyRule['decision']>> = {
  allow: 'allow',
  block: 'block',
  'polite-block': 'politely-block',
  confirm: 'confirm',
};

/** Longest part of a rule that is shown, in characters. */
const RULE_TEXT_SHOWN = 4_000;

function shownRule(document: RulesDocument, rule: PresenceRule, index: number): PolicyRule {
  const decision = decisionIn(rule);
  const handling = decision?.subHandling ?? rule.subHandling;
  const untilMs = decision === undefined ? rule.conditions.periods?.at(-1)?.untilMs : decision.untilMs;
  return {
    ruleId: rule.id === '' ? `#${index + 1}` : rule.id,
    isOurs: isOurs(rule),
    subject: subjectWords(rule),
    decision: handling === undefined ? 'unknown' : DECISION_OF[handling],
    untilMs: untilMs ?? null,
    sphere: rule.conditions.spheres?.join(' ') ?? '',
    text: document.text.slice(rule.start, rule.end).slice(0, RULE_TEXT_SHOWN),
  };
}

/** Most names in the subject of one rule. */
const NAMES_SHOWN = 20;

function subjectWords({ conditions }: PresenceRule): string {
  if (conditions.identities === undefined) return conditions.unknown.length > 0 ? conditions.unknown.join(', ') : 'everybody';
  const words = conditions.identities.map((identity) => {
    if (identity.kind === 'one') return identity.id;
    const whole = identity.domain === undefined ? 'everybody' : `@${identity.domain}`;
    const except = [...identity.exceptIds, ...identity.exceptDomains.map((domain) => `@${domain}`)];
    return except.length === 0 ? whole : `${whole} except ${joined(except)}`;
  });
  return joined([...words, ...conditions.unknown]);
}

function joined(words: readonly string[]): string {
  if (words.length <= NAMES_SHOWN) return words.join(', ');
  return `${words.slice(0, NAMES_SHOWN).join(', ')} and ${words.length - NAMES_SHOWN} more`;
}
