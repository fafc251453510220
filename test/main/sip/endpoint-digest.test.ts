// Challenges on the way: 401 and 407, expired nonces, wrong passwords, and credentials sent ahead.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { IncomingRequest, Outcome, Reply } from '../../../main/sip/index.ts';
import { address, createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';

const ALICE = sipUri('alice', '192.0.2.1');
const SERVER = sipUri('bob', '192.0.2.2');
const PASSWORD = 'correct horse';

/** Takes the nonce it gave out last, unless it is deaf; may change it with each challenge. */
class ChallengingServer {
  readonly seen: string[] = [];
  nonce = 'n1';
  isDeaf = false;
  isChanging = false;
  readonly answer = (request: IncomingRequest): Reply => {
    const { headers, cseq } = request.message;
    const text = headers.find((field) => field.name === 'Proxy-Authorization')?.value;
    const nonce = /nonce="([^"]*)"/.exec(text ?? '')?.[1];
    const count = /nc=([0-9a-f]*)/.exec(text ?? '')?.[1];
    this.seen.push(`${cseq.number} ${nonce ?? 'none'} ${count ?? '-'}`);
    if (nonce === this.nonce && !this.isDeaf) return { status: 200 };
    if (this.isChanging) this.nonce = `n${this.seen.length}`;
    return { status: 407, headers: [{ name: 'Proxy-Authenticate', value: `Digest realm="test", nonce="${this.nonce}", qop="auth"` }] };
  };
}

async function start(password: string | undefined) {
  const { clock, endpoint } = createTestInternet();
  const credentials = (): { user: string; password: string } | undefined =>
    password === undefined ? undefined : { user: 'alice', password };
  const alice = await endpoint('192.0.2.1', { credentials });
  const server = await endpoint('192.0.2.2');
  const challenging = new ChallengingServer();
  server.onRequest('MESSAGE', challenging.answer);
  const send = (): Promise<Outcome> => clock.run(alice.send(textMessage(ALICE, SERVER, 'hello')).outcome);
  return { challenging, send };
}

describe('a challenged request', () => {
  it('is answered, and the next one carries credentials ahead with a higher count', async () => {
    const { challenging, send } = await start(PASSWORD);
    const first = await send();
    const second = await send();
    expect([first, second]).toMatchObject([
      { kind: 'final', request: { cseq: { number: 2 } }, response: { status: 200 } },
      { kind: 'final', request: { cseq: { number: 1 } }, response: { status: 200 } },
    ]);
    expect(challenging.seen).toEqual(['1 none -', '2 n1 00000001', '1 n1 00000002']);
  });

  it('goes through when the nonce expired and the server does not say stale', async () => {
    const { challenging, send } = await start(PASSWORD);
    await send();
    challenging.nonce = 'n2';
    expect(await send()).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(challenging.seen.slice(2)).toEqual(['1 n1 00000002', '2 n2 00000001']);
  });

  it('ends as unauthenticated when the same nonce is refused', async () => {
    const { challenging, send } = await start(PASSWORD);
    challenging.isDeaf = true;
    expect(await send()).toMatchObject({ kind: 'unauthenticated', realm: 'test', response: { status: 407 } });
    expect(challenging.seen).toEqual(['1 none -', '2 n1 00000001']);
  });

  it('ends after a second new nonce was refused', async () => {
    const { challenging, send } = await start(PASSWORD);
    challenging.isDeaf = true;
    challenging.isChanging = true;
    expect(await send()).toMatchObject({ kind: 'unauthenticated', realm: 'test' });
    expect(challenging.seen).toEqual(['1 none -', '2 n1 00000001', '3 n2 00000001']);
  });

  it('is unauthenticated at once where there are no credentials for the realm', async () => {
    const { challenging, send } = await start(undefined);
    expect(await send()).toMatchObject({ kind: 'unauthenticated', realm: 'test' });
    expect(challenging.seen).toEqual(['1 none -']);
  });
});

