// rls-services documents (RFC 4826 §4): what an edit writes, and that the rest stays byte for byte.
import { describe, expect, it } from 'vitest';
import { putService } from '../../../../main/simple/document/rls-services.ts';
import type { RlsService, RlsServicesEdit } from '../../../../main/simple/document/rls-services.ts';

const textOf = (edit: RlsServicesEdit): string => (edit.kind === 'ok' ? edit.text : edit.reason);
const OURS: RlsService = { uri: 'sip:ada-list@a', resourceList: 'http://x/list', entries: [], packages: ['presence'] };
const HEAD =
  '<?xml version="1.0"?>\n<s:rls-services xmlns:s="urn:ietf:params:xml:ns:rls-services" xmlns:l="urn:ietf:params:xml:ns:resource-lists">';
const FOREIGN = `${HEAD}<!-- kept --><s:service uri="sip:team@a"><s:list name="x"><l:entry uri="sip:b@a"/><l:list><l:entry uri="sip:c@a"/></l:list></s:list></s:service >\n</s:rls-services>`;

describe('rls-services', () => {
  it('a service that says the same is left as it is, with the lists that stand in it', () => {
    const team = { uri: 'sip:team@a', resourceList: undefined, entries: ['sip:b@a', 'sip:c@a'], packages: [] };
    expect(textOf(putService(FOREIGN, team))).toBe(FOREIGN);
    expect(textOf(putService(FOREIGN, { ...team, entries: ['sip:b@a'] }))).toBe(
      `${HEAD}<!-- kept --><s:service uri="sip:team@a"><s:list><l:entry uri="sip:b@a"/></s:list></s:service>\n</s:rls-services>`,
    );
  });

  it('a new document, and what it says', () => {
    const head =
      '<?xml version="1.0" encoding="UTF-8"?>\n<rls-services xmlns="urn:ietf:params:xml:ns:rls-services" xmlns:rl="urn:ietf:params:xml:ns:resource-lists">';
    const text = textOf(putService(undefined, OURS));
    expect(text).toBe(
      `${head}<service uri="sip:ada-list@a"><resource-list>http://x/list</resource-list><packages><package>presence</package></packages></service></rls-services>\n`,
    );
    expect(textOf(putService(text, OURS))).toBe(text);
    const inline = { ...OURS, resourceList: undefined, entries: ['sip:b@a'], packages: [] };
    expect(textOf(putService(text, inline))).toBe(
      `${head}<service uri="sip:ada-list@a"><list><rl:entry uri="sip:b@a"/></list></service></rls-services>\n`,
    );
  });

  it('others stay byte for byte', () => {
    const added = textOf(putService(FOREIGN, OURS));
    expect(added.replace(/<s:service uri="sip:ada-list@a">.*<\/s:service>(?=<\/s:rls)/, '')).toBe(FOREIGN);
    const doubled = added.replace('<!-- kept -->', '<!-- kept --><s:service uri="SIP:ada-list@A"/>');
    expect(textOf(putService(added.replace('sip:ada-list', 'SIP:ada-list'), OURS))).toBe(added);
    expect(textOf(putService(doubled, OURS)).match(/ada-list/g)).toHaveLength(1);
    expect(['<broken', '', '<x/>'].map((text) => putService(text, OURS).kind)).toEqual(['failure', 'failure', 'failure']);
  });
});
