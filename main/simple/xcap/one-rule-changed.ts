// Finds the one rule that an edit of a rules document changed, so that it can be stored alone (RFC 4825 §7.4). Pure, and on the text: the
// documents may be large, and whoever edited them has read them already.
import { COMMON_POLICY } from '../document/namespaces.ts';
import type { NodeSelector } from './node-selector.ts';

export interface ChangedRule {
  readonly selector: NodeSelector;
  /** The rule as it is now, as it stands in the document. */
  readonly text: string;
}

const RULE_START = /<((?:[A-Za-z_][\w.-]*:)?rule)(?=[\s>])/gu;
const RULE_ID = /^<[^>]*?\sid=(?:"([^"]*)"|'([^']*)')/u;

/** undefined: something else changed too, a rule came or went, or it cannot be told. */
export function oneRuleChanged(before: string, after: string): ChangedRule | undefined {
  const from = sharedStart(before, after);
  const start = lastRuleStart(before, from);
  if (start === undefined) return undefined;
  const endTag = `</${start.name}>`;
  const closeAt = before.indexOf(endTag, start.at);
  const shared = sharedEnd(before, after, from);
  const end = closeAt + endTag.length;
  if (closeAt === -1 || end < before.length - shared) return undefined;
  const was = before.slice(start.at, end);
  const is = after.slice(start.at, end + after.length - before.length);
  const id = idOf(was);
  if (id === undefined || id !== idOf(is) || !is.endsWith(endTag) || is.indexOf(endTag) !== is.length - endTag.length) return undefined;
  if ([...is.matchAll(RULE_START)].length !== 1) return undefined;
  const attribute = { name: 'id', value: id };
  return { selector: { steps: [{ name: 'cp:ruleset' }, { name: 'cp:rule', attribute }], namespaces: { cp: COMMON_POLICY } }, text: is };
}

function sharedStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return at;
}

/** Never over what is shared at the start already. */
function sharedEnd(one: string, other: string, from: number): number {
  const most = Math.min(one.length, other.length) - from;
  let count = 0;
  while (count < most && one.charCodeAt(one.length - 1 - count) === other.charCodeAt(other.length - 1 - count)) count += 1;
  return count;
}

/** The rule that `at` is in: the last one that begins before it. */
function lastRuleStart(text: string, at: number): { readonly at: number; readonly name: string } | undefined {
  for (let open = text.lastIndexOf('<', at); open !== -1; open = open === 0 ? -1 : text.lastIndexOf('<', open - 1)) {
    const head = text.slice(open, open + LONGEST_NAME);
    const name = /^<((?:[A-Za-z_][\w.-]*:)?rule)[\s>]/u.exec(head)?.[1];
    if (name !== undefined) return { at: open, name };
    if (/^<\/(?:[A-Za-z_][\w.-]*:)?rule>/u.test(head)) return undefined;
  }
  return undefined;
}

/** Of a start tag's name with its prefix. */
const LONGEST_NAME = 100;

/** undefined also for ids with references in them: how they would be named is not told by the text alone. */
function idOf(rule: string): string | undefined {
  const found = RULE_ID.exec(rule);
  const id = found?.[1] ?? found?.[2];
  return id === undefined || id.includes('&') ? undefined : id;
}
