// One rule of many is stored alone where the server does that byte for byte; where it does not, the document is stored whole, and for good.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneRuleChanged } from '../../../../main/simple/xcap/one-rule-changed.ts';
import type { NodeKnowledge } from '../../../../main/simple/xcap/store-one-rule.ts';
import { createXcapClient } from '../../../../main/simple/xcap/xcap-client.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { createMemoryXcap, response, type MemoryXcap } from '../../../support/memory-xcap.ts';

const FOREIGN = '<cp:rule  id="x1" ><!-- kept --><cp:actions\n/></cp:rule>';
const rule = (id: string, handling: string): string =>
  `<cp:rule id="${id}"><cp:actions><pr:sub-handling>${handling}</pr:sub-handling></cp:actions></cp:rule>`;
const rules = (...texts: string[]): string =>
  `<?xml version="1.0"?>\n<cp:ruleset xmlns:cp="urn:ietf:params:xml:ns:common-policy" xmlns:pr="urn:ietf:params:xml:ns:pres-rules">\n  ${texts.join('\n  ')}\n</cp:ruleset>\n`;

const BEFORE = rules(rule('a', 'block'), FOREIGN, rule('b', 'allow'));
const AFTER = rules(rule('a', 'polite-block'), FOREIGN, rule('b', 'allow'));

describe('oneRuleChanged', () => {
  const found = (before: string, after: string): unknown => {
    const changed = oneRuleChanged(before, after);
    return changed && [changed.selector.steps.at(-1)?.attribute?.value, changed.text];
  };

  it.each<[string, string, string, unknown]>([
    ['the first', BEFORE, AFTER, ['a', rule('a', 'polite-block')]],
    ['the last', BEFORE, rules(rule('a', 'block'), FOREIGN, rule('b', 'confirm')), ['b', rule('b', 'confirm')]],
    ['a foreign one', BEFORE, BEFORE.replace('<!-- kept -->', ''), ['x1', FOREIGN.replace('<!-- kept -->', '')]],
    ['nothing', BEFORE, BEFORE, undefined],
    ['a rule came', BEFORE, rules(rule('n', 'allow'), rule('a', 'block'), FOREIGN, rule('b', 'allow')), undefined],
    ['a rule came at the end', BEFORE, rules(rule('a', 'block'), FOREIGN, rule('b', 'allow'), rule('c', 'allow')), undefined],
    ['a rule went', BEFORE, rules(FOREIGN, rule('b', 'allow')), undefined],
    ['two changed', BEFORE, rules(rule('a', 'allow'), FOREIGN, rule('b', 'block')), undefined],
    ['another id', BEFORE, rules(rule('c', 'block'), FOREIGN, rule('b', 'allow')), undefined],
    ['the order', BEFORE, rules(rule('b', 'allow'), FOREIGN, rule('a', 'block')), undefined],
    ['what is no rule', '<a>1</a>', '<a>2</a>', undefined],
    ['the root', BEFORE, BEFORE.replace('xmlns:pr', 'xmlns:pR'), undefined],
    ['an empty document', '', AFTER, undefined],
  ])('%s', (_name, before, after, expected) => {
    expect(found(before, after)).toEqual(expected);
  });

  it('what it finds, put in the place of the rule, is the document', () => {
    const aRule = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('allow', 'block', 'confirm'), fc.boolean());
    const aList = fc.uniqueArray(aRule, { selector: ([id]) => id });
    const print = (list: readonly [string, string, boolean][]): string =>
      rules(...list.map(([id, handling, isForeign]) => (isForeign ? FOREIGN.replace('x1', id) : rule(id, handling))));
    fc.assert(
      fc.property(aList, aList, (one, other) => {
        const [before, after] = [print(one), print(other)];
        const changed = oneRuleChanged(before, after);
        if (changed === undefined) return;
        const id = changed.selector.steps[1]?.attribute?.value;
        const was = before.match(new RegExp(`<cp:rule\\s+id="${id}"[^]*?</cp:rule>`, 'u'))?.[0] ?? '';
        expect(before.replace(was, () => changed.text)).toBe(after);
      }),
    );
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        (one, other) => void oneRuleChanged(`<rule id="1">${one}</rule>`, `<rule id="1">${other}</rule>`),
      ),
    );
  });
});

const DOCUMENT = { auid: 'pres-rules', contentType: 'application/auth-policy+xml' };
const PATH = '/root/pres-rules/users/sip:ada@example.org/index';

