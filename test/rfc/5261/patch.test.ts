// RFC 5261: selectors and operations on a presence document, and RFC 5262's documents made of them.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepPartialPresence } from '../../../main/simple/document/partial-presence.ts';
import type { PartialPresence } from '../../../main/simple/document/partial-presence.ts';
import { parsePidf } from '../../../main/simple/document/pidf.ts';
import { parseXml } from '../../../main/simple/document/xml/parse-xml.ts';
import { patchXml } from '../../../main/simple/document/xml/patch-xml.ts';

const DOCUMENT = '<doc xmlns="urn:a" xmlns:z="urn:z"><a id="1" old="x"><b>one</b><b>two</b></a><z:a id="2"/><c/></doc>';

function patch(operations: string, document = DOCUMENT, declared = 'xmlns="urn:a"'): string {
  const parsed = parseXml(`<p:diff xmlns:p="urn:p" ${declared} xmlns:q="urn:z">${operations}</p:diff>`);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  const result = patchXml(document, { text: parsed.text, operations: parsed.root.children });
  return result.kind === 'ok' ? result.text : 'failure';
}

const inside = (content: string): string => `<doc xmlns="urn:a" xmlns:z="urn:z">${content}</doc>`;

describe('operations (RFC 5261 §4.3 to §4.5)', () => {
  const first = '<a id="1" old="x"><b>one</b><b>two</b></a>';
  it.each<[string, string, string]>([
    ['append', '<p:add sel="doc/c"><n/></p:add>', inside(`${first}<z:a id="2"/><c><n xmlns:p="urn:p" xmlns:q="urn:z"/></c>`)],
    ['prepend text', '<p:add sel="doc/c" pos="prepend">t</p:add>', inside(`${first}<z:a id="2"/><c>t</c>`)],
    ['before', '<p:add sel="*/c" pos="before">-</p:add>', inside(`${first}<z:a id="2"/>-<c/>`)],
    ['after', '<p:add sel="doc/a" pos="after">-</p:add>', inside(`${first}-<z:a id="2"/><c/>`)],
    ['an attribute', '<p:add sel="doc/c" type="@k">v"w</p:add>', inside(`${first}<z:a id="2"/><c k="v&quot;w"/>`)],
    [
      'replace an element',
      '<p:replace sel="doc/a"><c xmlns="" xmlns:p="urn:p" xmlns:q="urn:z"/></p:replace>',
      inside('<c xmlns="" xmlns:p="urn:p" xmlns:q="urn:z"/><z:a id="2"/><c/>'),
    ],
    [
      'replace text',
      '<p:replace sel="doc/a/b[2]/text()">a &lt; b</p:replace>',
      inside('<a id="1" old="x"><b>one</b><b>a &lt; b</b></a><z:a id="2"/><c/>'),
    ],
    [
      'replace an attribute',
      '<p:replace sel="doc/a/@old">new</p:replace>',
      inside('<a id="1" old="new"><b>one</b><b>two</b></a><z:a id="2"/><c/>'),
    ],
    ['remove an element', '<p:remove sel="doc/a[@id=\'1\']"/>', inside('<z:a id="2"/><c/>')],
    ['remove by id()', '<p:remove sel="id(\'2\')"/>', inside(`${first}<c/>`)],
    ['remove by a child', "<p:remove sel=\"doc/a[b='two']/b[.='one']\"/>", inside('<a id="1" old="x"><b>two</b></a><z:a id="2"/><c/>')],
    ['remove text', '<p:remove sel="/doc/a/b[1]/text()"/>', inside('<a id="1" old="x"><b></b><b>two</b></a><z:a id="2"/><c/>')],
    ['a prefix of the patch', '<p:remove sel="doc/q:a"/>', inside(`${first}<c/>`)],
    ['one after the other', '<p:remove sel="doc/a/b[1]"/><p:remove sel="doc/a/b[1]"/>', inside('<a id="1" old="x"></a><z:a id="2"/><c/>')],
  ])('%s', (_name, operations, expected) => {
    expect(patch(operations)).toBe(expected);
  });

  it.each<[string, string]>([
    ['nothing there', '<p:remove sel="doc/x"/>'],
    ['two things there', '<p:remove sel="doc/a/b"/>'],
    ['an unknown prefix', '<p:remove sel="doc/u:a"/>'],
    ['more XPath than this', '<p:remove sel="doc/a[last()]"/>'],
    ['an axis', '<p:remove sel="doc/namespace::*"/>'],
    ['no selector', '<p:remove/>'],
    ['another operation', '<p:move sel="doc/a"/>'],
    ['an attribute that is there', '<p:add sel="doc/a" type="@id">9</p:add>'],
    ['two elements for one', '<p:replace sel="doc/c"><x/><y/></p:replace>'],
    ['text with elements in it', '<p:replace sel="doc/a/text()">x</p:replace>'],
    ['the second cannot be done', '<p:remove sel="doc/c"/><p:remove sel="doc/c"/>'],
    ['the root', '<p:remove sel="doc"/>'],
  ])('are refused whole: %s', (_name, operations) => {
    expect(patch(operations)).toBe('failure');
  });

  it('a small document may be changed in many places, a large one in few: each is looked up in it anew', () => {
    const replaced = '<p:replace sel="doc/a/@old">x</p:replace>'.repeat(100);
    expect(patch(replaced)).toBe(DOCUMENT);
    const large = DOCUMENT.replace('<c/>', `<c/><d>${'x'.repeat(200_000)}</d>`);
    expect(patch(replaced, large)).toBe('failure');
    expect(patch('<p:remove sel="doc/d"/>', large)).toBe(DOCUMENT);
  });

  it('never throw, and never make what is no document', () => {
    const piece = fc.constantFrom('doc', '/', 'a', 'b', '[1]', "[@id='1']", '*', 'text()', '@old', 'id(', ')', "'", '[', ']', ':', '.');
    const selector = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(selector, fc.constantFrom('add', 'replace', 'remove'), (sel, name) => {
        const result = patch(`<p:${name} sel="${sel}">${name === 'remove' ? '' : '<n/>'}</p:${name}>`);
        expect(result === 'failure' || parseXml(result).kind === 'ok').toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('partial presence (RFC 5262, RFC 5263 §3)', () => {
  const wrap = (name: string, version: number, content: string): string =>
    `<p:${name} xmlns="urn:ietf:params:xml:ns:pidf" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" xmlns:p="urn:ietf:params:xml:ns:pidf-diff" entity="pres:a@b" version="${version}">${content}</p:${name}>`;
  const full = wrap('pidf-full', 1, '<tuple id="t"><status><basic>open</basic></status><r:activities><r:away/></r:activities></tuple>');
  const close = wrap('pidf-diff', 2, '<p:replace sel="*/tuple[@id=\'t\']/status/basic/text()">closed</p:replace>');
  const note = wrap('pidf-diff', 3, '<p:add sel="presence"><note>back soon</note></p:add>');

  function after(...documents: readonly string[]): { kinds: string[]; state: PartialPresence | undefined } {
    let state: PartialPresence | undefined;
    const kinds = documents.map((document) => {
      const step = stepPartialPresence(state, document);
      if (step.kind === 'whole') ({ state } = step);
      return step.kind;
    });
    return { kinds, state };
  }

  it('full, then changes, make whole documents', () => {
    const { kinds, state } = after(full, close, note);
    expect(kinds).toEqual(['whole', 'whole', 'whole']);
    const parsed = parsePidf(state?.text ?? '');
    expect(parsed.kind === 'ok' && parsed.document).toMatchObject({
      entity: 'pres:a@b',
      tuples: [{ id: 't', basic: 'closed', rich: { activities: ['away'] } }],
      notes: [{ text: 'back soon' }],
    });
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['a change without full state', [close], ['gap']],
    ['a version left out', [full, note], ['whole', 'gap']],
    ['the same again', [full, close, close], ['whole', 'whole', 'stale']],
    ['full state at any time', [full, close, full], ['whole', 'whole', 'whole']],
    ['a change that does not fit', [full, wrap('pidf-diff', 2, '<p:remove sel="*/tuple[@id=\'x\']"/>')], ['whole', 'gap']],
    ['something else', ['<presence xmlns="urn:ietf:params:xml:ns:pidf"/>', '', '<'], ['gap', 'gap', 'gap']],
  ])('%s', (_name, documents, kinds) => {
    expect(after(...documents).kinds).toEqual(kinds);
  });

  it('a document that knows PIDF by a prefix only stays readable', () => {
    const text =
      '<full:pidf-full xmlns:full="urn:ietf:params:xml:ns:pidf-diff" version="0" entity="a&amp;b"><x:tuple xmlns:x="urn:ietf:params:xml:ns:pidf" id="t"/></full:pidf-full>';
    const parsed = parsePidf(after(text).state?.text ?? '');
    expect(parsed.kind === 'ok' && [parsed.document.entity, parsed.document.tuples.map(({ id }) => id)]).toEqual(['a&b', ['t']]);
  });
});
