// Decisions in presence rules (RFC 4745, RFC 5025): pure edits of the document's text, rule by rule; rules of others stay byte for byte.
import { comparableUri } from './comparable-uri.ts';
import { COMMON_POLICY, PRES_RULES } from './namespaces.ts';
import {
  decisionIn,
  END_MARGIN_MS,
  foreignVerdicts,
  inSafeOrder,
  isOurs,
  RulePrinter,
  type OurRule,
  type PresenceDecision,
} from './rules/our-rules.ts';
import { parsePresenceRules, type RulesDocument } from './rules/rules-document.ts';
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
 */
export interface RulesOptions {
  readonly endMarginMs?: number;
}

interface Change {
  /** Whose decision goes; undefined: nobody's. */
  readonly address: string | undefined;
  readonly decision: PresenceDecision | undefined;
  readonly nowMs: number;
  readonly endMarginMs: number;
}

const NEW_DOCUMENT = printXmlDocument(xml('ruleset', { xmlns: COMMON_POLICY, 'xmlns:pr': PRES_RULES }));

/**
 * The document with this decision in it, replacing an earlier one about the same address; decisions of ours that ended before
 * `nowMs` are dropped. undefined makes a new document. Fails only when the text is no rules document.
 */
export function decide(
  documentText: string | undefined,
  decision: PresenceDecision,
  nowMs: number,
  { endMarginMs = END_MARGIN_MS }: RulesOptions = {},
): RulesEdit {
  const { fromMs, ...rest } = decision;
  const lasting = fromMs === undefined || fromMs <= nowMs ? rest : decision;
  return edit(documentText, { address: decision.address, decision: lasting, nowMs, endMarginMs });
}

/**
 * The document without our decision about `address`: like anybody not mentioned the watcher is then `confirm`.
 * INTEROP(Kamailio): a deleted document revokes nothing, so the document is always rewritten, never removed.
 */
export function withdraw(documentText: string | undefined, address: string, nowMs: number): RulesEdit {
  return edit(documentText, { address, decision: undefined, nowMs, endMarginMs: 0 });
}

/** The document without our decisions that have ended; servers that do not watch the clock read the rules again then. */
export function withdrawEnded(documentText: string | undefined, nowMs: number): RulesEdit {
  return edit(documentText, { address: undefined, decision: undefined, nowMs, endMarginMs: 0 });
}

/** Our decision about `address` that holds at `atMs`; undefined when there is none (or the text is no rules document). */
export function readDecision(documentText: string, address: string, atMs: number): PresenceDecision | undefined {
  return readDecisions(documentText).find(
    (decision) => sameAddress(decision.address, address) && (decision.fromMs ?? -Infinity) <= atMs && atMs < (decision.untilMs ?? Infinity),
  );
}

/** All our decisions in the document, whether they hold now or not, in order. */
export function readDecisions(documentText: string): readonly PresenceDecision[] {
  const parsed = parsePresenceRules(documentText);
  return parsed.kind === 'failure' ? [] : parsed.document.rules.map(decisionIn).filter((decision) => decision !== undefined);
}

function sameAddress(first: string, second: string): boolean {
  return comparableUri(first) === comparableUri(second);
}

function edit(documentText: string | undefined, { address, decision, nowMs, endMarginMs }: Change): RulesEdit {
  const parsed = parsePresenceRules(documentText ?? NEW_DOCUMENT);
  if (parsed.kind === 'failure') return parsed;
  const { document } = parsed;
  const printer = new RulePrinter(document.root, endMarginMs);
  const kept = ourRules(document).filter(
    (rule) => (rule.decision.untilMs ?? Infinity) > nowMs && (address === undefined || !sameAddress(rule.decision.address, address)),
  );
  const rules = decision === undefined ? kept : [...kept, { decision, text: printer.decision(decision) }];
  return { kind: 'ok', text: rewrite(document, inSafeOrder(rules, nowMs), printer) };
}

function ourRules(document: RulesDocument): readonly OurRule[] {
  return document.rules.flatMap((rule) => {
    const decision = decisionIn(rule);
    return decision === undefined ? [] : [{ decision, text: document.text.slice(rule.start, rule.end) }];
  });
}

/**
 * INTEROP(Kamailio): the first rule that matches wins, and a comment or a rule without conditions ends the reading. So rules about
 * one address stand before everything else, and those about everybody at the end. No white space is put between them.
 */
function rewrite(document: RulesDocument, rules: readonly OurRule[], printer: RulePrinter): string {
  const addressesOf = (subHandling: string): readonly string[] =>
    rules.filter(({ decision }) => decision.subHandling === subHandling).map(({ decision }) => decision.address);
  const { blockedIds, blockedDomains, coversEverybody } = foreignVerdicts(document);
  const exceptIds = [...new Set([...addressesOf('block'), ...blockedIds])];
  const everybody = coversEverybody ? '' : printer.everybody(exceptIds, [...new Set(blockedDomains)]);
  const removals = document.rules.filter(isOurs).map(({ start, end }) => ({ start, end, replacement: '' }));
  const first = rules.map(({ text }) => text).join('');
  const last = printer.view(addressesOf('allow')) + everybody;
  return spliceText(document.text, [...insertInto(document.text, document.root, first, last), ...removals]);
}
