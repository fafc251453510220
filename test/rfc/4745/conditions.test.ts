// RFC 4745 §7 (conditions) and §10 (combining), row by row.
import { describe, expect, it } from 'vitest';
import { evaluateRules } from '../../../main/simple/document/rules/evaluate-rules.ts';
import type { RulesQuestion } from '../../../main/simple/document/rules/evaluate-rules.ts';
import { parsePresenceRules } from '../../../main/simple/document/rules/rules-document.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const BOB = 'sip:bob@example.org';

function ask(rules: string, question: Partial<RulesQuestion> = {}): ReturnType<typeof evaluateRules> {
  const text = `<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules">${rules}</ruleset>`;
  const parsed = parsePresenceRules(text);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return evaluateRules(parsed.document, { watcher: BOB, atMs: NOW, ...question });
}

const rule = (id: string, conditions: string, subHandling?: string, transformations = ''): string =>
  `<rule id="${id}">${conditions === '' ? '' : `<conditions>${conditions}</conditions>`}<actions>${
    subHandling === undefined ? '' : `<pr:sub-handling>${subHandling}</pr:sub-handling>`
  }</actions><transformations>${transformations}</transformations></rule>`;
const identity = (content: string): string => `<identity>${content}</identity>`;
const holds = (conditions: string, question: Partial<RulesQuestion> = {}): boolean =>
  ask(rule('r', conditions, 'allow'), question).ruleIds.length === 1;

describe('§7.1 identity', () => {
  it.each<[string, string, string | undefined, boolean]>([
    ['one, the same', '<one id="sip:bob@example.org"/>', BOB, true],
    ['one, another host case', '<one id="sip:bob@EXAMPLE.org"/>', BOB, true],
    ['one, another user case', '<one id="sip:Bob@example.org"/>', BOB, false],
    ['one, somebody else', '<one id="sip:eve@example.org"/>', BOB, false],
    ['one of two', '<one id="sip:eve@example.org"/><one id="sip:bob@example.org"/>', BOB, true],
    ['many: everybody who is known', '<many/>', BOB, true],
    ['many, but not the anonymous', '<many/>', undefined, false],
    ['many of the domain', '<many domain="example.org"/>', BOB, true],
    ['many of another domain', '<many domain="example.com"/>', BOB, false],
    ['many of a domain above it', '<many domain="org"/>', BOB, false],
    ['many except him', '<many><except id="sip:bob@example.org"/></many>', BOB, false],
    ['many except another', '<many><except id="sip:eve@example.org"/></many>', BOB, true],
    ['many except his domain', '<many><except domain="example.org"/></many>', BOB, false],
    ['many of the domain except him', '<many domain="example.org"><except id="sip:bob@example.org"/></many>', BOB, false],
    ['excepted here, named there', '<many><except id="sip:bob@example.org"/></many><one id="sip:bob@example.org"/>', BOB, true],
    ['nobody', '', BOB, false],
    ['an element nobody knows', '<x:all xmlns:x="urn:x"/>', BOB, false],
  ])('%s', (_name, content, watcher, expected) => {
    expect(holds(identity(content), { watcher })).toBe(expected);
  });
});

describe('§7.2 sphere, §7.3 validity, and what is not known', () => {
  const period = (from: string, until: string): string => `<validity><from>${from}</from><until>${until}</until></validity>`;
  const two =
    '<validity><from>2020-01-01T00:00:00Z</from><until>2020-01-02T00:00:00Z</until><from>2026-01-01T00:00:00Z</from><until>2027-01-01T00:00:00Z</until></validity>';
  it.each<[string, string, string | undefined, boolean]>([
    ['no conditions', '', undefined, true],
    ['the sphere', '<sphere value="work"/>', 'work', true],
    ['another sphere', '<sphere value="work"/>', 'home', false],
    ['a sphere nobody knows', '<sphere value="work"/>', undefined, false],
    ['now within', period('2026-11-23T11:00:00Z', '2026-11-23T13:00:00Z'), undefined, true],
    ['at its beginning', period('2026-11-23T12:00:00Z', '2026-11-23T13:00:00Z'), undefined, true],
    ['at its end', period('2026-11-23T11:00:00Z', '2026-11-23T12:00:00Z'), undefined, false],
    ['in another zone', period('2026-11-23T14:00:00+03:00', '2026-11-23T16:00:00+03:00'), undefined, true],
    ['to come', period('2026-11-24T00:00:00Z', '2026-11-25T00:00:00Z'), undefined, false],
    ['the second of two', two, undefined, true],
    ['all of several conditions', `${identity('<many/>')}<sphere value="work"/>`, 'work', true],
    ['not all of several conditions', `${identity('<many/>')}<sphere value="work"/>`, 'home', false],
    ['a condition nobody knows', `${identity('<many/>')}<x:moon xmlns:x="urn:x"/>`, 'work', false],
  ])('%s', (_name, conditions, sphere, expected) => {
    expect(holds(conditions, sphere === undefined ? {} : { sphere })).toBe(expected);
  });
});

describe('§10.2 combining', () => {
  const LEVELS = ['block', 'confirm', 'polite-block', 'allow'];
  it.each(LEVELS.flatMap((first, low) => LEVELS.map((second, high) => [first, second, LEVELS[Math.max(low, high)]])))(
    '%s with %s: %s',
    (first, second, expected) => {
      expect(ask(rule('a', '', first) + rule('b', '', second)).subHandling).toBe(expected);
    },
  );

  it.each<[string, string, string, object]>([
    ['truth wins', '<pr:provide-note>false</pr:provide-note>', '<pr:provide-note>true</pr:provide-note>', { attributes: ['note'] }],
    [
      'sets are united',
      '<pr:provide-services><pr:class>a</pr:class></pr:provide-services>',
      '<pr:provide-services><pr:class>b</pr:class></pr:provide-services>',
      {
        services: [
          { kind: 'class', value: 'a' },
          { kind: 'class', value: 'b' },
        ],
      },
    ],
    [
      'all is more than some',
      '<pr:provide-services><pr:class>a</pr:class></pr:provide-services>',
      '<pr:provide-services><pr:all-services/></pr:provide-services>',
      { services: 'all' },
    ],
    [
      'the higher word',
      '<pr:provide-user-input>thresholds</pr:provide-user-input>',
      '<pr:provide-user-input>bare</pr:provide-user-input>',
      { userInput: 'thresholds' },
    ],
  ])('of permissions: %s, in either order', (_name, first, second, expected) => {
    expect(ask(rule('a', '', 'allow', first) + rule('b', '', 'allow', second)).transformations).toMatchObject(expected);
    const other = ask(rule('a', '', 'allow', second) + rule('b', '', 'allow', first)).transformations;
    const { services } = expected as { services?: unknown };
    expect(other).toMatchObject(Array.isArray(services) ? { services: services.toReversed() } : expected);
  });

  it('rules that do not match give nothing, and nothing at all is block', () => {
    const foreign = rule('a', identity('<one id="sip:eve@example.org"/>'), 'allow', '<pr:provide-note>true</pr:provide-note>');
    expect(ask(foreign)).toMatchObject({ subHandling: 'block', ruleIds: [], transformations: { attributes: [] } });
    expect(ask(foreign + rule('b', '', 'confirm'))).toMatchObject({
      subHandling: 'confirm',
      ruleIds: ['b'],
      transformations: { attributes: [] },
    });
    expect(ask(rule('a', '')).subHandling).toBe('block');
    expect(ask(rule('a', '', 'perhaps')).subHandling).toBe('block');
  });
});
