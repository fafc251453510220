// Presence rules: reading the RFCs' documents, combining (RFC 4745 §10), and our edits, which leave the rules of others alone.
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateRules, type RulesQuestion } from '../../../../main/simple/document/rules/evaluate-rules.ts';
import { isOurs, ruleIdFor } from '../../../../main/simple/document/rules/our-rules.ts';
import { decideAll, readDecisions, type PresenceDecision } from '../../../../main/simple/document/presence-rules.ts';
import { parsePresenceRules, SUB_HANDLINGS, type RulesDocument } from '../../../../main/simple/document/rules/rules-document.ts';
import { FULL_TRANSFORMATIONS } from '../../../../main/simple/document/rules/transformations.ts';
import { decide, withdraw } from '../../../support/decide.ts';
import { evaluateFirstMatch } from '../../../support/memory-server/first-match.ts';

function file(name: string): string {
  return readFileSync(new URL(`../../../rfc/document/${name}`, import.meta.url), 'utf8');
}

function rulesOf(text: string): RulesDocument {
  const parsed = parsePresenceRules(text);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return parsed.document;
}

function edited(result: ReturnType<typeof decide>): string {
  if (result.kind === 'failure') throw new Error(result.reason);
  return result.text;
}

const NOW = Date.UTC(2026, 10, 23, 12);
const HOUR = 3_600_000;
const BOB = 'sip:bob@example.org';

function ask(text: string, watcher: string | undefined, atMs = NOW): string {
  return evaluateRules(rulesOf(text), { watcher, atMs }).subHandling;
}

/** The document without our rules: what must never change. */
function foreignText(text: string): string {
  const rules = rulesOf(text).rules.filter(isOurs);
  return rules.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
}

describe('conditions (RFC 4745 §7)', () => {
  const document = rulesOf(file('rfc4745-7.xml'));
  const noon = Date.UTC(2010, 0, 1);
  it.each<[string, RulesQuestion, readonly string[]]>([
    ['one, and everybody of example.com but her', { watcher: 'sip:alice@example.com', atMs: noon }, ['f3g44r1', 'f3g44r2']],
    ['pres: is the same person', { watcher: 'pres:alice@EXAMPLE.com', atMs: noon }, ['f3g44r1', 'f3g44r2']],
    ['domain', { watcher: 'sip:eve@example.com', atMs: noon }, ['f3g44r2', 'f3g44r3']],
    ['except domain', { watcher: 'sip:eve@example.org', atMs: noon }, ['f3g44r2']],
    ['except id', { watcher: 'sip:alice@bad.example.net', atMs: noon }, ['f3g44r2']],
    ['everybody else', { watcher: 'sip:eve@example.net', atMs: noon }, ['f3g44r2', 'f3g44r4']],
    ['sphere', { watcher: 'sip:andrew@example.com', atMs: noon, sphere: 'work' }, ['f3g44r2', 'f3g44r3', 'f3g44r5']],
    ['another sphere', { watcher: 'sip:andrew@example.com', atMs: noon, sphere: 'home' }, ['f3g44r2', 'f3g44r3']],
    ['validity, also for the anonymous', { watcher: undefined, atMs: Date.UTC(2003, 11, 24, 17) }, ['f3g44r6']],
    ['end of validity', { watcher: undefined, atMs: Date.UTC(2003, 11, 24, 18) }, []],
  ])('%s', (_name, question, ruleIds) => {
    expect(evaluateRules(document, question).ruleIds).toEqual(ruleIds);
  });
});

