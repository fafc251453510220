// Decisions in presence rules (RFC 4745, RFC 5025): pure edits of the document's text, rule by rule; rules of others stay byte for byte.
import { comparableUri } from './comparable-uri.ts';
import { COMMON_POLICY, PRES_RULES } from './namespaces.ts';
import { arrangeRules, effectiveHandling } from './rules/arrange-rules.ts';
import {
  decisionIn,
  END_MARGIN_MS,
  exceptedIn,
  isOurs,
  isWide,
  RulePrinter,
  type OurRule,
  type PresenceDecision,
} from './rules/our-rules.ts';
import { parsePresenceRules, type RulesDocument, type RulesResult } from './rules/rules-document.ts';
import type { DocumentFailure } from './xml/element.ts';
import { printXmlDocument, xml } from './xml/print-xml.ts';
import { insertInto, spliceText } from './xml/splice-text.ts';

export type { PresenceDecision } from './rules/our-rules.ts';
export type { SubHandling } from './rules/rules-document.ts';

export const PRESENCE_RULES_CONTENT_TYPE = 'application/auth-policy+xml';

export type RulesEdit = { readonly kind: 'ok'; readonly text: string } | DocumentFailure;

/**
 * `endMarginMs`: how much later than the decision its rule ends, for servers that read the clock wrongly (see `END_MARGIN_MS`,
 * the default). 0 where the clock is read as RFC 4745 says, e.g. where we evaluate the rules ourselves.
 * `sphere`: the one the presentity is in now; decisions for another grant nothing yet. `isExact`: the server follows RFC 4745 §7 and §10.
 */
export interface RulesOptions {
  readonly endMarginMs?: number;
  readonly sphere?: string;
  readonly isExact?: boolean;
}

interface Change {
  /** Whose decision goes, with everything this says of; undefined: nobody's. */
  readonly addresses: ReadonlySet<string>;
  readonly decisions: readonly PresenceDecision[];
  readonly nowMs: number;
  readonly options: RulesOptions;
  /** Those of ours that stay are written anew as well: what they depend on changed. */
  readonly isAnew: boolean;
}

export const NEW_RULES_DOCUMENT = printXmlDocument(xml('ruleset', { xmlns: COMMON_POLICY, 'xmlns:pr': PRES_RULES }));

/**
 * The document without our decisions about `withdrawn`, whose watchers are then `confirm` like anybody not mentioned, and with
 * `decisions`, each replacing an earlier one about the same address. Decisions of ours that ended before `nowMs` are dropped.
 * undefined makes a new document. Fails only when the text is no rules document.
 * INTEROP(Kamailio): a deleted document revokes nothing, so the document is always rewritten, never removed.
 */
export function decideAll(
  documentText: string | undefined,
  { decisions, withdrawn }: { readonly decisions: readonly PresenceDecision[]; readonly withdrawn: readonly string[] },
  nowMs: number,
  options: RulesOptions = {},
): RulesEdit {
  const lasting = decisions.map((decision) => {
    const { fromMs, ...rest } = decision;
    return fromMs === undefined || fromMs <= nowMs ? rest : decision;
  });
  const addresses = new Set([...withdrawn, ...decisions.map(({ address }) => address)].map(comparableUri));
  return edit(documentText, { addresses, decisions: lasting, nowMs, options, isAnew: false });
}

/** The same decisions for another sphere, or another kind of server: each of ours is written anew. */
export function rewriteRules(documentText: string | undefined, nowMs: number, options: RulesOptions): RulesEdit {
  return edit(documentText, { addresses: new Set(), decisions: [], nowMs, options, isAnew: true });
}

/** All our decisions in the document, whether they hold now or not, in order. */
export function readDecisions(documentText: string): readonly PresenceDecision[] {
  const parsed = parsePresenceRules(documentText);
  return parsed.kind === 'failure' ? [] : ourRules(parsed.document).map(({ decision }) => decision);
}

function edit(documentText: string | undefined, { addresses, decisions, nowMs, options, isAnew }: Change): RulesEdit {
  const parsed: RulesResult = parsePresenceRules(documentText ?? NEW_RULES_DOCUMENT);
  if (parsed.kind === 'failure') return parsed;
  const { document } = parsed;
  const printer = new RulePrinter(document.root, options.endMarginMs ?? END_MARGIN_MS);
  const context = { nowMs, sphere: options.sphere, isExact: options.isExact === true };
  const print = (decision: PresenceDecision): OurRule => {
    const effective = effectiveHandling(decision, context);
    return { decision, effective, text: isWide(decision.address) ? '' : printer.decision(decision, effective) };
  };
  const kept = ourRules(document).filter(
    ({ decision }) => (decision.untilMs ?? Infinity) > nowMs && !addresses.has(comparableUri(decision.address)),
  );
  const rules = [...(isAnew ? kept.map(({ decision }) => print(decision)) : kept), ...decisions.map(print)];
  return { kind: 'ok', text: rewrite(document, rules, printer, nowMs) };
}

/** Exceptions that are there only because somebody has a decision of their own are left out: they are found anew each time. */
function ourRules(document: RulesDocument): readonly OurRule[] {
  const rules = document.rules.flatMap((rule) => {
    const decision = decisionIn(rule);
    if (decision === undefined || rule.subHandling === undefined) return [];
    return [{ decision, effective: rule.subHandling, text: document.text.slice(rule.start, rule.end) }];
  });
  if (!rules.some(({ decision }) => decision.except !== undefined)) return rules;
  const exceptedIds = new Set(exceptedIn(document));
  return rules.map((rule) => {
    if (rule.decision.except === undefined) return rule;
    const { except, ...decision } = rule.decision;
    const meant = except.filter((address) => exceptedIds.has(address));
    return { ...rule, decision: meant.length === 0 ? decision : { ...decision, except: meant } };
  });
}

/**
 * INTEROP(Kamailio): the first rule that matches wins, and a comment or a rule without conditions ends the reading. So rules about
 * one address stand before everything else, and those about many at the end. No white space is put between them.
 */
function rewrite(document: RulesDocument, rules: readonly OurRule[], printer: RulePrinter, nowMs: number): string {
  const { first, last } = arrangeRules(document, rules, printer, nowMs);
  const removals = document.rules.filter(isOurs).map(({ start, end }) => ({ start, end, replacement: '' }));
  return spliceText(document.text, [...insertInto(document.text, document.root, first, last), ...removals]);
}
