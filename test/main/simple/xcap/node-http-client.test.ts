// Node's HTTP door against a real server on loopback: answers, bounds, and failures as values.
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpClient } from '../../../../main/simple/xcap/http-client.ts';
import { createNodeHttpClient } from '../../../../main/simple/xcap/node-http-client.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

let server: Server | undefined;
let client: HttpClient | undefined;

afterEach(() => {
  client?.close();
  server?.closeAllConnections();
  server?.close();
});

async function setUp(listener: RequestListener) {
  const clock = createFakeClock();
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const http = createNodeHttpClient({ clock });
  client = http;
  return { clock, http, url: `http://127.0.0.1:${(started.address() as AddressInfo).port}` };
}

describe('node HTTP client', () => {
  it('sends method, headers and body, and gives the answer with joined headers', async () => {
    const { http, url, clock } = await setUp((request, response) => {
      request.on('data', (chunk: Buffer) => {
        response.setHeader('WWW-Authenticate', ['Digest realm="a"', 'Digest realm="b"']);
        response.writeHead(201, { etag: '"x"' }).end(`${request.method} ${request.headers['if-match']} ${chunk.toString()}`);
      });
    });
    const answer = await http.request({ method: 'PUT', url, headers: { 'if-match': '"y"' }, body: new TextEncoder().encode('body') });
    expect(answer).toMatchObject({
      kind: 'response',
      status: 201,
      headers: { etag: '"x"', 'www-authenticate': 'Digest realm="a", Digest realm="b"' },
    });
    expect(answer.kind === 'response' ? new TextDecoder().decode(answer.body) : '').toBe('PUT "y" body');
    expect(clock.pendingTimers()).toBe(0);
  });

  it('keeps its connection, and sends again on a new one where the server had closed it', async () => {
    const ports: (number | undefined)[] = [];
    const { http, url } = await setUp((request, response) => {
      ports.push(request.socket.remotePort);
      if (ports.length === 3) request.socket.destroy();
      else response.end('ok');
    });
    const get = () => http.request({ method: 'GET', url, headers: {} });
    await get();
    await get();
    expect((await get()).kind).toBe('response');
    expect(ports.length).toBe(4);
    expect(ports[1]).toBe(ports[0]);
  });

  it('gives up on silence, on its caller’s word, and on endless answers', async () => {
    let arrived: () => void = () => undefined;
    const { http, url, clock } = await setUp((request, response) => {
      if (request.url === '/endless') {
        const chunk = Buffer.alloc(1024 * 1024);
        const more = (): void => void (response.destroyed || response.write(chunk, more));
        more();
      } else arrived();
    });
    const silent = new Promise<void>((resolve) => (arrived = resolve));
    const timedOut = http.request({ method: 'GET', url, headers: {} });
    await silent;
    await clock.advance(15_000);
    expect(await timedOut).toMatchObject({ kind: 'http-failed', cause: 'timeout' });
    const abort = new AbortController();
    const cancelled = http.request({ method: 'GET', url, headers: {}, signal: abort.signal });
    abort.abort();
    expect(await cancelled).toMatchObject({ kind: 'http-failed', cause: 'cancelled' });
    expect(await http.request({ method: 'GET', url: `${url}/endless`, headers: {} })).toMatchObject({
      kind: 'http-failed',
      cause: 'too-large',
    });
  });

  it.each(['ftp://127.0.0.1/', 'nonsense'])('does not know what to do with %s', async (url) => {
    const http = createNodeHttpClient({ clock: createFakeClock() });
    client = http;
    expect(await http.request({ method: 'GET', url, headers: {} })).toMatchObject({ kind: 'http-failed', cause: 'bad-url' });
  });

  it('says when nobody listens', async () => {
    const { http, url } = await setUp((_request, response) => response.end());
    await new Promise((resolve) => server?.close(resolve));
    expect(await http.request({ method: 'GET', url, headers: {} })).toMatchObject({ kind: 'http-failed', cause: 'refused' });
  });

  it.each([
    ['an address', '127.0.0.1'],
    ['a name that leads there', 'localhost'],
  ])('never connects where it may not: %s', async (_name, host) => {
    const asked: string[] = [];
    const { http, url } = await setUp((request, response) => {
      asked.push(request.url ?? '');
      response.end('secret');
    });
    const target = url.replace('127.0.0.1', host);
    // A kept connection that others were allowed to make is not taken either.
    const allowed = await http.request({ method: 'GET', url, headers: {} });
    const refused = await http.request({ method: 'GET', url: `${target}/inside`, headers: {}, mayConnectTo: () => false });
    expect([allowed.kind, refused, asked]).toMatchObject(['response', { kind: 'http-failed', cause: 'not-allowed' }, ['/']]);
    const told = await http.request({ method: 'GET', url, headers: {}, mayConnectTo: () => true });
    expect(told).toMatchObject({ kind: 'response', status: 200 });
  });

  it('stops at the size it is given', async () => {
    const { http, url } = await setUp((_request, response) => response.end('x'.repeat(2_000)));
    expect(await http.request({ method: 'GET', url, headers: {}, maxBodyBytes: 1_000 })).toMatchObject({
      kind: 'http-failed',
      cause: 'too-large',
    });
  });
});
