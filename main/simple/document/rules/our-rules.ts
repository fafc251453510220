// The rules we write into a presence rules document, in a form that both RFC 4745 servers and first-match servers understand.
import { printDateTime } from '../date-time.ts';
import { COMMON_POLICY, DECISION, PRES_RULES } from '../namespaces.ts';
import type { PresenceRule, RulesDocument, SubHandling } from './rules-document.ts';
import type { SeenAttributes } from './seen-attributes.ts';
import { seenIn, seenPermissions } from './seen-attributes.ts';
import type { XmlElement } from '../xml/element.ts';
import { printXml, xml, type XmlNode } from '../xml/print-xml.ts';
import { prefixFor } from '../xml/splice-text.ts';

/** One decision of the person. Times in ms since 1970, kept to the second. */
export interface PresenceDecision {
  /** Canonical `sip:user@host` for one watcher; `*@host` for a whole domain; `*` for everybody. */
  readonly address: string;
  readonly subHandling: SubHandling;
  /** Absent: at once. A beginning that has passed when the decision is written is left out. */
  readonly fromMs?: number;
  /** Absent: for good. */
  readonly untilMs?: number;
  /** Holds only in this sphere of the presentity (RFC 4745 §7.2). Absent: always. */
  readonly sphere?: string;
  /** What is shown. Absent: everything. */
  readonly seen?: SeenAttributes;
  /** Of a wide decision: who is not meant. Canonical. */
  readonly except?: readonly string[];
}

/** One of our rules, with the text it stands in. `effective`: what the server is told now, which may be less than decided. */
export interface OurRule {
  readonly decision: PresenceDecision;
  readonly effective: SubHandling;
  readonly text: string;
}

interface RuleParts {
  readonly who: readonly XmlNode[];
  readonly sphere?: string | undefined;
  readonly validity?: XmlNode | undefined;
  readonly subHandling?: SubHandling;
  readonly wanted?: SubHandling | undefined;
  readonly endsAtMs?: number | undefined;
  readonly permissions?: readonly XmlNode[] | undefined;
}

const PREFIX = 'ww-';
const VIEW_ID = `${PREFIX}view`;
const EVERYBODY_ID = `${PREFIX}everybody`;
const EXCEPTED_ID = `${PREFIX}excepted`;
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

/** Whether a decision's address names more than one person. */
export function isWide(address: string): boolean {
  return address.startsWith('*');
}

/** Whom a rule of ours is about; undefined for a rule about several, or about something else. */
function subjectOf(rule: PresenceRule): { readonly address: string; readonly except: readonly string[] } | undefined {
  const [identity, ...others] = rule.conditions.identities ?? [];
  if (identity === undefined || others.length > 0) return undefined;
  if (identity.kind === 'one') return { address: identity.id, except: [] };
  return { address: identity.domain === undefined ? '*' : `*@${identity.domain}`, except: identity.exceptIds };
}

/** Our decision in a rule; undefined for rules that are not ours, whatever their id looks like. */
export function decisionIn(rule: PresenceRule): PresenceDecision | undefined {
  const subject = subjectOf(rule);
  if (subject === undefined || rule.id !== ruleIdFor(subject.address) || rule.subHandling === undefined) return undefined;
  const period = rule.conditions.periods?.[0];
  const untilMs = rule.endsAtMs ?? period?.untilMs;
  const [sphere] = rule.conditions.spheres ?? [];
  const seen = seenIn(rule.transformations);
  return {
    address: subject.address,
    subHandling: rule.wanted ?? rule.subHandling,
    ...(period === undefined || period.fromMs === ALWAYS_FROM_MS ? {} : { fromMs: period.fromMs }),
    ...(untilMs === undefined || untilMs === ALWAYS_UNTIL_MS ? {} : { untilMs }),
    ...(sphere === undefined ? {} : { sphere }),
    ...(seen === undefined ? {} : { seen }),
    ...(subject.except.length === 0 ? {} : { except: subject.except }),
  };
}

