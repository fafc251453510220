// Changes made by other devices: notified by xcap-diff, or found by asking; and single elements put and deleted.
import { describe, expect, it } from 'vitest';
import { createSubscriber } from '../../../../main/simple/event/subscriber.ts';
import { OFFLINE_PRESENCE, offersOfflinePresence, tookOfflinePresence } from '../../../../main/simple/xcap/offline-presence.ts';
import { watchDocuments } from '../../../../main/simple/xcap/watch-documents.ts';
import { createXcapClient } from '../../../../main/simple/xcap/xcap-client.ts';
import type { XcapDocument } from '../../../../main/simple/xcap/xcap-client.ts';
import type { Dialog } from '../../../../main/sip/index.ts';
import { createTestInternet } from '../../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { createMemoryXcap, response } from '../../../support/memory-xcap.ts';
import { ADA, CLIENT_ADDRESS, createScriptedServer } from '../../../support/scripted-server.ts';

const RULES: XcapDocument = { auid: 'pres-rules', contentType: 'application/auth-policy+xml' };
const LISTS: XcapDocument = { auid: 'resource-lists', contentType: 'application/resource-lists+xml' };
const USER = 'sip:ada@192.0.2.100';
const pathOf = ({ auid }: XcapDocument): string => `/root/${auid}/users/${USER}/index`;

async function setUp(isSubscribing: boolean) {
  const net = createTestInternet();
  const { clock } = net;
  const server = await createScriptedServer(net);
  const endpoint = await net.endpoint(CLIENT_ADDRESS);
  const random = createFakeRandom(2);
  const documents = createMemoryXcap();
  const xcap = createXcapClient({ http: documents.http, random, rootUrl: 'http://x/root', user: USER, credentials: () => undefined });
  const subscriber = createSubscriber({ endpoint, clock, random, log: () => undefined, address: ADA, event: 'xcap-diff' });
  const said: string[] = [];
  let dialog: Dialog | undefined;
  server.script(
    'SUBSCRIBE',
    (request) => {
      dialog ??= server.dialogFor(request, 't');
      return { status: 200, headers: [{ name: 'Expires', value: '600' }], contact: { user: 'xcap' }, toTag: 't' };
    },
    'xcap-diff',
  );
  const watch = watchDocuments({
    xcap,
    ...(isSubscribing ? { subscriber } : {}),
    target: ADA,
    user: USER,
    clock,
    random,
    log: () => undefined,
    documents: [RULES, LISTS],
    onChanged: ({ auid }, found) => said.push(`${auid} ${found.kind === 'document' ? found.text : 'missing'}`),
    onWay: (way) => said.push(way),
  });
  const notify = async (...changes: readonly [XcapDocument, string | undefined][]): Promise<void> => {
    await clock.until(() => dialog !== undefined);
    const rows = changes.map(([{ auid }, newEtag]) => {
      const etag = newEtag === undefined ? '' : ` new-etag='${newEtag}'`;
      return `<document sel="${auid}/users/sip%3Aada@192.0.2.100/index"${etag}/>`;
    });
    const sent = server.notify(dialog!, 'xcap-diff', 'active;expires=600', {
      contentType: 'application/xcap-diff+xml',
      text: `<xcap-diff xmlns="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://x/root/">${rows.join('')}</xcap-diff>`,
    });
    dialog = sent.dialog;
    await clock.run(sent.outcome);
    await clock.settle();
  };
  return { clock, server, documents, xcap, watch, said, notify };
}

