// Decisions about many, in one sphere, or with parts hidden: what both kinds of server make of them, and that they read back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateRules } from '../../../../main/simple/document/rules/evaluate-rules.ts';
import type { PresenceDecision, RulesOptions } from '../../../../main/simple/document/presence-rules.ts';
import { decideAll, readDecisions, rewriteRules } from '../../../../main/simple/document/presence-rules.ts';
import { parsePresenceRules } from '../../../../main/simple/document/rules/rules-document.ts';
import type { RulesDocument, SubHandling } from '../../../../main/simple/document/rules/rules-document.ts';
import { decide, withdraw } from '../../../support/decide.ts';
import { evaluateFirstMatch } from '../../../support/memory-server/first-match.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const BOB = 'sip:bob@example.org';
const CAROL = 'sip:carol@example.org';
const EVE = 'sip:eve@example.net';

function written(decisions: readonly PresenceDecision[], options: RulesOptions = {}, base?: string): string {
  const edited = decideAll(base, { decisions, withdrawn: [] }, NOW, options);
  if (edited.kind === 'failure') throw new Error(edited.reason);
  return edited.text;
}
function read(text: string): RulesDocument {
  const parsed = parsePresenceRules(text);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return parsed.document;
}
/** On a server of RFC 4745, and on one that takes the first match and looks at neither domains nor spheres. */
function answers(text: string, watcher: string, sphere?: string): (SubHandling | undefined)[] {
  const question = { watcher, atMs: NOW, ...(sphere === undefined ? {} : { sphere }) };
  return [evaluateRules(read(text), question).subHandling, evaluateFirstMatch(read(text), { watcher, atMs: NOW })];
}

describe('a whole domain', () => {
  const domain: PresenceDecision = { address: '*@example.org', subHandling: 'allow', except: [CAROL] };

  it('is granted by the letter of the RFC, but the one excepted', () => {
    const text = written([domain], { isExact: true });
    expect([BOB, CAROL, EVE].map((watcher) => answers(text, watcher)[0])).toEqual(['allow', 'confirm', 'confirm']);
  });

  it('grants nothing where the server is not known to look at domains', () => {
    const text = written([domain]);
    expect([BOB, CAROL, EVE].map((watcher) => answers(text, watcher))).toEqual(Array(3).fill(['confirm', 'confirm']));
    expect(readDecisions(text)).toEqual([domain]);
    const exact = rewriteRules(text, NOW, { isExact: true });
    expect(exact.kind === 'ok' ? answers(exact.text, BOB)[0] : exact).toBe('allow');
  });

  it('does not lift the block of one of its people, whatever came first', () => {
    const block: PresenceDecision = { address: BOB, subHandling: 'block' };
    for (const order of [
      [domain, block],
      [block, domain],
    ]) {
      const text = written(order, { isExact: true });
      expect(answers(text, BOB)).toEqual(['block', 'block']);
      expect(new Set(readDecisions(text))).toEqual(new Set([domain, block]));
    }
  });

  it('blocked, leaves others pending', () => {
    const text = written([{ address: '*@example.net', subHandling: 'block' }], { isExact: true });
    expect([answers(text, EVE)[0], answers(text, BOB)[0]]).toEqual(['block', 'confirm']);
  });
});

describe('everybody', () => {
  it('but some: on both kinds of server', () => {
    const text = written([
      { address: '*', subHandling: 'allow', except: [CAROL] },
      { address: EVE, subHandling: 'block' },
      { address: BOB, subHandling: 'polite-block' },
    ]);
    expect([CAROL, EVE, BOB, 'sip:zoe@example.com'].map((watcher) => answers(text, watcher))).toEqual([
      ['confirm', 'confirm'],
      ['block', 'block'],
      ['polite-block', 'polite-block'],
      ['allow', 'allow'],
    ]);
    const without = withdraw(text, '*', NOW);
    expect(without.kind === 'ok' ? answers(without.text, 'sip:zoe@example.com') : without).toEqual(['confirm', 'confirm']);
  });

  it('blocked, is blocked', () => {
    expect(answers(written([{ address: '*', subHandling: 'block' }]), BOB)).toEqual(['block', 'block']);
  });
});

