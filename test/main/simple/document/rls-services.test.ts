// rls-services documents (RFC 4826 §4): parse, and edits that leave the rest byte for byte.
import { describe, expect, it } from 'vitest';
import { parseRlsServices, putService, removeService } from '../../../../main/simple/document/rls-services.ts';
import type { RlsService, RlsServicesEdit } from '../../../../main/simple/document/rls-services.ts';

const textOf = (edit: RlsServicesEdit): string => (edit.kind === 'ok' ? edit.text : edit.reason);
const OURS: RlsService = { uri: 'sip:ada-list@a', resourceList: 'http://x/list', entries: [], packages: ['presence'] };
const HEAD =
  '<?xml version="1.0"?>\n<s:rls-services xmlns:s="urn:ietf:params:xml:ns:rls-services" xmlns:l="urn:ietf:params:xml:ns:resource-lists">';
const FOREIGN = `${HEAD}<!-- kept --><s:service uri="sip:team@a"><s:list name="x"><l:entry uri="sip:b@a"/><l:list><l:entry uri="sip:c@a"/></l:list></s:list></s:service >\n</s:rls-services>`;

describe('rls-services', () => {
  it('are read, with lists that stand in them', () => {
    expect(parseRlsServices(FOREIGN)).toEqual({
      kind: 'ok',
      services: [{ uri: 'sip:team@a', resourceList: undefined, entries: ['sip:b@a', 'sip:c@a'], packages: [] }],
    });
    expect([parseRlsServices('<x/>').kind, parseRlsServices('').kind]).toEqual(['failure', 'failure']);
  });

  it('a new document, and what it says', () => {
    const text = textOf(putService(undefined, OURS));
    expect(parseRlsServices(text)).toEqual({ kind: 'ok', services: [OURS] });
    expect(textOf(putService(text, OURS))).toBe(text);
    const inline = { ...OURS, resourceList: undefined, entries: ['sip:b@a'], packages: [] };
    expect(parseRlsServices(textOf(putService(text, inline)))).toEqual({ kind: 'ok', services: [inline] });
  });

  it('others stay byte for byte', () => {
    const added = textOf(putService(FOREIGN, OURS));
    expect(added.replace(/<s:service uri="sip:ada-list@a">.*<\/s:service>(?=<\/s:rls)/, '')).toBe(FOREIGN);
    expect(textOf(removeService(added, 'SIP:ada-list@A'))).toBe(FOREIGN);
    expect(putService('<broken', OURS).kind).toBe('failure');
  });
});