describe('what a server says with its answer', () => {
  /** Challenges whoever knows no nonce of its own, and answers with what `info` makes of the last credentials. */
  async function ask(qop: string, info: (response: string, request: IncomingRequest) => string) {
    const { clock, endpoint } = createTestInternet();
    const alice = await endpoint('192.0.2.1', { credentials: () => ({ user: 'alice', password: PASSWORD }) });
    const server = await endpoint('192.0.2.2');
    const seen: string[] = [];
    server.onRequest('MESSAGE', (request) => {
      const text = request.message.headers.find((field) => field.name === 'Authorization')?.value;
      if (text === undefined) {
        return { status: 401, headers: [{ name: 'WWW-Authenticate', value: `Digest realm="test", nonce="n1", qop="${qop}"` }] };
      }
      const part = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(text)?.[1] ?? '-';
      seen.push(`${part('nonce')} ${part('nc')} ${part('qop')}`);
      return { status: 200, headers: [{ name: 'Authentication-Info', value: info(text, request) }] };
    });
    const send = (): Promise<Outcome> => clock.run(alice.send(textMessage(ALICE, SERVER, 'hello')).outcome);
    return { seen, send };
  }

  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

  it('nextnonce is used at once, its count begun anew (RFC 7616 §3.5)', async () => {
    const { seen, send } = await ask('auth', () => 'nextnonce="n2"');
    await send();
    await send();
    await send();
    expect(seen).toEqual(['n1 00000001 auth', 'n2 00000001 auth', 'n2 00000002 auth']);
  });

  it.each([
    ['right', PASSWORD, 'final'],
    ['wrong', 'a guess', 'unauthenticated'],
  ])('rspauth that is %s, with auth-int over the body of the answer', async (_, password, kind) => {
    const { seen, send } = await ask('auth-int', (text, { message }) => {
      const part = (name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(text)?.[1] ?? '-';
      const secret = md5(`alice:test:${password}`);
      const common = `n1:00000001:${part('cnonce')}:auth-int`;
      expect(part('response')).toBe(
        md5(`${md5(`alice:test:${PASSWORD}`)}:${common}:${md5(`MESSAGE:${part('uri')}:${md5(Buffer.from(message.body).toString())}`)}`),
      );
      return `qop=auth-int, rspauth="${md5(`${secret}:${common}:${md5(`:${part('uri')}:${md5('')}`)}`)}"`;
    });
    expect([(await send()).kind, seen]).toEqual([kind, ['n1 00000001 auth-int']]);
  });
});

describe('two realms on one way', () => {
  it('are both answered in one request', async () => {
    const { clock, endpoint } = createTestInternet();
    const alice = await endpoint('192.0.2.1', { credentials: (realm) => ({ user: 'alice', password: realm }) });
    const server = await endpoint('192.0.2.2');
    const seen: string[][] = [];
    server.onRequest('REGISTER', ({ message }) => {
      const answers = message.headers.filter((field) => field.name.endsWith('Authorization'));
      seen.push(
        answers.map((field) => `${field.name} ${/realm="(\w+)"/.exec(field.value)?.[1]} ${/algorithm=([\w-]+)/.exec(field.value)?.[1]}`),
      );
      if (!answers.some((field) => field.name === 'Proxy-Authorization')) {
        return { status: 407, headers: [{ name: 'Proxy-Authenticate', value: 'Digest realm="edge", nonce="e"' }] };
      }
      if (!answers.some((field) => field.name === 'Authorization')) {
        const offers = ['MD5', 'SHA-512-256', 'SHA-256', 'FANCY'].map(
          (name) => `Digest realm="home", nonce="h", algorithm=${name}, qop="auth"`,
        );
        return { status: 401, headers: offers.map((value) => ({ name: 'WWW-Authenticate', value })) };
      }
      return { status: 200 };
    });
    const request = { method: 'REGISTER', uri: sipUri(undefined, '192.0.2.2'), from: address(ALICE), to: address(ALICE) };
    expect(await clock.run(alice.send(request).outcome)).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(seen).toEqual([[], ['Proxy-Authorization edge MD5'], ['Authorization home SHA-512-256', 'Proxy-Authorization edge MD5']]);
    await alice.stop();
    await server.stop();
  });
});