describe('a sphere', () => {
  const atWork: PresenceDecision = { address: BOB, subHandling: 'allow', sphere: 'work' };

  it('grants nothing outside of it, also on a server that does not look', () => {
    const text = written([atWork], { sphere: 'home' });
    expect(answers(text, BOB, 'home')).toEqual(['confirm', 'confirm']);
    expect(readDecisions(text)).toEqual([atWork]);
    const moved = rewriteRules(text, NOW, { sphere: 'work' });
    expect(moved.kind === 'ok' ? answers(moved.text, BOB, 'work') : moved).toEqual(['allow', 'allow']);
  });

  it('stays as it is when another rule is edited elsewhere', () => {
    const text = written([atWork], { sphere: 'work' });
    const edited = decide(text, { address: EVE, subHandling: 'block' }, NOW, {});
    expect(edited.kind === 'ok' ? answers(edited.text, BOB, 'work') : edited).toEqual(['allow', 'allow']);
  });
});

describe('what is shown', () => {
  it('is what was chosen, for this one only', () => {
    const seen = { notes: false, activities: true, place: false, devices: false };
    const text = written([
      { address: BOB, subHandling: 'allow', seen },
      { address: CAROL, subHandling: 'allow' },
    ]);
    expect(readDecisions(text)).toContainEqual({ address: BOB, subHandling: 'allow', seen });
    const ofBob = evaluateRules(read(text), { watcher: BOB, atMs: NOW }).transformations;
    const ofCarol = evaluateRules(read(text), { watcher: CAROL, atMs: NOW }).transformations;
    expect([ofBob.devices, ofBob.persons, ofBob.attributes.includes('note'), ofBob.attributes.includes('activities')]).toEqual([
      ...[[], 'all', false, true],
    ]);
    expect([ofCarol.devices, ofCarol.attributes]).toEqual(['all', 'all']);
  });
});

describe('any set of decisions', () => {
  const address = fc.constantFrom(BOB, CAROL, EVE, '*@example.org', '*@example.net', '*');
  const decision = fc.record({ address, subHandling: fc.constantFrom<SubHandling>('allow', 'block', 'polite-block') });

  it('reads back; each watcher gets the narrowest answer by the letter of the RFC', () => {
    fc.assert(
      fc.property(fc.uniqueArray(decision, { selector: (each) => each.address, maxLength: 6 }), (decisions) => {
        const text = written(decisions, { isExact: true });
        expect(new Set(readDecisions(text))).toEqual(new Set(decisions));
        const byAddress = new Map<string, SubHandling>(decisions.map((each) => [each.address, each.subHandling] as const));
        for (const watcher of [BOB, CAROL, EVE]) {
          const narrowest =
            byAddress.get(watcher) ?? byAddress.get(`*${watcher.slice(watcher.indexOf('@'))}`) ?? byAddress.get('*') ?? 'confirm';
          expect([watcher, answers(text, watcher)[0]]).toEqual([watcher, narrowest]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lets nobody in on a careless server who is not let in by an answer of their own or for everybody', () => {
    fc.assert(
      fc.property(fc.uniqueArray(decision, { selector: (each) => each.address, maxLength: 6 }), (decisions) => {
        const text = written(decisions);
        const own = new Map<string, SubHandling>(decisions.map((each) => [each.address, each.subHandling] as const));
        for (const watcher of [BOB, CAROL, EVE]) {
          if (evaluateFirstMatch(read(text), { watcher, atMs: NOW }) !== 'allow') continue;
          expect(own.get(watcher) ?? own.get('*')).toBe('allow');
        }
      }),
      { numRuns: 300 },
    );
  });
});
