// XCAP client against a server in memory (RFC 4825): conditions, replayed edits, credentials, errors in words.
import { describe, expect, it } from 'vitest';
import { createXcapClient } from '../../../../main/simple/xcap/xcap-client.ts';
import type { XcapClient, XcapDocument } from '../../../../main/simple/xcap/xcap-client.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { createMemoryXcap, response } from '../../../support/memory-xcap.ts';
import type { MemoryXcap } from '../../../support/memory-xcap.ts';

const RULES: XcapDocument = { auid: 'pres-rules', contentType: 'application/auth-policy+xml' };
const PATH = '/xcap-root/pres-rules/users/sip:ada@example.test/index';

function setUp(password = 'secret'): { server: MemoryXcap; client: XcapClient } {
  const server = createMemoryXcap();
  const client = createXcapClient({
    http: server.http,
    random: createFakeRandom(1),
    rootUrl: 'http://xcap.example.test/xcap-root/',
    user: 'sip:ada@example.test',
    credentials: () => ({ user: 'ada', password }),
  });
  return { server, client };
}

describe('documents', () => {
  it('are stored when absent, fetched, left alone when unchanged, changed under their tag, and deleted', async () => {
    const { server, client } = setUp();
    expect([
      await client.get(RULES),
      await client.put(RULES, '<one/>', { kind: 'absent' }),
      await client.put(RULES, '<two/>', { kind: 'absent' }),
      await client.get(RULES),
      await client.get(RULES, 'tag1'),
      await client.put(RULES, '<three/>', { kind: 'etag', etag: 'tag1' }),
      await client.put(RULES, '<four/>', { kind: 'etag', etag: 'tag1' }),
      await client.delete(RULES, { kind: 'etag', etag: 'tag1' }),
      await client.delete(RULES, { kind: 'none' }),
      await client.delete(RULES, { kind: 'none' }),
    ]).toEqual([
      { kind: 'missing' },
      { kind: 'stored', etag: 'tag1' },
      { kind: 'changed' },
      { kind: 'document', text: '<one/>', etag: 'tag1', contentType: 'application/xml' },
      { kind: 'unchanged' },
      { kind: 'stored', etag: 'tag2' },
      { kind: 'changed' },
      { kind: 'changed' },
      { kind: 'deleted' },
      { kind: 'missing' },
    ]);
    expect(new Set(server.requests.map((line) => line.split(' ')[1]))).toEqual(new Set([PATH]));
  });

  it('never name a place outside their own', () => {
    const { client } = setUp();
    const names = ['..', 'a/../b', 'a b', 'ä', 'namespace::*', '~~'].map((filename) =>
      client.urlOf({ ...RULES, filename }).slice(client.urlOf({ ...RULES, filename: 'x' }).length - 1),
    );
    expect(names).toEqual(['%2E%2E', 'a%2F..%2Fb', 'a%20b', '%C3%A4', 'namespace::*', '~~']);
  });
});

describe('edits', () => {
  const append = (text: string | undefined): string => `${text ?? ''}+mine`;

  it('start a document, and send nothing where nothing changes', async () => {
    const { server, client } = setUp();
    expect(await client.editDocument(RULES, append)).toEqual({ kind: 'stored', text: '+mine', etag: 'tag1' });
    expect(await client.editDocument(RULES, (text) => text)).toEqual({ kind: 'unchanged', text: '+mine', etag: 'tag1' });
    expect(await client.editDocument(RULES, () => undefined)).toEqual({ kind: 'unchanged', text: '+mine', etag: 'tag1' });
    expect(server.requests.filter((line) => line.startsWith('PUT')).length).toBe(1);
  });

  it('are replayed on what another device wrote in between', async () => {
    const { server, client } = setUp();
    server.write(PATH, 'old');
    const known = { text: 'old', etag: 'tag1' };
    server.write(PATH, 'theirs');
    expect(await client.editDocument(RULES, append, known)).toEqual({ kind: 'stored', text: 'theirs+mine', etag: 'tag3' });
  });

  it('give up when the document never stands still', async () => {
    const { server, client } = setUp();
    server.write(PATH, 'old');
    server.intercept = (request) => void (request.method === 'PUT' && server.write(PATH, 'theirs'));
    expect(await client.editDocument(RULES, append)).toEqual({ kind: 'failed', failure: { kind: 'changed-elsewhere' } });
    expect(server.requests.length).toBe(10);
  });
});

