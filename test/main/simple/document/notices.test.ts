// The small documents: is-composing, IMDN, RLMI, xcap-diff, xcap-caps and xcap-error.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IMDN_STATUSES, parseImdn, printImdn, type Imdn, type ImdnKind } from '../../../../main/simple/document/imdn.ts';
import { parseIsComposing, printIsComposing } from '../../../../main/simple/document/is-composing.ts';
import { parseRlmi, type RlmiDocument } from '../../../../main/simple/document/rlmi.ts';
import { parseXcapCapabilities, parseXcapError } from '../../../../main/simple/document/xcap-caps.ts';
import { parseXcapDiff } from '../../../../main/simple/document/xcap-diff.ts';
import { printRlmi } from '../../../support/print-rlmi.ts';

const instant = fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 }), { nil: undefined });
const text = fc.option(fc.stringMatching(/^[a-z<&>"@:.-]{1,10}$/), { nil: undefined });

describe('is-composing (RFC 3994)', () => {
  it('reads what clients send', () => {
    const source =
      '<?xml version="1.0" encoding="UTF-8"?>\n<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:ietf:params:xml:ns:im-composing iscomposing.xsd">\n<state>active</state><contenttype>text/plain</contenttype><lastactive>2003-01-27T10:43:00Z</lastactive><refresh>60</refresh></isComposing>';
    expect(parseIsComposing(source)).toEqual({
      kind: 'ok',
      document: { state: 'active', contentType: 'text/plain', lastActiveMs: Date.UTC(2003, 0, 27, 10, 43), refreshSeconds: 60 },
    });
  });

  it.each([
    [
      'unknown state counts as idle',
      '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>thinking</state><refresh>-1</refresh></isComposing>',
      { kind: 'ok', document: { state: 'idle', contentType: undefined, lastActiveMs: undefined, refreshSeconds: undefined } },
    ],
    [
      'no state',
      '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"/>',
      { kind: 'failure', reason: 'is-composing without a state', offset: 0 },
    ],
    ['another document', '<a/>', { kind: 'failure', reason: 'not an is-composing document', offset: 0 }],
  ])('%s', (_name, source, expected) => {
    expect(parseIsComposing(source)).toEqual(expected);
  });

  it('what is printed reads back the same', () => {
    const value = fc.record({
      state: fc.constantFrom('active' as const, 'idle' as const),
      contentType: text,
      lastActiveMs: instant,
      refreshSeconds: fc.option(fc.nat(), { nil: undefined }),
    });
    fc.assert(
      fc.property(value, (document) => {
        expect(parseIsComposing(printIsComposing(document))).toEqual({ kind: 'ok', document });
      }),
    );
  });
});

describe('IMDN (RFC 5438)', () => {
  it('RFC 5438 §7.2 display notification', () => {
    const source =
      '<?xml version="1.0" encoding="UTF-8"?><imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>34jk324j</message-id><datetime>2008-04-04T12:16:49-05:00</datetime><recipient-uri>im:bob@example.com</recipient-uri><original-recipient-uri>im:bob@example.com</original-recipient-uri><display-notification><status><displayed/></status></display-notification></imdn>';
    expect(parseImdn(source)).toEqual({
      kind: 'ok',
      document: {
        messageId: '34jk324j',
        dateTimeMs: Date.UTC(2008, 3, 4, 17, 16, 49),
        kind: 'display',
        status: 'displayed',
        recipientUri: 'im:bob@example.com',
        originalRecipientUri: 'im:bob@example.com',
        subject: undefined,
      },
    });
  });

  it.each([
    ['no message-id', '<imdn xmlns="urn:ietf:params:xml:ns:imdn"/>', 'imdn without a message-id'],
    [
      'status of another kind',
      '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>1</message-id><delivery-notification><status><displayed/></status></delivery-notification></imdn>',
      'imdn without a known status',
    ],
    ['another document', '<imdn/>', 'not an imdn document'],
  ])('refuses: %s', (_name, source, reason) => {
    expect(parseImdn(source)).toEqual({ kind: 'failure', reason, offset: 0 });
  });

  it('what is printed reads back the same', () => {
    const kinds: fc.Arbitrary<ImdnKind> = fc.constantFrom('delivery', 'processing', 'display');
    const pair = kinds.chain((kind) => fc.constantFrom(...IMDN_STATUSES[kind]).map((status) => ({ kind, status })));
    const rest = fc.record({
      messageId: fc.stringMatching(/^[a-z<&]{1,8}$/),
      dateTimeMs: instant,
      recipientUri: text,
      originalRecipientUri: text,
      subject: text,
    });
    fc.assert(
      fc.property(pair, rest, (first, second) => {
        const document: Imdn = { ...first, ...second };
        expect(parseImdn(printImdn(document))).toEqual({ kind: 'ok', document });
      }),
    );
  });
});

describe('RLMI (RFC 4662)', () => {
  it('reads full and partial, with and without instances', () => {
    const source =
      '<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="sip:friends@example.org" version="1" fullState="true"><name xml:lang="en">Friends</name><resource uri="sip:bob@example.org"><name>Bob</name><instance id="juw" state="active" cid="b@h"/></resource><resource uri="sip:carol@example.org"/><resource><instance id="x" state="active"/></resource><resource uri="sip:dave@example.org"><instance id="y" state="terminated" reason="noresource"/><instance id="z" state="odd"/></resource></list>';
    expect(parseRlmi(source)).toEqual({
      kind: 'ok',
      document: {
        uri: 'sip:friends@example.org',
        version: 1,
        isFullState: true,
        name: 'Friends',
        resources: [
          { uri: 'sip:bob@example.org', name: 'Bob', instances: [{ id: 'juw', state: 'active', reason: undefined, contentId: 'b@h' }] },
          { uri: 'sip:carol@example.org', name: undefined, instances: [] },
          {
            uri: 'sip:dave@example.org',
            name: undefined,
            instances: [{ id: 'y', state: 'terminated', reason: 'noresource', contentId: undefined }],
          },
        ],
      },
    });
    expect(parseRlmi('<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="a"/>')).toEqual({
      kind: 'failure',
      reason: 'rlmi without a version',
      offset: 0,
    });
  });

  it('what is printed reads back the same', () => {
    const word = fc.stringMatching(/^[a-z<&@:]{1,8}$/);
    const instance = fc.record({
      id: word,
      state: fc.constantFrom('active' as const, 'pending' as const, 'terminated' as const),
      reason: text,
      contentId: text,
    });
    const resource = fc.record({ uri: word, name: text, instances: fc.array(instance, { maxLength: 2 }) });
    const value: fc.Arbitrary<RlmiDocument> = fc.record({
      uri: word,
      version: fc.nat(),
      isFullState: fc.boolean(),
      name: text,
      resources: fc.array(resource, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(value, (document) => {
        expect(parseRlmi(printRlmi(document))).toEqual({ kind: 'ok', document });
      }),
    );
  });
});

describe('XCAP documents', () => {
  it('reads changes of documents, elements and attributes (RFC 5874)', () => {
    const source =
      '<d:xcap-diff xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:d="urn:ietf:params:xml:ns:xcap-diff" xcap-root="https://xcap.example.org/"><d:document new-etag="7" sel="rules/users/sip:a@b/index" previous-etag="6"/><d:document previous-etag="3" sel="gone"/><d:document new-etag="8" sel="same" previous-etag="7"><d:body-not-changed/></d:document><d:document/><d:element sel="x/~~/y"><entry uri="sip:b@h"/></d:element><d:element sel="z" exists="false"/><d:attribute sel="x/@n"> v </d:attribute></d:xcap-diff>';
    expect(parseXcapDiff(source)).toEqual({
      kind: 'ok',
      document: {
        xcapRoot: 'https://xcap.example.org/',
        documents: [
          { selector: 'rules/users/sip:a@b/index', newEtag: '7', previousEtag: '6', isBodyUnchanged: false },
          { selector: 'gone', newEtag: undefined, previousEtag: '3', isBodyUnchanged: false },
          { selector: 'same', newEtag: '8', previousEtag: '7', isBodyUnchanged: true },
        ],
        components: [
          { kind: 'element', selector: 'x/~~/y', exists: true, value: '<entry uri="sip:b@h"/>' },
          { kind: 'element', selector: 'z', exists: false, value: undefined },
          { kind: 'attribute', selector: 'x/@n', exists: true, value: ' v ' },
        ],
      },
    });
  });

  it('reads capabilities and errors (RFC 4825 §11, §12)', () => {
    const caps =
      '<xcap-caps xmlns="urn:ietf:params:xml:ns:xcap-caps"><auids><auid>pres-rules</auid><auid> resource-lists </auid></auids><extensions/><namespaces><namespace>urn:ietf:params:xml:ns:pres-rules</namespace></namespaces></xcap-caps>';
    expect(parseXcapCapabilities(caps)).toEqual({
      kind: 'ok',
      document: { auids: ['pres-rules', 'resource-lists'], extensions: [], namespaces: ['urn:ietf:params:xml:ns:pres-rules'] },
    });
    const error = '<xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error"><schema-validation-error phrase="no such element"/></xcap-error>';
    expect(parseXcapError(error)).toEqual({ kind: 'ok', document: { condition: 'schema-validation-error', phrase: 'no such element' } });
    expect([parseXcapError(caps).kind, parseXcapCapabilities(error).kind, parseXcapDiff(caps).kind]).toEqual([
      'failure',
      'failure',
      'failure',
    ]);
  });
});
