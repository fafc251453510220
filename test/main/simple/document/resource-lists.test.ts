// Contact lists: the RFC's document, and edits that leave everything else byte for byte (RFC 4826 §3).
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  allEntries,
  parseResourceLists,
  putEntries,
  removeEntries,
  type ListEntry,
  type ResourceLists,
} from '../../../../main/simple/document/resource-lists.ts';

const RFC_EXAMPLE = readFileSync(new URL('../../../rfc/document/rfc4826-3.3.xml', import.meta.url), 'utf8');

function listsOf(text: string): ResourceLists {
  const parsed = parseResourceLists(text);
  if (parsed.kind === 'failure') throw new Error(parsed.reason);
  return parsed.document;
}

function edited(result: ReturnType<typeof putEntries>): string {
  if (result.kind === 'failure') throw new Error(result.reason);
  return result.text;
}

const ENTRY = (uri: string, displayName = ''): ListEntry => ({ uri, displayName });

describe('parseResourceLists', () => {
  it('RFC 4826 §3.3', () => {
    expect(listsOf(RFC_EXAMPLE)).toEqual({
      lists: [
        {
          name: 'friends',
          displayName: '',
          entries: [ENTRY('sip:bill@example.com', 'Bill Doe')],
          lists: [
            {
              name: 'close-friends',
              displayName: 'Close Friends',
              entries: [ENTRY('sip:joe@example.com', 'Joe Smith'), ENTRY('sip:nancy@example.com', 'Nancy Gross')],
              lists: [],
              entryRefs: [],
              externals: [
                'http://xcap.example.org/resource-lists/users/sip:a@example.org/index/~~/resource-lists/list%5b@name=%22mkting%22%5d',
              ],
            },
          ],
          entryRefs: [
            'resource-lists/users/sip:bill@example.com/index/~~/resource-lists/list%5b@name=%22list1%22%5d/entry%5b@uri=%22sip:petri@example.com%22%5d',
          ],
          externals: [],
        },
      ],
    });
  });

  it('gives each person once', () => {
    const text = RFC_EXAMPLE.replace('sip:nancy@example.com', 'pres:bill@EXAMPLE.com');
    expect(allEntries(listsOf(text))).toEqual([ENTRY('sip:bill@example.com', 'Bill Doe'), ENTRY('sip:joe@example.com', 'Joe Smith')]);
  });

  it.each([
    ['another document', '<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"/>'],
    ['hostile', '<!DOCTYPE a [<!ENTITY b "c">]><resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">&b;</resource-lists>'],
  ])('refuses: %s', (_name, text) => {
    expect([parseResourceLists(text).kind, putEntries(text, [ENTRY('sip:a@b')]).kind, removeEntries(text, ['sip:a@b']).kind]).toEqual([
      'failure',
      'failure',
      'failure',
    ]);
  });
});

describe('edits', () => {
  it('makes a new document', () => {
    expect(edited(putEntries(undefined, [ENTRY('sip:bob@example.org', 'Bob & Co')]))).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="contacts"><entry uri="sip:bob@example.org"><display-name>Bob &amp; Co</display-name></entry></list></resource-lists>\n',
    );
  });

  it.each([
    [
      'the name in place',
      '<entry uri="sip:b@h"><x:y xmlns:x="u"/><display-name xml:lang="en">Old</display-name></entry>',
      'New',
      '<entry uri="sip:b@h"><x:y xmlns:x="u"/><display-name xml:lang="en">New</display-name></entry>',
    ],
    ['a name where there was none', '<entry uri="sips:b@H" />', 'New', '<entry uri="sips:b@H" ><display-name>New</display-name></entry>'],
    [
      'an empty name element',
      '<entry uri="sip:b@h"><display-name/></entry>',
      'New',
      '<entry uri="sip:b@h"><display-name>New</display-name></entry>',
    ],
    ['no name any more', '<entry uri="sip:b@h"><display-name>Old</display-name></entry>', '', '<entry uri="sip:b@h"></entry>'],
    [
      'nothing',
      '<entry uri="sip:b@h"><display-name> Old </display-name></entry>',
      'Old',
      '<entry uri="sip:b@h"><display-name> Old </display-name></entry>',
    ],
  ])('renames: %s', (_name, before, displayName, after) => {
    const around = (inner: string): string =>
      `<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="x"><list>${inner}</list></list></resource-lists>`;
    expect(edited(putEntries(around(before), [ENTRY('sip:b@h', displayName)]))).toBe(around(after));
  });

  it('uses the prefix of the document', () => {
    const text = '<r:resource-lists xmlns:r="urn:ietf:params:xml:ns:resource-lists"><r:list name="contacts"/></r:resource-lists>';
    expect(edited(putEntries(text, [ENTRY('sip:b@h', 'B')]))).toBe(
      '<r:resource-lists xmlns:r="urn:ietf:params:xml:ns:resource-lists"><r:list name="contacts"><r:entry uri="sip:b@h"><r:display-name>B</r:display-name></r:entry></r:list></r:resource-lists>',
    );
  });

  it('adding and removing leaves the rest byte for byte', () => {
    const text = RFC_EXAMPLE.replace('name="friends"', 'name="contacts"').replaceAll('\n', '\r\n');
    const uris = fc.uniqueArray(fc.constantFrom('sip:a@h', 'sip:b%20c@h', 'sip:d&e@h', 'pres:f@h'), { minLength: 1 });
    fc.assert(
      fc.property(uris, fc.string({ unit: 'grapheme', maxLength: 10 }), (added, displayName) => {
        const full = added.reduce((before, uri) => edited(putEntries(before, [ENTRY(uri, displayName)])), text);
        expect(allEntries(listsOf(full)).map(({ uri }) => uri)).toEqual(expect.arrayContaining(added));
        expect(added.reduce((before, uri) => edited(removeEntries(before, [uri])), full)).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it('many at once are as one after the other', () => {
    const text = RFC_EXAMPLE.replace('name="friends"', 'name="contacts"');
    const uri = fc.constantFrom('sip:a@h', 'pres:c@H', 'sip:bill@example.com', 'sip:joe@example.com', 'sip:nancy@example.com');
    const entry = fc.record({ uri, displayName: fc.constantFrom('', 'A', 'B & C') });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ uri: one }) => one }), fc.array(uri), (entries, gone) => {
        const full = edited(putEntries(text, entries));
        expect(full).toBe(entries.reduce((before, each) => edited(putEntries(before, [each])), text));
        expect(edited(removeEntries(full, gone))).toBe(gone.reduce((before, each) => edited(removeEntries(before, [each])), full));
      }),
      { numRuns: 60 },
    );
  });

  it('never throws on mutated documents', () => {
    fc.assert(
      fc.property(fc.nat(RFC_EXAMPLE.length), fc.nat(40), fc.string({ unit: 'binary', maxLength: 8 }), (at, cut, put) => {
        const text = RFC_EXAMPLE.slice(0, at) + put + RFC_EXAMPLE.slice(at + cut);
        expect(['ok', 'failure']).toContain(putEntries(text, [ENTRY('sip:bill@example.com', 'x')]).kind);
      }),
      { numRuns: 100 },
    );
  });
});