/** Whom the person excepted from wide decisions. */
export function exceptedIn({ rules }: RulesDocument): readonly string[] {
  return rules
    .filter(({ id }) => id === EXCEPTED_ID)
    .flatMap(({ conditions }) => (conditions.identities ?? []).flatMap((identity) => (identity.kind === 'one' ? [identity.id] : [])));
}

/** Whether a rule was written by us: a decision, or one of those that follow from them. */
export function isOurs(rule: PresenceRule): boolean {
  return rule.id === VIEW_ID || rule.id === EVERYBODY_ID || rule.id === EXCEPTED_ID || decisionIn(rule) !== undefined;
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

  /**
   * `effective`: what the server is to do now, where that is less than what was decided; what was decided stands beside it.
   * `except`: everybody whom a wide decision must leave out.
   */
  decision(decision: PresenceDecision, effective: SubHandling, except: readonly string[] = []): string {
    const { address, subHandling, sphere, seen } = decision;
    const isOpen = subHandling === 'allow';
    return this.rule(ruleIdFor(address), {
      who: [isWide(address) ? this.many(address, except) : this.one(address)],
      sphere,
      validity: this.validity(decision),
      subHandling: effective,
      wanted: effective === subHandling ? undefined : subHandling,
      endsAtMs: decision.untilMs,
      permissions: isOpen && (isWide(address) || seen !== undefined) ? seenPermissions(seen, this.rules) : undefined,
    });
  }

  /**
   * WHY: RFC 5025 §3.3 shows nothing without transformations, and to spell them out in every rule would make the document
   * three times as long. INTEROP(Kamailio): takes the first rule only, and one without transformations shows everything; documents
   * over 8 KiB get no answer from stock servers.
   */
  view(addresses: readonly string[]): string {
    if (addresses.length === 0) return '';
    return this.rule(VIEW_ID, { who: addresses.map((address) => this.one(address)), permissions: seenPermissions(undefined, this.rules) });
  }

  /** Whoever a wide decision leaves out stays pending, also where `<except>` is not heeded (INTEROP(Kamailio 5.6): first match, ids never). */
  excepted(addresses: readonly string[]): string {
    if (addresses.length === 0) return '';
    return this.rule(EXCEPTED_ID, { who: addresses.map((address) => this.one(address)), subHandling: 'confirm' });
  }

  /**
   * Everybody not mentioned stays pending. WHY: RFC 4745 §10 takes the highest of all matching rules, so whoever is blocked must be
   * excepted, or `confirm` would lift the block. INTEROP(Kamailio): `<many>` without domain is the form that matches everybody.
   */
  everybody(exceptIds: readonly string[], exceptDomains: readonly string[]): string {
    return this.rule(EVERYBODY_ID, { who: [this.many('*', exceptIds, exceptDomains)], subHandling: 'confirm' });
  }

  private one(address: string): XmlNode {
    return xml(`${this.policy}one`, { id: address });
  }

  private many(address: string, exceptIds: readonly string[], exceptDomains: readonly string[] = []): XmlNode {
    return xml(`${this.policy}many`, { domain: address === '*' ? undefined : address.slice(2) }, [
      ...exceptIds.map((id) => xml(`${this.policy}except`, isWide(id) ? { domain: id.slice(2) } : { id })),
      ...exceptDomains.map((domain) => xml(`${this.policy}except`, { domain })),
    ]);
  }

  private rule(id: string, { who, sphere, validity, subHandling, wanted, endsAtMs, permissions }: RuleParts): string {
    const isWidened = endsAtMs !== undefined && this.endMarginMs > 0;
    const actions = [
      subHandling === undefined ? undefined : xml(`${this.rules}sub-handling`, {}, [subHandling]),
      wanted === undefined ? undefined : xml('wanted', { xmlns: DECISION }, [wanted]),
      isWidened ? xml('until', { xmlns: DECISION }, [printDateTime(toWholeSecond(endsAtMs))]) : undefined,
    ];
    const where = sphere === undefined ? undefined : xml(`${this.policy}sphere`, { value: sphere });
    return printXml(
      xml(`${this.policy}rule`, { id, ...this.declarations }, [
        xml(`${this.policy}conditions`, {}, [xml(`${this.policy}identity`, {}, who), where, validity]),
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
