// The rules we write into a presence rules document, in a form that both RFC 4745 servers and first-match servers understand.
import { printDateTime } from '../date-time.ts';
import { COMMON_POLICY, DECISION, PRES_RULES } from '../namespaces.ts';
import type { PresenceRule, RulesDocument, SubHandling } from './rules-document.ts';
import type { XmlElement } from '../xml/element.ts';
import { printXml, xml, type XmlNode } from '../xml/print-xml.ts';
import { prefixFor } from '../xml/splice-text.ts';

/** One decision of the person about one watcher. `address`: canonical `sip:user@host`. Times in ms since 1970, kept to the second. */
export interface PresenceDecision {
  readonly address: string;
  readonly subHandling: SubHandling;
  /** Absent: at once. A beginning that has passed when the decision is written is left out. */
  readonly fromMs?: number;
  /** Absent: for good. */
  readonly untilMs?: number;
}

/** One of our rules about one address, with the text it stands in. */
export interface OurRule {
  readonly decision: PresenceDecision;
  readonly text: string;
}

interface RuleParts {
  readonly who: readonly XmlNode[];
  readonly validity?: XmlNode | undefined;
  readonly subHandling?: SubHandling;
  readonly endsAtMs?: number | undefined;
  readonly permissions?: readonly XmlNode[];
}

const PREFIX = 'ww-';
const VIEW_ID = `${PREFIX}view`;
const EVERYBODY_ID = `${PREFIX}everybody`;
// RFC 4745 §7.3 has no open ends. Both are within what 64-bit and most 32-bit calendars can hold.
const ALWAYS_FROM_MS = 946_684_800_000; // 2000-01-01
const ALWAYS_UNTIL_MS = 4_102_444_799_000; // 2099-12-31T23:59:59

/**
 * INTEROP(Kamailio 5.6): reads instants as its own local time, and up to an hour early besides, so that “allow for an hour” would be
 * over before it began. Twelve hours of zone east, two of summer time and one of error: rules are written to end that much later,
 * with the true end beside it; whoever wrote a decision rewrites the document when it ends.
 */
export const END_MARGIN_MS = 15 * 3_600_000;

