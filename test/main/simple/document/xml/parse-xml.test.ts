// The XML reader: what it reads, what it refuses, and that it refuses fast (by counting, not by the clock).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { XmlElement } from '../../../../../main/simple/document/xml/element.ts';
import { LARGE_XML_BOUNDS, parseXml } from '../../../../../main/simple/document/xml/parse-xml.ts';
import { printXmlDocument, xml, type XmlChild, type XmlNode } from '../../../../../main/simple/document/xml/print-xml.ts';
import {
  attributeOf,
  childNamed,
  childrenNamed,
  textOf,
  textOfChild,
  wholeNumber,
} from '../../../../../main/simple/document/xml/read-xml.ts';
import { insertInto, prefixFor, spliceText } from '../../../../../main/simple/document/xml/splice-text.ts';

function rootOf(source: string): XmlElement {
  const parsed = parseXml(source);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return parsed.root;
}

describe('parseXml', () => {
  it('builds a tree with namespaces and source offsets', () => {
    const text =
      '<?xml version="1.0"?>\r\n<p:a xmlns:p="urn:p" xmlns="urn:d" x="1&lt;"><b p:y="2"/>t&amp;<![CDATA[<c>]]><c >é😀</c ></p:a >\n<!-- end -->';
    const parsed = parseXml(text);
    if (parsed.kind === 'failure') throw new Error(parsed.reason);
    const { root } = parsed;
    const [b, c] = root.children;
    const piece = (element: XmlElement | undefined): readonly string[] =>
      element === undefined ? [] : [text.slice(element.start, element.end), text.slice(element.contentStart, element.contentEnd)];
    expect([root.local, root.namespace, root.prefix, root.text, root.attributes]).toEqual([
      'a',
      'urn:p',
      'p',
      't&<c>',
      [{ local: 'x', namespace: '', value: '1<' }],
    ]);
    expect(b).toMatchObject({
      local: 'b',
      namespace: 'urn:d',
      prefix: '',
      text: '',
      attributes: [{ local: 'y', namespace: 'urn:p', value: '2' }],
    });
    expect(piece(root)[0]).toBe(text.slice(23, text.indexOf('\n<!--')));
    expect(piece(b)).toEqual(['<b p:y="2"/>', '']);
    expect(piece(c)).toEqual(['<c >é😀</c >', 'é😀']);
    expect(root.children).toHaveLength(2);
  });

  it('reads UTF-8 bytes, with and without a byte order mark', () => {
    const bytes = new TextEncoder().encode('\uFEFF<a>é</a>');
    expect(parseXml(bytes)).toMatchObject({ kind: 'ok', text: '<a>é</a>' });
    expect(parseXml(bytes.subarray(3))).toMatchObject({ kind: 'ok', text: '<a>é</a>' });
    expect(parseXml('\uFEFF<a/>')).toMatchObject({ kind: 'ok', text: '<a/>' });
  });

  it.each([
    ['document type', '<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>', /type declaration/],
    ['document type after a comment', '<!-- > --><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /type declaration/],
    ['billion laughs', `<!DOCTYPE a [<!ENTITY b "bb">${'<!ENTITY c "&b;&b;">'.repeat(100)}]><a>&c;</a>`, /type declaration/],
    ['unfinished document type of 200 kB', `<!DOCTYPE a [${'<!ENTITY b "c">'.repeat(13_000)}`, /type declaration/],
    ['unknown entity', '<a>&nbsp;</a>', /entity/],
    ['character that is none', '<a>&#0;</a>', /entity/],
    ['raw control character', '<a>\u0001</a>', /disallowed character/],
    ['processing instruction', '<a><?php x?></a>', /processing instructions/],
    ['stylesheet', '<?xml-stylesheet href="x"?><a/>', /processing instructions/],
    ['depth', '<a>'.repeat(100_000 / 3), /nested deeper/],
    ['elements', `<a>${'<b/>'.repeat(5_000)}</a>`, /more than 4000 elements/],
    ['attributes', `<a ${Array.from({ length: 60 }, (_, index) => `a${index}="1"`).join(' ')}/>`, /attributes/],
    [
      'prefixes of outer elements',
      `<a ${Array.from({ length: 35 }, (_, index) => `xmlns:a${index}="u"`).join(' ')}>`.repeat(2) + '</a></a>',
      /more than 64 prefixes/,
    ],
    ['megabytes', `<a>${'x'.repeat(5_000_000)}</a>`, /longer than/],
    ['attribute twice', '<a x="1" x="2"/>', /duplicate/],
    ['attribute twice by namespace', '<a xmlns:p="u" xmlns:q="u" p:x="1" q:x="2"/>', /duplicate/],
    ['unbound prefix', '<p:a/>', /unbound/],
    ['unclosed', '<a><b></a>', /unexpected close/],
    ['two roots', '<a/><b/>', /one root/],
    ['nothing', '', /root element/],
    ['text', 'hello', /text data/],
    ['XML 1.1', '<?xml version="1.1"?><a/>', /1\.1/],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>', /ISO-8859-1/],
  ])('refuses: %s', (_name, source, reason) => {
    expect(parseXml(source)).toEqual({
      kind: 'failure',
      reason: expect.stringMatching(reason) as string,
      offset: expect.any(Number) as number,
    });
  });

  it.each([
    ['UTF-16 with mark', new Uint8Array([0xff, 0xfe, 0x3c, 0, 0x61, 0]), /UTF-16/],
    ['UTF-16 without mark', new Uint8Array([0, 0x3c, 0, 0x61]), /UTF-16/],
    ['Latin-1', new Uint8Array([0x3c, 0x61, 0x3e, 0xe9, 0x3c, 0x2f, 0x61, 0x3e]), /not UTF-8/],
    ['megabytes', new Uint8Array(3_000_000), /longer than/],
  ])('refuses bytes: %s', (_name, bytes, reason) => {
    expect(parseXml(bytes)).toMatchObject({ kind: 'failure', reason: expect.stringMatching(reason) as string });
  });

  it('takes large documents where that is asked for', () => {
    const source = `<a>${'<b/>'.repeat(50_000)}</a>`;
    expect(parseXml(source, LARGE_XML_BOUNDS)).toMatchObject({ kind: 'ok' });
    expect(parseXml(source)).toMatchObject({ kind: 'failure' });
  });

  it.each([
    ['<a><![CDATA[z]\ud800', 14],
    ['<a>\udc00</a>', 3],
  ])('refuses half of a character: %j', (source, offset) => {
    expect(parseXml(source)).toEqual({ kind: 'failure', reason: 'a character is broken', offset });
  });

  it('never throws on mutated text, and offsets always cut out elements', () => {
    const good = '<?xml version="1.0"?><a xmlns="urn:d" xmlns:p="urn:p" x="1"><p:b>t&amp;</p:b><!-- c --><c/><![CDATA[z]]></a>';
    const mutated = fc
      .array(
        fc.tuple(fc.nat(good.length), fc.nat(6), fc.string({ unit: fc.constantFrom(...'<>/&;"\'=!?-[]:ax \u0000\ud800'), maxLength: 6 })),
        { maxLength: 4 },
      )
      .map((edits) => edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), good));
    fc.assert(
      fc.property(mutated, (source) => {
        const parsed = parseXml(source);
        if (parsed.kind === 'failure') {
          expect(parsed.offset).toBeLessThanOrEqual(source.length);
          return;
        }
        for (const element of [parsed.root, ...parsed.root.children]) {
          expect(parsed.text.slice(element.start, element.end)).toMatch(/^<[^]*>$/);
          expect(parsed.text.slice(element.contentStart, element.contentEnd)).not.toContain(`</${element.local}>`);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('printing and reading back', () => {
  const names = fc.constantFrom('a', 'b-c', 'd.e', '_f');
  // Only text without white space at its ends: that is what textOf gives back.
  const { node } = fc.letrec<{ node: XmlNode; child: XmlChild }>((tie) => ({
    child: fc.oneof({ maxDepth: 3 }, fc.string({ unit: 'grapheme', maxLength: 12 }), tie('node')),
    node: fc.record({
      name: names,
      attributes: fc.dictionary(names, fc.string({ unit: 'grapheme', maxLength: 12 }), { maxKeys: 3 }),
      children: fc.array(tie('child'), { maxLength: 4 }),
    }),
  }));

  const LEGAL = /(?![\t\n\r])[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;
  const clean = (text: string): string => text.replace(LEGAL, '');

  function expectSame(element: XmlElement, printed: XmlNode): void {
    expect(element.local).toBe(printed.name);
    const values = new Map(element.attributes.map((attribute) => [attribute.local, attribute.value]));
    expect(values).toEqual(new Map(Object.entries(printed.attributes).map(([name, value]) => [name, clean(String(value))])));
    expect(element.text).toBe(printed.children.map((child) => (typeof child === 'string' ? clean(child) : '')).join(''));
    const nodes = printed.children.filter((child): child is XmlNode => typeof child === 'object');
    expect(element.children).toHaveLength(nodes.length);
    nodes.forEach((child, index) => expectSame(element.children[index] as XmlElement, child));
  }

  it('gives the same tree', () => {
    fc.assert(
      fc.property(node, (tree) => expectSame(rootOf(printXmlDocument(tree)), tree)),
      { numRuns: 200 },
    );
  });

  it('escapes and leaves out what XML cannot carry', () => {
    expect(printXmlDocument(xml('a', { x: '"<&>\n\t', y: undefined }, ['<&>\r\u0000\ud800\ufffe', undefined, xml('b')]))).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a x="&quot;&lt;&amp;&gt;&#10;&#9;">&lt;&amp;&gt;&#13;<b/></a>\n',
    );
  });
});

describe('looking up and splicing', () => {
  const root = rootOf('<a xmlns="urn:d" xmlns:p="urn:p" n=" 12 "><b> one </b><p:b>two</p:b><b/></a>');

  it('finds by namespace and name', () => {
    expect(childrenNamed(root, 'urn:d', 'b').map(textOf)).toEqual(['one', '']);
    expect(textOf(childNamed(root, 'urn:p', 'b'))).toBe('two');
    expect([textOfChild(root, 'urn:d', 'b'), textOfChild(root, 'urn:d', 'c')]).toEqual(['one', undefined]);
    expect([wholeNumber(attributeOf(root, 'n')), wholeNumber('-1'), wholeNumber('1e3'), wholeNumber(undefined)]).toEqual([
      12,
      undefined,
      undefined,
      undefined,
    ]);
    expect([prefixFor(root, 'urn:d'), prefixFor(root, 'urn:p'), prefixFor(root, 'urn:x')]).toEqual(['', 'p:', undefined]);
  });

  it.each([
    ['<a></a>', '<a>FL</a>'],
    ['<a>x</a>', '<a>FxL</a>'],
    ['<a/>', '<a>FL</a>'],
    ['<p:a xmlns:p="u" />', '<p:a xmlns:p="u" >FL</p:a>'],
  ])('puts text into %s', (source, expected) => {
    expect(spliceText(source, insertInto(source, rootOf(source), 'F', 'L'))).toBe(expected);
  });
});
