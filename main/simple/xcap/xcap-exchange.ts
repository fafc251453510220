// One HTTP exchange with an XCAP server: credentials, same-origin redirects, failures as values (RFC 4825 §7, §14).
import { createDigestSession } from '../../sip/index.ts';
import type { Credentials, DigestAttempt, DigestSession, HeaderField, Random } from '../../sip/index.ts';
import { parseSeconds } from '../header-value.ts';
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
import { readConflict } from './read-conflict.ts';
import type { XcapFailed, XcapFailure } from './xcap-result.ts';

/** Challenges and redirects together: more is a loop. */
const MAX_EXCHANGES = 8;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

export interface XcapExchangeOptions {
  readonly http: HttpClient;
  readonly random: Random;
  readonly credentials: (realm: string) => Credentials | undefined;
  readonly caPem: string | undefined;
}

export type ExchangeRequest = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>;

/** Sends requests with the credentials that earlier challenges asked for, so that most need one round trip. */
export class XcapExchange {
  private readonly options: XcapExchangeOptions;
  private readonly digest: DigestSession;
  private readonly stopping = new AbortController();

  constructor(options: XcapExchangeOptions) {
    this.options = options;
    this.digest = createDigestSession({ random: options.random, credentials: options.credentials });
  }

  /** The server's answer that is no challenge and no redirect, or why there is none. */
  async send(request: ExchangeRequest): Promise<HttpResponse | XcapFailed> {
    const attempt = this.digest.startAttempt();
    let url = request.url;
    for (let exchange = 0; exchange < MAX_EXCHANGES; exchange++) {
      const result = await this.once({ ...request, url }, attempt);
      if (result.kind === 'http-failed') return failed({ kind: 'http', failure: result });
      if (result.status === 401) {
        const verdict = this.digest.challenged({ origin: originOf(url), proxy: '' }, fieldsOf(result, 'www-authenticate'), attempt);
        if (verdict.kind === 'retry') continue;
        return failed({ kind: 'unauthenticated', status: result.status, realm: verdict.realm });
      }
      const next = REDIRECTS.has(result.status) ? sameOrigin(url, result.headers['location']) : undefined;
      if (next === undefined) return this.checked(url, result, attempt);
      url = next;
    }
    return failed({ kind: 'unauthenticated', status: 401, realm: '' });
  }

  stop(): void {
    this.stopping.abort();
  }

  private once(request: ExchangeRequest, attempt: DigestAttempt): ReturnType<HttpClient['request']> {
    const target = { method: request.method, uriText: pathOf(request.url), body: request.body ?? new Uint8Array() };
    const answers = this.digest.fieldsFor({ origin: originOf(request.url), proxy: '' }, target, attempt);
    const headers = { ...request.headers, ...Object.fromEntries(answers.map((field) => [field.name.toLowerCase(), field.value])) };
    return this.options.http.request({ ...request, headers, caPem: this.options.caPem, signal: this.stopping.signal });
  }

  /** SECURITY: an answer whose rspauth is wrong comes from somebody who does not know the password (RFC 7616 §3.5). */
  private checked(url: string, response: HttpResponse, attempt: DigestAttempt): HttpResponse | XcapFailed {
    const info = fieldsOf(response, 'authentication-info');
    const isGenuine = this.digest.accepted({ origin: originOf(url), proxy: '' }, info, response.body, attempt);
    return isGenuine ? response : failed({ kind: 'unauthenticated', status: response.status, realm: '' });
  }
}

export function failed(failure: XcapFailure): XcapFailed {
  return { kind: 'failed', failure };
}

/** Any answer that the operation has no own word for. */
export function statusFailed(response: HttpResponse): XcapFailed {
  if (response.status === 409) return failed(readConflict(response.body));
  const retryAfterSeconds = parseSeconds(response.headers['retry-after']);
  return failed({ kind: 'status', status: response.status, reason: reasonOf(response.status), retryAfterSeconds });
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

function reasonOf(status: number): string {
  return REASONS[status] ?? '';
}

function fieldsOf(response: HttpResponse, name: string): HeaderField[] {
  const value = response.headers[name];
  return value === undefined ? [] : [{ name, value }];
}

function originOf(url: string): string {
  return URL.parse(url)?.origin ?? '';
}

function pathOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? '/' : parsed.pathname + parsed.search;
}

/** SECURITY: documents and credentials go to no other host than the one configured. */
function sameOrigin(from: string, location: string | undefined): string | undefined {
  const target = location === undefined ? null : URL.parse(location, from);
  return target !== null && target.origin === originOf(from) ? target.href : undefined;
}