describe('combining (RFC 4745 §10, RFC 5025 §3)', () => {
  it('RFC 5025 §4', () => {
    expect(evaluateRules(rulesOf(file('rfc5025-4.xml')), { watcher: 'sip:user@example.com', atMs: NOW })).toEqual({
      subHandling: 'allow',
      transformations: {
        devices: [],
        persons: 'all',
        services: [
          { kind: 'service-uri-scheme', value: 'sip' },
          { kind: 'service-uri-scheme', value: 'mailto' },
        ],
        attributes: ['activities'],
        userInput: 'bare',
        unknownAttributes: ['urn:vendor-specific:foo-namespace foo'],
      },
      ruleIds: ['a'],
    });
  });

  it('takes the highest sub-handling, whatever the order', () => {
    const order = fc.array(fc.constantFrom(...SUB_HANDLINGS), { maxLength: 5 });
    fc.assert(
      fc.property(order, (words) => {
        const rules = words
          .map((word, index) => `<rule id="r${index}"><actions><pr:sub-handling>${word}</pr:sub-handling></actions></rule>`)
          .join('');
        const text = `<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules">${rules}</ruleset>`;
        expect(ask(text, BOB)).toBe(SUB_HANDLINGS[Math.max(0, ...words.map((word) => SUB_HANDLINGS.indexOf(word)))]);
      }),
    );
  });

  it('says block where no rule matches, and does not match what it does not know', () => {
    expect([ask(file('oma-rules.xml'), BOB), evaluateRules(rulesOf(file('oma-rules.xml')), { watcher: BOB, atMs: NOW }).ruleIds]).toEqual([
      'block',
      [],
    ]);
  });
});

