// Reading presence rules, application/auth-policy+xml (RFC 4745 §5–§9, RFC 5025 §3): rules in order, as far as they are understood.
import { parseDateTime } from '../date-time.ts';
import { COMMON_POLICY, DECISION, PRES_RULES } from '../namespaces.ts';
import { EMPTY_TRANSFORMATIONS, readTransformations, type Transformations } from './transformations.ts';
import type { DocumentFailure, XmlElement } from '../xml/element.ts';
import { parseXml, type XmlBounds } from '../xml/parse-xml.ts';
import { attributeOf, childNamed, childrenNamed, isNamed, textOf } from '../xml/read-xml.ts';

/** RFC 5025 §3.2.1, in rising order of what it grants. */
export type SubHandling = 'block' | 'confirm' | 'polite-block' | 'allow';
export const SUB_HANDLINGS: readonly SubHandling[] = ['block', 'confirm', 'polite-block', 'allow'];

/** RFC 4745 §7.1. Ids are URIs as written. `domain` undefined: everybody who is authenticated. */
export type IdentityCondition =
  | { readonly kind: 'one'; readonly id: string }
  | {
      readonly kind: 'many';
      readonly domain: string | undefined;
      readonly exceptIds: readonly string[];
      readonly exceptDomains: readonly string[];
    };

export interface Period {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What must hold for a rule; an undefined part asks nothing. */
export interface RuleConditions {
  readonly identities: readonly IdentityCondition[] | undefined;
  readonly spheres: readonly string[] | undefined;
  readonly periods: readonly Period[] | undefined;
  /** Conditions of other namespaces (OMA's `other-identity`, `external-list`…): a rule with one never matches here (RFC 4745 §7). */
  readonly unknown: readonly string[];
}

export interface PresenceRule {
  readonly id: string;
  readonly conditions: RuleConditions;
  /** undefined: the rule says nothing of subscriptions, or a word RFC 5025 does not have. */
  readonly subHandling: SubHandling | undefined;
  readonly transformations: Transformations;
  /** Our own note in the actions: when the decision ends, whatever the validity says. Servers pass over it (RFC 4745 §8). */
  readonly endsAtMs: number | undefined;
  /** Our own note in the actions: what was decided, where the rule grants less for now. */
  readonly wanted: SubHandling | undefined;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

export interface RulesDocument {
  /** The text that offsets count in. */
  readonly text: string;
  readonly root: XmlElement;
  readonly rules: readonly PresenceRule[];
}

export type RulesResult = { readonly kind: 'ok'; readonly document: RulesDocument } | DocumentFailure;

/** Ten thousand rules of six to ten elements each. */
const POLICY_XML_BOUNDS: XmlBounds = { characters: 8_388_608, elements: 200_000 };

export function parsePresenceRules(source: string | Uint8Array): RulesResult {
  const parsed = parseXml(source, POLICY_XML_BOUNDS);
  if (parsed.kind === 'failure') return parsed;
  const { root, text } = parsed;
  if (!isNamed(root, COMMON_POLICY, 'ruleset')) return { kind: 'failure', reason: 'not a presence rules document', offset: root.start };
  return { kind: 'ok', document: { text, root, rules: childrenNamed(root, COMMON_POLICY, 'rule').map(readRule) } };
}

function readRule(element: XmlElement): PresenceRule {
  const actions = childNamed(element, COMMON_POLICY, 'actions');
  const subHandling = actions === undefined ? '' : textOf(childNamed(actions, PRES_RULES, 'sub-handling'));
  const transformations = childNamed(element, COMMON_POLICY, 'transformations');
  return {
    id: attributeOf(element, 'id')?.trim() ?? '',
    conditions: readConditions(childNamed(element, COMMON_POLICY, 'conditions')),
    subHandling: SUB_HANDLINGS.find((known) => known === subHandling),
    transformations: transformations === undefined ? EMPTY_TRANSFORMATIONS : readTransformations(transformations),
    endsAtMs: actions === undefined ? undefined : parseDateTime(textOf(childNamed(actions, DECISION, 'until'))),
    wanted: SUB_HANDLINGS.find((known) => actions !== undefined && known === textOf(childNamed(actions, DECISION, 'wanted'))),
    start: element.start,
    end: element.end,
  };
}

function readConditions(element: XmlElement | undefined): RuleConditions {
  if (element === undefined) return { identities: undefined, spheres: undefined, periods: undefined, unknown: [] };
  const known = (local: string): readonly XmlElement[] => childrenNamed(element, COMMON_POLICY, local);
  const identities = known('identity').flatMap((identity) => identity.children.flatMap(readIdentity));
  const spheres = known('sphere').flatMap((sphere) =>
    (attributeOf(sphere, 'value') ?? textOf(sphere)).split(/\s+/).filter((word) => word !== ''),
  );
  return {
    identities: known('identity').length === 0 ? undefined : identities,
    spheres: known('sphere').length === 0 ? undefined : spheres,
    periods: known('validity').length === 0 ? undefined : known('validity').flatMap(readPeriods),
    unknown: element.children
      .filter(({ namespace, local }) => namespace !== COMMON_POLICY || !CONDITIONS.has(local))
      .map(({ local }) => local),
  };
}

const CONDITIONS: ReadonlySet<string> = new Set(['identity', 'sphere', 'validity']);

function readIdentity(element: XmlElement): readonly IdentityCondition[] {
  if (element.namespace !== COMMON_POLICY) return [];
  if (element.local === 'one') {
    const id = attributeOf(element, 'id')?.trim() ?? '';
    return id === '' ? [] : [{ kind: 'one', id }];
  }
  if (element.local !== 'many') return [];
  const exceptions = childrenNamed(element, COMMON_POLICY, 'except');
  const listed = (name: string): readonly string[] =>
    exceptions.map((exception) => attributeOf(exception, name)?.trim() ?? '').filter((value) => value !== '');
  return [{ kind: 'many', domain: attributeOf(element, 'domain')?.trim(), exceptIds: listed('id'), exceptDomains: listed('domain') }];
}

/** RFC 4745 §7.3: pairs of from and until, in order. A pair that cannot be read never holds. */
function readPeriods(validity: XmlElement): readonly Period[] {
  const froms = childrenNamed(validity, COMMON_POLICY, 'from');
  const untils = childrenNamed(validity, COMMON_POLICY, 'until');
  return froms.flatMap((from, index) => {
    const fromMs = parseDateTime(textOf(from));
    const untilMs = parseDateTime(textOf(untils[index]));
    return fromMs === undefined || untilMs === undefined ? [] : [{ fromMs, untilMs }];
  });
}
