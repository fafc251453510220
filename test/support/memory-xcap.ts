// An XCAP server in memory, behind the HTTP door: ETags, conditions, digest, and faults that a test asks for.
import { createHash } from 'node:crypto';
import type { HttpClient, HttpFailure, HttpRequest, HttpResponse } from '../../main/simple/xcap/http-client.ts';

export interface MemoryXcap {
  readonly http: HttpClient;
  /** By decoded path. */
  readonly documents: Map<string, { text: string; etag: string }>;
  /** `METHOD path` of everything that arrived, oldest first. */
  readonly requests: string[];
  /** Answers instead of the server when it returns something. */
  intercept: ((request: HttpRequest) => HttpResponse | HttpFailure | undefined) | undefined;
  /** Set to ask for this password; undefined asks for nobody. */
  password: string | undefined;
  /** Writes a document as another device would. */
  write(path: string, text: string): void;
}

const REALM = 'example.test';

export function createMemoryXcap(): MemoryXcap {
  let count = 0;
  const server: MemoryXcap = {
    documents: new Map(),
    requests: [],
    intercept: undefined,
    password: undefined,
    write: (path, text) => void server.documents.set(path, { text, etag: `tag${++count}` }),
    http: {
      async request(request) {
        await Promise.resolve();
        const path = decodeURIComponent(new URL(request.url).pathname);
        server.requests.push(`${request.method} ${path}`);
        const instead = server.intercept?.(request);
        if (instead !== undefined) return instead;
        return isAuthorized(server, request) ? answer(server, request, path) : challenge();
      },
      close: () => undefined,
    },
  };
  return server;
}

export function response(status: number, headers: Record<string, string> = {}, text = ''): HttpResponse {
  return { kind: 'response', status, headers, body: new TextEncoder().encode(text) };
}

function answer(server: MemoryXcap, request: HttpRequest, path: string): HttpResponse {
  const document = server.documents.get(path);
  const isMet = isConditionMet(request, document?.etag);
  if (request.method === 'GET') {
    if (document === undefined) return response(404);
    return isMet ? response(200, { etag: `"${document.etag}"`, 'content-type': 'application/xml' }, document.text) : response(304);
  }
  if (!isMet) return response(412);
  if (request.method === 'DELETE') return response(server.documents.delete(path) ? 200 : 404);
  if (request.method !== 'PUT') return response(405);
  server.write(path, new TextDecoder().decode(request.body));
  return response(document === undefined ? 201 : 200, { etag: `"${server.documents.get(path)?.etag ?? ''}"` });
}

function isConditionMet(request: HttpRequest, etag: string | undefined): boolean {
  const match = request.headers['if-match'];
  const noneMatch = request.headers['if-none-match'];
  if (match !== undefined && match !== `"${etag ?? ''}"`) return false;
  return noneMatch === undefined || (noneMatch === '*' ? etag === undefined : noneMatch !== `"${etag ?? ''}"`);
}

function challenge(): HttpResponse {
  return response(401, { 'www-authenticate': `Digest realm="${REALM}", nonce="n1", qop="auth", algorithm=MD5` });
}

function isAuthorized(server: MemoryXcap, request: HttpRequest): boolean {
  if (server.password === undefined) return true;
  const field = request.headers['authorization'] ?? '';
  const value = (name: string): string => new RegExp(`${name}="?([^",]*)"?`).exec(field)?.[1] ?? '';
  const user = /username="([^"]*)"/.exec(field)?.[1] ?? '';
  const ha1 = md5(`${user}:${REALM}:${server.password}`);
  const ha2 = md5(`${request.method}:${value(' uri')}`);
  return value('response') === md5([ha1, 'n1', value('nc'), value('cnonce'), 'auth', ha2].join(':'));
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
