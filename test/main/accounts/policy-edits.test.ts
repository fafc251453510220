// Edits of the rules replayed on what the server has: what another device wrote is never overwritten unseen, and nothing is lost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyEdit } from '../../../main/accounts/policy-edits.ts';
import { addressesOf, applyPolicyEdits } from '../../../main/accounts/policy-edits.ts';
import type { PresenceDecision, SubHandling } from '../../../main/simple/document/presence-rules.ts';
import { decideAll, readDecisions } from '../../../main/simple/document/presence-rules.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const CONTEXT = { nowMs: NOW, sphere: '', isExact: false };
const BOB = 'sip:bob@example.org';
const CAROL = 'sip:carol@example.org';

function rules(...decisions: PresenceDecision[]): string {
  const edited = decideAll(undefined, { decisions, withdrawn: [] }, NOW);
  if (edited.kind === 'failure') throw new Error(edited.reason);
  return edited.text;
}
function says(address: string, subHandling: SubHandling, untilMs?: number): PresenceDecision {
  return { address, subHandling, ...(untilMs === undefined ? {} : { untilMs }) };
}
/** What the rules say afterwards, and whom the person is asked about. */
function replayed(base: string | undefined, ...edits: PolicyEdit[]): unknown {
  const applied = applyPolicyEdits(
    base,
    edits.map((edit) => JSON.stringify(edit)),
    CONTEXT,
  );
  if (applied.kind === 'failure') return applied;
  const there = applied.text === undefined ? [] : readDecisions(applied.text).map(({ address, subHandling }) => [address, subHandling]);
  return [there, applied.conflicts.map(({ ours, theirs }) => [ours?.subHandling ?? null, theirs?.subHandling ?? null])];
}