describe('documents are watched', () => {
  it('by notices, where the server sends them', async () => {
    const { clock, server, documents, watch, said, notify } = await setUp(true);
    documents.write(pathOf(RULES), '<one/>');
    watch.setKnown(RULES, 'tag1');
    watch.setKnown(LISTS, undefined);
    await notify([RULES, 'tag1']);
    documents.write(pathOf(RULES), '<two/>');
    await notify([RULES, '"tag2"'], [LISTS, undefined]);
    documents.documents.delete(pathOf(RULES));
    await notify([RULES, undefined]);
    expect(said).toEqual(['notified', 'pres-rules <two/>', 'pres-rules missing']);
    expect(new TextDecoder().decode(server.requests[0]?.body)).toContain(`<entry uri="pres-rules/users/${USER}/index"/>`);
    const before = documents.requests.length;
    await clock.advance(300_000);
    expect(documents.requests.length).toBe(before);
    await clock.run(watch.stop(), 5_000);
  });

  it('by asking, where it does not; what is not known is no change, what we stored is none', async () => {
    const { clock, documents, watch, said } = await setUp(false);
    documents.write(pathOf(RULES), '<one/>');
    await clock.advance(60_000);
    expect(documents.requests).toEqual([]);
    watch.setKnown(RULES, 'tag1');
    watch.setKnown(LISTS, undefined);
    await clock.advance(80_000);
    documents.write(pathOf(LISTS), '<list/>');
    await clock.advance(40_000);
    documents.write(pathOf(RULES), '<two/>');
    watch.setKnown(RULES, 'tag3');
    watch.checkNow();
    await clock.advance(40_000);
    expect(said).toEqual(['resource-lists <list/>']);
    await watch.stop();
    const count = documents.requests.length;
    await clock.advance(100_000);
    expect([documents.requests.length, clock.pendingTimers()]).toEqual([count, 0]);
  });
});

describe('elements', () => {
  const selector = { steps: [{ name: 'list' }], namespaces: {} };
  it.each<[string, ReturnType<typeof response>, string]>([
    ['as RFC 4825 says', response(200, { 'content-type': 'application/xcap-el+xml; charset=utf-8' }, '<list/>'), 'yes'],
    ['as Kamailio answers', response(200, { 'content-type': 'application/resource-lists+xml' }, '<list/>'), 'no'],
    ['not there', response(404), 'missing'],
    ['not done', response(405), 'no'],
    ['broken by the question', response(500), 'no'],
    ['broken', response(503), 'unknown'],
  ])('can be named: %s', async (_name, answer, verdict) => {
    const { documents, xcap } = await setUp(false);
    documents.intercept = () => answer;
    expect(await xcap.canNameNodes(LISTS, selector)).toBe(verdict);
  });

  it('are put and deleted under the condition of their document', async () => {
    const { documents, xcap } = await setUp(false);
    const seen: unknown[] = [];
    documents.intercept = ({ method, url, headers, body }) => {
      seen.push([method, url, headers['if-match'], headers['content-type'], body === undefined ? '' : new TextDecoder().decode(body)]);
      return response(200, { etag: '"new"' });
    };
    expect([
      await xcap.putNode(LISTS, selector, '<list/>', { kind: 'etag', etag: 'old' }),
      await xcap.deleteNode(LISTS, selector, { kind: 'etag', etag: 'new' }),
      (await xcap.putNode(LISTS, { steps: [{ name: 'namespace::*' }], namespaces: {} }, '', { kind: 'none' })).kind,
    ]).toEqual([{ kind: 'stored', etag: 'new' }, { kind: 'deleted' }, 'failed']);
    const url = `http://x/root/resource-lists/users/${USER}/index/~~/list`;
    expect(seen).toEqual([
      ['PUT', url, '"old"', 'application/xcap-el+xml', '<list/>'],
      ['DELETE', url, '"new"', undefined, ''],
    ]);
  });
});

describe('presence kept while offline (RFC 4827)', () => {
  it('is offered where the server says so, and tried where it says nothing', () => {
    const offered = (auids: readonly string[]) =>
      offersOfflinePresence({ kind: 'capabilities', capabilities: { auids, extensions: [], namespaces: [] } });
    expect([offered([OFFLINE_PRESENCE.auid]), offered(['pres-rules']), offersOfflinePresence({ kind: 'unknown' })]).toEqual([
      'yes',
      'no',
      'try',
    ]);
    const status = (code: number) =>
      tookOfflinePresence({ kind: 'failed', failure: { kind: 'status', status: code, reason: '', retryAfterSeconds: undefined } });
    expect([tookOfflinePresence({ kind: 'stored', etag: 'a' }), status(404), status(503)]).toEqual([true, false, undefined]);
  });
});
