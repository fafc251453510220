// The server's documents (RFC 4825): whole documents with ETags, behind the HTTP door of whoever uses them.
import type { HttpClient, HttpFailure, HttpRequest, HttpResponse } from '../../../main/simple/xcap/http-client.ts';
import { answerFits, digestWords } from './check-digest.ts';

export interface Documents {
  /** The text under this application and user, e.g. `pres-rules`, `sip:ada@example.test`. */
  text(auid: string, user: string): string | undefined;
  /** Another device's write. */
  put(auid: string, user: string, text: string): void;
  readonly http: HttpClient;
  isReachable: boolean;
  /** What it says that it keeps (RFC 4825 §12). */
  readonly auids: string[];
  /** Every request, e.g. `PUT pres-rules 412`. */
  readonly exchanges: string[];
}

interface StoredText {
  readonly text: string;
  readonly etag: string;
}

function capabilities(auids: readonly string[]): string {
  const listed = auids.map((auid) => `<auid>${auid}</auid>`).join('');
  return (
    '<?xml version="1.0" encoding="UTF-8"?><xcap-caps xmlns="urn:ietf:params:xml:ns:xcap-caps">' +
    `<auids>${listed}</auids><extensions/><namespaces/></xcap-caps>`
  );
}

export function createDocuments(
  parts: { domain: string; passwords: ReadonlyMap<string, string>; delay: (ms: number) => Promise<void> },
  onChange: (auid: string, user: string) => void,
): Documents {
  const stored = new Map<string, StoredText>();
  let writes = 0;

  function write(key: string, text: string): StoredText {
    const entry = { text, etag: `"${++writes}"` };
    stored.set(key, entry);
    return entry;
  }

  function respond(status: number, body = '', headers: Record<string, string> = {}): HttpResponse {
    return { kind: 'response', status, headers, body: new TextEncoder().encode(body) };
  }

  function answer(request: HttpRequest): HttpResponse {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const match = /^\/xcap-root\/([^/]+)\/(?:users\/([^/]+)\/|global\/)index$/.exec(path);
    if (match === null) return respond(404);
    const [, auid = '', user] = match;
    if (auid === 'xcap-caps') return respond(200, capabilities(documents.auids), { 'content-type': 'application/xcap-caps+xml' });
    if (!isAuthorized(request, parts)) {
      return respond(401, '', { 'www-authenticate': `Digest realm="${parts.domain}", nonce="documents", qop="auth"` });
    }
    return exchange(request, auid, user ?? '');
  }

  function exchange(request: HttpRequest, auid: string, user: string): HttpResponse {
    const key = `${auid} ${user}`;
    const known = stored.get(key);
    const ifMatch = request.headers['if-match'];
    const ifNoneMatch = request.headers['if-none-match'];
    if (request.method === 'GET') {
      if (known === undefined) return respond(404);
      return ifNoneMatch === known.etag ? respond(304) : respond(200, known.text, { etag: known.etag });
    }
    if (ifMatch !== undefined && ifMatch !== known?.etag) return respond(412);
    if (ifNoneMatch === '*' && known !== undefined) return respond(412);
    const { etag } = write(key, new TextDecoder().decode(request.body));
    onChange(auid, user);
    return respond(known === undefined ? 201 : 200, '', { etag });
  }

  const documents: Documents = {
    text: (auid, user) => stored.get(`${auid} ${user}`)?.text,
    put(auid, user, text) {
      write(`${auid} ${user}`, text);
      onChange(auid, user);
    },
    isReachable: true,
    auids: ['pres-rules', 'resource-lists'],
    exchanges: [],
    http: {
      async request(request): Promise<HttpResponse | HttpFailure> {
        await parts.delay(1);
        if (!documents.isReachable) return { kind: 'http-failed', cause: 'refused', reason: 'ECONNREFUSED' };
        const response = answer(request);
        documents.exchanges.push(`${request.method} ${request.url.split('/xcap-root/')[1]?.split('/')[0] ?? ''} ${response.status}`);
        return response;
      },
      close: () => undefined,
    },
  };
  return documents;
}

function isAuthorized(request: HttpRequest, parts: { domain: string; passwords: ReadonlyMap<string, string> }): boolean {
  const words = digestWords(request.headers['authorization'] ?? '');
  const password = parts.passwords.get(`sip:${words.get('username') ?? ''}@${parts.domain}`);
  return password !== undefined && answerFits(words, request.method, password);
}