describe('decide', () => {
  it('makes a small new document that both kinds of server understand', () => {
    const text = edited(decide(undefined, { address: BOB, subHandling: 'allow' }, NOW));
    expect(text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules">' +
        `<rule id="${ruleIdFor(BOB)}"><conditions><identity><one id="sip:bob@example.org"/></identity></conditions><actions><pr:sub-handling>allow</pr:sub-handling></actions></rule>` +
        '<rule id="ww-view"><conditions><identity><one id="sip:bob@example.org"/></identity></conditions><actions/><transformations><pr:provide-services><pr:all-services/></pr:provide-services>' +
        '<pr:provide-persons><pr:all-persons/></pr:provide-persons><pr:provide-devices><pr:all-devices/></pr:provide-devices><pr:provide-all-attributes/></transformations></rule>' +
        '<rule id="ww-everybody"><conditions><identity><many/></identity></conditions><actions><pr:sub-handling>confirm</pr:sub-handling></actions></rule></ruleset>\n',
    );
    expect(evaluateRules(rulesOf(text), { watcher: BOB, atMs: NOW })).toEqual({
      subHandling: 'allow',
      transformations: FULL_TRANSFORMATIONS,
      ruleIds: [ruleIdFor(BOB), 'ww-view', 'ww-everybody'],
    });
  });

  it('keeps thirty allowed watchers under 8 KiB', () => {
    let text: string | undefined;
    for (let index = 0; index < 30; index += 1)
      text = edited(decide(text, { address: `sip:person${index}@example.org`, subHandling: 'allow' }, NOW));
    expect(new TextEncoder().encode(text).length).toBeLessThan(8_192);
  });

  it('does not let the rule for everybody lift a block, ours or another’s', () => {
    const text = edited(decide(file('oma-rules.xml'), { address: BOB, subHandling: 'block' }, NOW));
    const asked = [BOB, 'sip:carol@example.org', 'sip:x@bad.example', 'sip:dave@example.org'].map((watcher) => ask(text, watcher));
    expect(asked).toEqual(['block', 'block', 'block', 'confirm']);
  });

  it('writes no rule for everybody where another program already answers for everybody', () => {
    const other =
      '<c:ruleset xmlns:c="urn:ietf:params:xml:ns:common-policy" xmlns="urn:ietf:params:xml:ns:pres-rules"><c:rule id="all"><c:conditions/><c:actions><sub-handling>block</sub-handling></c:actions></c:rule></c:ruleset>';
    const text = edited(decide(other, { address: BOB, subHandling: 'allow' }, NOW));
    expect([ask(text, BOB), ask(text, 'sip:eve@example.org'), rulesOf(text).rules.map(({ id }) => id)]).toEqual([
      'allow',
      'block',
      [ruleIdFor(BOB), 'all', 'ww-view'],
    ]);
  });

  it('puts our rules before a comment and into an empty element', () => {
    const text = edited(
      decide('<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" />', { address: BOB, subHandling: 'polite-block' }, NOW),
    );
    expect(text).toMatch(/^<ruleset xmlns="[^"]*" ><rule [^]*<\/rule><\/ruleset>$/);
    const withComment = edited(decide(file('oma-rules.xml'), { address: BOB, subHandling: 'allow' }, NOW));
    expect(withComment.indexOf(ruleIdFor(BOB))).toBeLessThan(withComment.indexOf('<!--'));
  });

  const until = NOW + HOUR;
  const allowed = (options = {}): string => edited(decide(undefined, { address: BOB, subHandling: 'allow', untilMs: until }, NOW, options));

  it('bounds decisions in time and drops those that ended', () => {
    const exact = allowed({ endMarginMs: 0 });
    expect(exact).toContain('<validity><from>2000-01-01T00:00:00Z</from><until>2026-11-23T13:00:00Z</until></validity>');
    expect([ask(exact, BOB, until - 1), ask(exact, BOB, until)]).toEqual(['allow', 'confirm']);
    const withoutEnded = (atMs: number) => readDecisions(edited(decideAll(exact, { decisions: [], withdrawn: [] }, atMs)));
    expect([withoutEnded(until - 1), withoutEnded(until)]).toEqual([[{ address: BOB, subHandling: 'allow', untilMs: until }], []]);
  });

  it('INTEROP(Kamailio): writes the end wider, and knows the true one', () => {
    expect(allowed()).toContain('<validity><from>2000-01-01T00:00:00Z</from><until>2026-11-24T04:00:00Z</until></validity>');
    expect(readDecisions(allowed())).toEqual([{ address: BOB, subHandling: 'allow', untilMs: until }]);
    expect(ask(edited(decideAll(allowed(), { decisions: [], withdrawn: [] }, until)), BOB)).toBe('confirm');
  });

  it('keeps a beginning that is to come, and leaves out one that has passed', () => {
    const later = { address: 'sip:carol@example.org', subHandling: 'block', fromMs: until } as const;
    const begun = { address: 'sip:dave@example.org', subHandling: 'allow', fromMs: NOW } as const;
    const text = edited(decide(edited(decide(allowed(), later, NOW)), begun, NOW));
    expect(readDecisions(text)).toEqual([
      later,
      { address: BOB, subHandling: 'allow', untilMs: until },
      { address: 'sip:dave@example.org', subHandling: 'allow' },
    ]);
  });

  it('INTEROP(Kamailio): orders rules so that a validity that holds stands behind those that do not', () => {
    const decisions: readonly PresenceDecision[] = [
      { address: 'sip:a@h', subHandling: 'allow' },
      { address: 'sip:b@h', subHandling: 'allow', untilMs: NOW + 2 * HOUR },
      { address: 'sip:c@h', subHandling: 'allow', untilMs: NOW + HOUR },
      { address: 'sip:d@h', subHandling: 'allow', fromMs: NOW + HOUR },
      { address: 'sip:e@h', subHandling: 'allow', fromMs: NOW + 2 * HOUR },
    ];
    const text = decisions.reduce<string | undefined>((before, decision) => edited(decide(before, decision, NOW)), undefined) ?? '';
    expect(readDecisions(text).map(({ address }) => address)).toEqual(['sip:e@h', 'sip:d@h', 'sip:c@h', 'sip:b@h', 'sip:a@h']);
  });

  it('takes nothing for ours that only looks so', () => {
    const id = ruleIdFor(BOB);
    const lookalike = `<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules"><rule id="${id}"><conditions><identity><one id="sip:eve@example.org"/></identity></conditions><actions><pr:sub-handling>block</pr:sub-handling></actions></rule></ruleset>`;
    expect([readDecisions(lookalike), edited(withdraw(lookalike, 'sip:eve@example.org', NOW)).includes('sub-handling>block')]).toEqual([
      [],
      true,
    ]);
  });

  it.each([
    ['no XML', 'hello'],
    ['another document', '<presence xmlns="urn:ietf:params:xml:ns:pidf"/>'],
    ['hostile', '<!DOCTYPE ruleset [<!ENTITY a "b">]><ruleset xmlns="urn:ietf:params:xml:ns:common-policy"/>'],
  ])('fails on %s', (_name, text) => {
    expect([decide(text, { address: BOB, subHandling: 'allow' }, NOW).kind, withdraw(text, BOB, NOW).kind, readDecisions(text)]).toEqual([
      'failure',
      'failure',
      [],
    ]);
  });
});