/** Serves single rules (RFC 4825 §7.9, §7.4) of the one document; `write` makes the new text of it. */
function servesRules(server: MemoryXcap, write: (text: string, was: string, is: string) => string): void {
  server.intercept = (request) => {
    const [path = '', selector] = decodeURIComponent(new URL(request.url).pathname).split('/~~/');
    const id = /@id="([^"]*)"/u.exec(selector ?? '')?.[1];
    const document = server.documents.get(path);
    if (id === undefined || document === undefined) return undefined;
    const was = document.text.match(new RegExp(`<cp:rule\\s+id="${id}"[^]*?</cp:rule>`, 'u'))?.[0];
    if (was === undefined) return response(404);
    if (request.method === 'GET') return response(200, { 'content-type': 'application/xcap-el+xml' }, was);
    if (request.headers['if-match'] !== `"${document.etag}"`) return response(412);
    server.write(path, write(document.text, was, new TextDecoder().decode(request.body)));
    return response(200, { etag: `"${server.documents.get(path)?.etag ?? ''}"` });
  };
}

function setUp(works?: boolean) {
  const server = createMemoryXcap();
  server.write(PATH, BEFORE);
  const learned: boolean[] = [];
  const nodes: NodeKnowledge & { works: boolean | undefined } = {
    works,
    learned(value) {
      nodes.works = value;
      learned.push(value);
    },
  };
  const options = { http: server.http, random: createFakeRandom(1), rootUrl: 'https://xcap.example.org/root', user: 'sip:ada@example.org' };
  const client = createXcapClient({ ...options, credentials: () => undefined, nodes });
  const edit = (from: string, to: string) => client.editDocument(DOCUMENT, (text) => (text ?? '').replace(`>${from}<`, `>${to}<`));
  const asked = (): string[] => server.requests.splice(0).map((line) => line.replace(PATH, '').replace(/cp:ruleset.*/u, 'rule'));
  return { server, learned, edit, asked, text: () => server.documents.get(PATH)?.text };
}

describe('storing one rule', () => {
  it('is tried once, compared byte for byte, and then done without asking again', async () => {
    const { server, learned, edit, asked, text } = setUp();
    servesRules(server, (document, was, is) => document.replace(was, () => is));
    expect(await edit('block', 'polite-block')).toMatchObject({ kind: 'stored', text: AFTER });
    expect([learned, text(), asked()]).toEqual([[true], AFTER, ['GET ', 'GET /~~/rule', 'PUT /~~/rule', 'GET ']]);
    expect(await edit('polite-block', 'block')).toMatchObject({ kind: 'stored', text: BEFORE });
    expect([learned, text(), asked()]).toEqual([[true], BEFORE, ['GET ', 'PUT /~~/rule']]);
  });

  it.each<[string, (server: MemoryXcap) => void, readonly string[]]>([
    ['a server without them', () => undefined, ['GET ', 'GET /~~/rule', 'PUT ']],
    [
      'a server that names them as another type',
      (server) =>
        (server.intercept = (request) => (request.url.includes('~~') ? response(200, { 'content-type': 'text/xml' }, 'x') : undefined)),
      ['GET ', 'GET /~~/rule', 'PUT '],
    ],
    [
      'a server that refuses the piece',
      (server) => {
        servesRules(server, (document) => document);
        const serve = server.intercept;
        server.intercept = (request) => (request.url.includes('~~') && request.method === 'PUT' ? response(409) : serve?.(request));
      },
      ['GET ', 'GET /~~/rule', 'PUT /~~/rule', 'PUT '],
    ],
    [
      'a server that writes other white space',
      (server) => servesRules(server, (document, was, is) => document.replace(was, () => is.replaceAll('><', '>\n<'))),
      ['GET ', 'GET /~~/rule', 'PUT /~~/rule', 'GET ', 'GET '],
    ],
  ])('%s gets the whole document, from then on too', async (_name, prepare, expected) => {
    const { server, learned, edit, asked, text } = setUp();
    prepare(server);
    await edit('block', 'polite-block');
    expect([asked(), text()?.includes('polite-block'), text()?.includes(FOREIGN)]).toEqual([expected, true, true]);
    expect(learned).toEqual([false]);
    await edit('polite-block', 'allow');
    expect(asked()).toEqual(['GET ', 'PUT ']);
  });

  it('another device that wrote meanwhile is seen, and nothing of it is lost', async () => {
    const { server, edit, text } = setUp(true);
    servesRules(server, (document, was, is) => document.replace(was, () => is));
    const serve = server.intercept;
    let isFirst = true;
    server.intercept = (request) => {
      if (request.method === 'PUT' && isFirst) {
        isFirst = false;
        server.write(PATH, BEFORE.replace('allow', 'confirm'));
      }
      return serve?.(request);
    };
    await edit('block', 'polite-block');
    expect(text()).toBe(AFTER.replace('>allow', '>confirm'));
  });
});