describe('credentials', () => {
  it('answer one challenge, then go along by themselves', async () => {
    const { server, client } = setUp();
    server.password = 'secret';
    await client.put(RULES, '<one/>', { kind: 'none' });
    await client.get(RULES);
    expect(server.requests).toEqual([`PUT ${PATH}`, `PUT ${PATH}`, `GET ${PATH}`]);
  });

  it('are not tried again and again', async () => {
    const { server, client } = setUp('wrong');
    server.password = 'secret';
    expect(await client.get(RULES)).toEqual({ kind: 'failed', failure: { kind: 'unauthenticated', status: 401, realm: 'example.test' } });
    expect(server.requests.length).toBeLessThanOrEqual(3);
  });

  it('do not leave the server they are for', async () => {
    const { server, client } = setUp();
    const hosts: string[] = [];
    server.intercept = (request) => {
      hosts.push(new URL(request.url).host);
      return response(302, { location: 'http://evil.example.test/' });
    };
    expect(await client.get(RULES)).toMatchObject({ kind: 'failed', failure: { kind: 'status', status: 302 } });
    server.intercept = (request) => {
      hosts.push(new URL(request.url).host);
      return response(302, { location: '/round/' });
    };
    expect((await client.get(RULES)).kind).toBe('failed');
    expect(new Set(hosts)).toEqual(new Set(['xcap.example.test']));
    expect(hosts.length).toBeLessThan(12);
  });
});

describe('errors', () => {
  const conflict = (inner: string): string =>
    `<?xml version="1.0"?><xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error">${inner}</xcap-error>`;

  it.each<[string, string, object]>([
    [
      'schema',
      conflict('<schema-validation-error phrase="rule 3"/>'),
      { words: 'the document does not follow its schema (rule 3)', element: 'schema-validation-error' },
    ],
    [
      'unique',
      conflict('<uniqueness-failure/>'),
      { words: 'something in the document must be unique and is not', element: 'uniqueness-failure' },
    ],
    ['unknown', conflict('<toString/>'), { words: 'the server cannot take this document', element: 'toString' }],
    ['no body', '', { words: 'the server cannot take this document', element: undefined }],
    ['hostile', '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', { words: 'the server cannot take this document', element: undefined }],
  ])('of a 409 are put in words: %s', async (_name, body, expected) => {
    const { server, client } = setUp();
    server.intercept = () => response(409, {}, body);
    const result = await client.put(RULES, '<x/>', { kind: 'none' });
    expect(result).toEqual({ kind: 'failed', failure: { kind: 'refused-document', ...expected } });
  });

  it('of the way are values', async () => {
    const { server, client } = setUp();
    const failure = { kind: 'http-failed', cause: 'refused', reason: 'no' } as const;
    server.intercept = () => failure;
    expect(await client.get(RULES)).toEqual({ kind: 'failed', failure: { kind: 'http', failure } });
    server.intercept = () => response(503, { 'retry-after': '30' });
    expect(await client.get(RULES)).toEqual({
      kind: 'failed',
      failure: { kind: 'status', status: 503, reason: 'Service Unavailable', retryAfterSeconds: 30 },
    });
  });
});

describe('capabilities', () => {
  it('are read, or unknown', async () => {
    const { server, client } = setUp();
    expect(await client.capabilities()).toEqual({ kind: 'unknown' });
    server.write(
      '/xcap-root/xcap-caps/global/index',
      '<xcap-caps xmlns="urn:ietf:params:xml:ns:xcap-caps"><auids><auid>pres-rules</auid><auid> resource-lists </auid></auids><extensions/><namespaces><namespace>urn:x</namespace></namespaces></xcap-caps>',
    );
    expect(await client.capabilities()).toEqual({
      kind: 'capabilities',
      capabilities: { auids: ['pres-rules', 'resource-lists'], extensions: [], namespaces: ['urn:x'] },
    });
    server.intercept = () => response(500);
    expect(await client.capabilities()).toEqual({ kind: 'unknown' });
    server.intercept = undefined;
    server.write('/xcap-root/xcap-caps/global/index', '<html/>');
    expect(await client.capabilities()).toEqual({ kind: 'unknown' });
  });
});
