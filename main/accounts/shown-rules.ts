// Each rule of the policy document as a person may read it; those of other programs as they are.
import type { PolicyRule } from '../../app/domain/watcher.ts';
import { decisionIn, isOurs } from '../simple/document/rules/our-rules.ts';
import { parsePresenceRules } from '../simple/document/rules/rules-document.ts';
import type { PresenceRule, RulesDocument, SubHandling } from '../simple/document/rules/rules-document.ts';

/** In the document's order; none where the text is no rules document. */
export function shownRules(text: string): PolicyRule[] {
  const parsed = parsePresenceRules(text);
  return parsed.kind === 'failure' ? [] : parsed.document.rules.map((rule, index) => shownRule(parsed.document, rule, index));
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