/** The id of our rule about an address: letters and digits only, since ids are XML names. */
export function ruleIdFor(address: string): string {
  let hash = 0xcbf29ce484222325n; // FNV-1a, 64 bits: no secret, only short and always the same
  for (const byte of new TextEncoder().encode(address)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return PREFIX + hash.toString(36).padStart(13, '0');
}

/** Our decision in a rule; undefined for rules that are not ours, whatever their id looks like. */
export function decisionIn(rule: PresenceRule): PresenceDecision | undefined {
  const [identity, ...others] = rule.conditions.identities ?? [];
  if (identity?.kind !== 'one' || others.length > 0 || rule.id !== ruleIdFor(identity.id) || rule.subHandling === undefined)
    return undefined;
  const period = rule.conditions.periods?.[0];
  const untilMs = rule.endsAtMs ?? period?.untilMs;
  return {
    address: identity.id,
    subHandling: rule.subHandling,
    ...(period === undefined || period.fromMs === ALWAYS_FROM_MS ? {} : { fromMs: period.fromMs }),
    ...(untilMs === undefined || untilMs === ALWAYS_UNTIL_MS ? {} : { untilMs }),
  };
}

/** Whether a rule was written by us: about one address, or one of the two that follow from them. */
export function isOurs(rule: PresenceRule): boolean {
  return rule.id === VIEW_ID || rule.id === EVERYBODY_ID || decisionIn(rule) !== undefined;
}

/** Prints rules for one place: which prefixes are declared around it decides how names are written. */
export class RulePrinter {
  private readonly policy: string;
  private readonly rules: string;
  private readonly declarations: Readonly<Record<string, string>>;
  private readonly endMarginMs: number;

  constructor(root: XmlElement, endMarginMs: number) {
    this.endMarginMs = endMarginMs;
    this.policy = prefixFor(root, COMMON_POLICY) ?? '';
    const known = prefixFor(root, PRES_RULES);
    this.rules = known ?? 'pr:';
    this.declarations = known === undefined ? { 'xmlns:pr': PRES_RULES } : {};
  }

  decision(decision: PresenceDecision): string {
    const { address, subHandling } = decision;
    return this.rule(ruleIdFor(address), {
      who: [this.one(address)],
      validity: this.validity(decision),
      subHandling,
      endsAtMs: decision.untilMs,
    });
  }

  /**
   * WHY: RFC 5025 §3.3 shows nothing without transformations, and to spell them out in every rule would make the document
   * three times as long. INTEROP(Kamailio): takes the first rule only, and one without transformations shows everything; documents
   * over 8 KiB get no answer from stock servers.
   */
  view(addresses: readonly string[]): string {
    if (addresses.length === 0) return '';
    const provide = ['services', 'persons', 'devices'].map((name) =>
      xml(`${this.rules}provide-${name}`, {}, [xml(`${this.rules}all-${name}`)]),
    );
    const permissions = [...provide, xml(`${this.rules}provide-all-attributes`)];
    return this.rule(VIEW_ID, { who: addresses.map((address) => this.one(address)), permissions });
  }

  /**
   * Everybody not mentioned stays pending. WHY: RFC 4745 §10 takes the highest of all matching rules, so whoever is blocked must be
   * excepted, or `confirm` would lift the block. INTEROP(Kamailio): `<many>` without domain is the form that matches everybody.
   */
  everybody(exceptIds: readonly string[], exceptDomains: readonly string[]): string {
    const except = [
      ...exceptIds.map((id) => xml(`${this.policy}except`, { id })),
      ...exceptDomains.map((domain) => xml(`${this.policy}except`, { domain })),
    ];
    return this.rule(EVERYBODY_ID, { who: [xml(`${this.policy}many`, {}, except)], subHandling: 'confirm' });
  }

  private one(address: string): XmlNode {
    return xml(`${this.policy}one`, { id: address });
  }

  private rule(id: string, { who, validity, subHandling, endsAtMs, permissions }: RuleParts): string {
    const isWidened = endsAtMs !== undefined && this.endMarginMs > 0;
    const actions = [
      subHandling === undefined ? undefined : xml(`${this.rules}sub-handling`, {}, [subHandling]),
      isWidened ? xml('until', { xmlns: DECISION }, [printDateTime(toWholeSecond(endsAtMs))]) : undefined,
    ];
    return printXml(
      xml(`${this.policy}rule`, { id, ...this.declarations }, [
        xml(`${this.policy}conditions`, {}, [xml(`${this.policy}identity`, {}, who), validity]),
        xml(`${this.policy}actions`, {}, actions),
        permissions === undefined ? undefined : xml(`${this.policy}transformations`, {}, permissions),
      ]),
    );
  }

  private validity({ fromMs, untilMs }: PresenceDecision): XmlNode | undefined {
    if (fromMs === undefined && untilMs === undefined) return undefined;
    const from = Math.floor((fromMs ?? ALWAYS_FROM_MS) / 1000) * 1000;
    const until = untilMs === undefined ? ALWAYS_UNTIL_MS : toWholeSecond(untilMs) + this.endMarginMs;
    return xml(`${this.policy}validity`, {}, [
      xml(`${this.policy}from`, {}, [printDateTime(from)]),
      xml(`${this.policy}until`, {}, [printDateTime(until)]),
    ]);
  }
}

function toWholeSecond(instantMs: number): number {
  return Math.ceil(instantMs / 1000) * 1000;
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
  return [...rules].sort((first, second) => {
    const [group, place] = rank(first);
    const [otherGroup, otherPlace] = rank(second);
    return group === otherGroup ? (place === otherPlace ? 0 : place - otherPlace) : group - otherGroup;
  });
}

/** Whom rules of others block, and whether one of them already answers for everybody. */
export function foreignVerdicts(document: RulesDocument): { blockedIds: string[]; blockedDomains: string[]; coversEverybody: boolean } {
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
