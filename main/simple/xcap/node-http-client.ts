// The HTTP door over Node's own client: kept connections, bounded time and size, no redirects followed here.
import { lookup as lookUp } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { Clock } from '../../sip/index.ts';
import type { HttpClient, HttpFailure, HttpRequest, HttpResponse } from './http-client.ts';

/** For a whole request. INTEROP(Kamailio): a PUT larger than its buffer gets no answer at all. */
const TIMEOUT_MS = 15_000;
/** A policy of ten thousand rules fits many times. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** Kept connections to one server: documents are fetched a few at a time. */
const MAX_SOCKETS = 4;

/** Our own error code for an address that may not be connected to. */
const NOT_ALLOWED = 'ENOTALLOWED';

type Result = HttpResponse | HttpFailure;
type Settle = (result: Result) => void;

const CAUSE_BY_CODE: Readonly<Record<string, HttpFailure['cause']>> = {
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
  [NOT_ALLOWED]: 'not-allowed',
};

export function createNodeHttpClient({ clock }: { readonly clock: Clock }): HttpClient {
  const keep = { keepAlive: true, maxSockets: MAX_SOCKETS };
  const agents = { http: new HttpAgent(keep), https: new HttpsAgent(keep) };
  return {
    request: (request) => new Promise((resolve) => start({ clock, agents, isRetry: false }, request, resolve)),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Circumstances {
  readonly clock: Clock;
  readonly agents: { readonly http: HttpAgent; readonly https: HttpsAgent };
  readonly isRetry: boolean;
}

function start(circumstances: Circumstances, request: HttpRequest, resolve: Settle): void {
  const { clock, agents } = circumstances;
  const url = readUrl(request.url);
  if (url === undefined) return resolve(failure('bad-url', `not an http or https URL: ${request.url}`));
  if (request.signal?.aborted === true) return resolve(failure('cancelled', 'given up'));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && request.mayConnectTo?.(host) === false) return resolve(failure('not-allowed', `not fetched from ${host}`));
  const isTls = url.protocol === 'https:';
  const outgoing = (isTls ? httpsRequest : httpRequest)(url, {
    ...requestOptions(request),
    ...(isTls ? tlsOptions(request) : {}),
    ...connectionOptions(request, isTls ? agents.https : agents.http),
  });
  const abort = (): void => settle(failure('cancelled', 'given up'));
  const timer = clock.startTimer(TIMEOUT_MS, () => settle(failure('timeout', `no answer within ${TIMEOUT_MS} ms`)));
  let isSettled = false;

  function settle(result: Result): void {
    if (isSettled) return;
    isSettled = true;
    timer.cancel();
    request.signal?.removeEventListener('abort', abort);
    if (result.kind !== 'response') outgoing.destroy();
    resolve(result);
  }

  request.signal?.addEventListener('abort', abort);
  outgoing.on('error', (error) => {
    // WHY: a kept connection may have been closed by the server in this very moment; that says nothing about the request.
    if (circumstances.isRetry || isSettled || !outgoing.reusedSocket) return settle(failureOf(error));
    timer.cancel();
    isSettled = true;
    request.signal?.removeEventListener('abort', abort);
    start({ ...circumstances, isRetry: true }, request, resolve);
  });
  outgoing.on('response', (incoming) => collect(incoming, request.maxBodyBytes ?? MAX_BODY_BYTES, settle));
  outgoing.end(request.body);
}

function readUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}

function requestOptions(request: HttpRequest): RequestOptions {
  const length = request.body === undefined ? {} : { 'content-length': String(request.body.length) };
  return { method: request.method, headers: { ...request.headers, ...length } };
}

/**
 * SECURITY: the addresses are checked where the connection is made, so that a name cannot lead elsewhere between check and use; and
 * no kept connection is taken, which somebody else may have been allowed to make.
 */
function connectionOptions({ mayConnectTo }: HttpRequest, agent: HttpAgent): RequestOptions {
  if (mayConnectTo === undefined) return { agent };
  const lookup: LookupFunction = (name, options, callback) => {
    lookUp(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      const allowed = addresses.filter(({ address }) => mayConnectTo(address));
      const [first] = allowed;
      if (first === undefined) return callback(Object.assign(new Error(`not fetched from ${name}`), { code: NOT_ALLOWED }), []);
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
  return { agent: false, lookup };
}

function tlsOptions(request: HttpRequest): { ca?: string[]; minVersion: 'TLSv1.2' } {
  return request.caPem === undefined ? { minVersion: 'TLSv1.2' } : { minVersion: 'TLSv1.2', ca: [...rootCertificates, request.caPem] };
}

function collect(incoming: IncomingMessage, maxBytes: number, settle: Settle): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) return settle(failure('too-large', `more than ${maxBytes} bytes`));
    chunks.push(chunk);
  });
  incoming.on('error', (error) => settle(failureOf(error)));
  incoming.on('close', () => settle(failure('closed', 'the connection closed in the middle of the answer')));
  incoming.on('end', () => {
    const body = Buffer.concat(chunks);
    settle({ kind: 'response', status: incoming.statusCode ?? 0, headers: plainHeaders(incoming), body });
  });
}

function plainHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(incoming.headersDistinct)) headers[name] = (values ?? []).join(', ');
  return headers;
}

function failureOf(error: Error): HttpFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isTls = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/.test(code);
  return failure(isTls ? 'tls' : (CAUSE_BY_CODE[code] ?? 'closed'), error.message);
}

function failure(cause: HttpFailure['cause'], reason: string): HttpFailure {
  return { kind: 'http-failed', cause, reason };
}