describe('an edit', () => {
  const allow: PolicyEdit = { kind: 'decide', ...says(BOB, 'allow'), before: null };

  it.each<[string, string | undefined, PolicyEdit[], unknown]>([
    ['on nothing', undefined, [allow], [[[BOB, 'allow']], []]],
    [
      'beside another',
      rules(says(CAROL, 'block')),
      [allow],
      [
        [
          [CAROL, 'block'],
          [BOB, 'allow'],
        ],
        [],
      ],
    ],
    ['that is there already', rules(says(BOB, 'allow')), [allow], [[[BOB, 'allow']], []]],
    ['of what was known', rules(says(BOB, 'block')), [{ ...allow, before: says(BOB, 'block') }], [[[BOB, 'allow']], []]],
    ['against another device', rules(says(BOB, 'block')), [allow], [[[BOB, 'block']], [['allow', 'block']]]],
    ['that gives way', rules(says(BOB, 'block')), [{ ...allow, isQuiet: true }], [[[BOB, 'block']], []]],
    ['of an older version', rules(says(BOB, 'block')), [{ kind: 'decide', ...says(BOB, 'allow') }], [[[BOB, 'allow']], []]],
    ['taken back elsewhere', rules(), [{ kind: 'decide', ...says(BOB, 'block'), before: says(BOB, 'allow') }], [[], [['block', null]]]],
    [
      'taken back here',
      rules(says(BOB, 'block')),
      [{ kind: 'withdraw', address: BOB, before: says(BOB, 'allow') }],
      [[[BOB, 'block']], [[null, 'block']]],
    ],
    ['twice', rules(), [allow, { kind: 'decide', ...says(BOB, 'block'), before: says(BOB, 'allow') }], [[[BOB, 'block']], []]],
    [
      'after a document that came whole',
      rules(says(CAROL, 'block')),
      [{ kind: 'replace', document: rules(says(CAROL, 'allow')) }, allow],
      [
        [
          [CAROL, 'allow'],
          [BOB, 'allow'],
        ],
        [],
      ],
    ],
  ])('%s', (_name, base, edits, expected) => {
    expect(replayed(base, ...edits)).toEqual(expected);
  });

  it('whole from elsewhere: strangers are asked about, who is left out is not; rules of others stay, questions about the old ones do not', () => {
    const foreign = '<rule id="x"><conditions><sphere value="a"/></conditions><actions/></rule>';
    const document = `<ruleset xmlns="urn:ietf:params:xml:ns:common-policy">${foreign}</ruleset>`;
    const contradicted = JSON.stringify({ ...allow, before: says(BOB, 'block') });
    const applied = applyPolicyEdits(rules(), [contradicted, JSON.stringify({ kind: 'replace', document })], CONTEXT);
    if (applied.kind === 'failure') throw new Error(applied.reason);
    const { text = '', conflicts } = applied;
    expect([text.includes(foreign), text.match(/>confirm</gu)?.length, conflicts]).toEqual([true, 1, []]);
  });

  it('whole from a server that follows the standard to the letter: its domain with an exception does not let everybody in on another', () => {
    const domain = { address: '*@example.org', subHandling: 'allow', except: [CAROL] } as const;
    const exact = { ...CONTEXT, isExact: true };
    const elsewhere = decideAll(undefined, { decisions: [domain], withdrawn: [] }, NOW, exact);
    const document = elsewhere.kind === 'ok' ? elsewhere.text : '';
    const taken = [CONTEXT, exact].map((context) => applyPolicyEdits(rules(), [JSON.stringify({ kind: 'replace', document })], context));
    const handlings = taken.map((applied) => (applied.kind === 'ok' ? applied.text?.match(/>(?:allow|confirm)</gu) : applied));
    const here = decideAll(undefined, { decisions: [domain], withdrawn: [] }, NOW, CONTEXT);
    expect(handlings).toEqual([here.kind === 'ok' && here.text.match(/>(?:allow|confirm)</gu), document.match(/>(?:allow|confirm)</gu)]);
    expect(handlings[0]).not.toEqual(handlings[1]);
  });

  it('for the end of a decision finds it, though ends are written as whole seconds', () => {
    const endMs = NOW + 500;
    const end = { kind: 'withdraw', address: BOB, before: says(BOB, 'allow', endMs), isQuiet: true };
    const applied = applyPolicyEdits(rules(says(BOB, 'allow', endMs)), [JSON.stringify(end)], { ...CONTEXT, nowMs: endMs });
    expect(applied.kind === 'ok' ? readDecisions(applied.text ?? '') : applied).toEqual([]);
  });

  it('on a damaged document changes nothing and says so', () => {
    expect(replayed('<broken', allow)).toMatchObject({ kind: 'failure' });
  });

  it('names whom it is about', () => {
    const edits: PolicyEdit[] = [allow, { kind: 'rewrite' }, { kind: 'withdraw', address: CAROL }, allow];
    expect(addressesOf(edits.map((edit) => ({ edit: JSON.stringify(edit) })))).toEqual([BOB, CAROL]);
  });
});

describe('two devices', () => {
  const subHandling = fc.constantFrom<SubHandling | null>('allow', 'block', 'polite-block', null);
  const edit = (address: string, to: SubHandling | null): PolicyEdit =>
    to === null ? { kind: 'withdraw', address, before: null } : { kind: 'decide', ...says(address, to), before: null };

  it('end with one of their answers in force, and are asked exactly when they differ', () => {
    fc.assert(
      fc.property(subHandling, subHandling, (one, other) => {
        const first = applyPolicyEdits(rules(), [JSON.stringify(edit(BOB, one))], CONTEXT);
        if (first.kind === 'failure') throw new Error(first.reason);
        const second = applyPolicyEdits(first.text, [JSON.stringify(edit(BOB, other))], CONTEXT);
        if (second.kind === 'failure') throw new Error(second.reason);
        const [there] = readDecisions(second.text ?? '');
        // Who believed that nothing is there, and still finds nothing, contradicts nobody.
        const isAsked = one !== null && one !== other;
        expect([there?.subHandling ?? null, second.conflicts.length]).toEqual([isAsked ? one : other, isAsked ? 1 : 0]);
      }),
    );
  });
});