describe('any sequence of edits', () => {
  const address = fc.constantFrom(BOB, 'sip:carol@example.net', 'sip:a%20b@host:5070', "sip:o'hara&co@example.org", 'sip:x"y@h');
  const step = fc.record({
    address,
    subHandling: fc.option(fc.constantFrom(...SUB_HANDLINGS)),
    hours: fc.option(fc.integer({ min: -2, max: 3 })),
  });
  const start = fc.constantFrom(
    undefined,
    file('oma-rules.xml'),
    file('rfc4745-7.xml'),
    file('rfc5025-4.xml').replaceAll('\n', '\r\n'),
    '<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"/>',
  );

  it('leaves foreign text byte for byte, and every decision reads back and holds on both kinds of server', () => {
    fc.assert(
      fc.property(start, fc.array(step, { minLength: 1, maxLength: 8 }), (first, steps) => {
        let text = first;
        const expected = new Map<string, PresenceDecision>();
        for (const { address: who, subHandling, hours } of steps) {
          const decision =
            subHandling === null ? undefined : { address: who, subHandling, ...(hours === null ? {} : { untilMs: NOW + hours * HOUR }) };
          text = edited(decision === undefined ? withdraw(text, who, NOW) : decide(text, decision, NOW));
          if (decision === undefined) expected.delete(who);
          else expected.set(who, decision);
          for (const [key, known] of expected) if (key !== who && (known.untilMs ?? Infinity) <= NOW) expected.delete(key);
        }
        const result = text ?? '';
        if (first !== undefined && !first.endsWith('/>')) expect(foreignText(result)).toBe(first);
        expect(new Map(readDecisions(result).map((decision) => [decision.address, decision]))).toEqual(expected);
        for (const decision of expected.values()) {
          if ((decision.untilMs ?? Infinity) <= NOW) continue;
          const question = { watcher: decision.address, atMs: NOW };
          expect(evaluateFirstMatch(rulesOf(result), question)).toBe(decision.subHandling);
          if (first === undefined) expect(evaluateRules(rulesOf(result), question).subHandling).toBe(decision.subHandling);
        }
        if (first === undefined)
          expect([
            ask(result, 'sip:nobody@example.com'),
            evaluateFirstMatch(rulesOf(result), { watcher: 'sip:nobody@example.com', atMs: NOW }),
          ]).toEqual(['confirm', 'confirm']);
      }),
      { numRuns: 150 },
    );
  });

  it('is stable: the same decision twice changes nothing', () => {
    fc.assert(
      fc.property(start, address, fc.constantFrom(...SUB_HANDLINGS), (first, who, subHandling) => {
        const once = edited(decide(first, { address: who, subHandling }, NOW));
        expect(edited(decide(once, { address: who, subHandling }, NOW))).toBe(once);
      }),
      { numRuns: 50 },
    );
  });

  it('never throws on mutated documents', () => {
    const good = edited(decide(file('oma-rules.xml'), { address: BOB, subHandling: 'allow' }, NOW));
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(40), fc.string({ unit: 'binary', maxLength: 8 }), (at, cut, put) => {
        const text = good.slice(0, at) + put + good.slice(at + cut);
        expect(['ok', 'failure']).toContain(decide(text, { address: BOB, subHandling: 'block' }, NOW).kind);
      }),
      { numRuns: 150 },
    );
  });
});
