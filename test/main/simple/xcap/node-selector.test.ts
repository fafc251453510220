// Elements named in XCAP URIs (RFC 4825 §6.3), and what is never written.
import { describe, expect, it } from 'vitest';
import { printNodeSelector } from '../../../../main/simple/xcap/node-selector.ts';
import type { NodeStep } from '../../../../main/simple/xcap/node-selector.ts';
import { documentSelector, listElementUrl } from '../../../../main/simple/xcap/xcap-url.ts';

const CP = { cp: 'urn:ietf:params:xml:ns:common-policy' };

describe('node selectors', () => {
  it.each<[string, readonly NodeStep[], Record<string, string>, string | undefined]>([
    ['names', [{ name: 'resource-lists' }, { name: 'list' }], {}, '/~~/resource-lists/list'],
    [
      'an attribute',
      [{ name: 'cp:ruleset' }, { name: 'cp:rule', attribute: { name: 'id', value: 'a b' } }],
      CP,
      '/~~/cp:ruleset/cp:rule%5B@id=%22a%20b%22%5D?xmlns(cp=urn:ietf:params:xml:ns:common-policy)',
    ],
    ['quotes', [{ name: 'a', attribute: { name: 'b', value: '"' } }], {}, '/~~/a%5B@b=%27%22%27%5D'],
    ['both quotes', [{ name: 'a', attribute: { name: 'b', value: '"\'' } }], {}, undefined],
    ['a namespace with signs', [{ name: 'x:a' }], { x: 'u(1)?#' }, '/~~/x:a?xmlns(x=u%5E(1%5E)%3F%23)'],
    ['the namespace axis', [{ name: 'a' }, { name: 'namespace::*' }], {}, undefined],
    ['a prefix nobody declared', [{ name: 'cp:a' }], {}, undefined],
    ['a slash', [{ name: 'a/b' }], {}, undefined],
    ['nothing', [], {}, undefined],
  ])('%s', (_name, steps, namespaces, expected) => {
    expect(printNodeSelector({ steps, namespaces })).toBe(expected);
  });

  it('lists, and documents below the root', () => {
    expect(listElementUrl('http://x/root/', 'sip:a@b', 'contacts')).toBe(
      'http://x/root/resource-lists/users/sip:a@b/index/~~/resource-lists/list%5B@name=%22contacts%22%5D',
    );
    expect(documentSelector('pres-rules', 'sip:a@b', 'index')).toBe('pres-rules/users/sip:a@b/index');
  });
});
