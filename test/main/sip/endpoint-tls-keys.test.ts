// TLS by keys instead of authorities, on real sockets: who is there is told by the key it proved to have (RFC 8446 §4.4.3).
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pemKey, printUri } from '../../../main/sip/index.ts';
import type { Endpoint, EndpointOptions, Flow, Outcome, TlsIdentity } from '../../../main/sip/index.ts';
import { MOST_HANDSHAKES, MOST_HANDSHAKES_PER_SOURCE } from '../../../main/sip/node-handshakes.ts';
import { sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';
import { selfSigned, stolenCertificate } from '../../support/own-certificate.ts';

const ALICE = 'sip:alice@aaaaaaaa.local';
const BOB = 'sip:bob@bbbbbbbb.local';
let alice: TlsIdentity;
let bob: TlsIdentity;
beforeAll(async () => {
  [alice, bob] = await Promise.all([selfSigned({ uris: [ALICE] }), selfSigned({ uris: [BOB] })]);
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function agent(options: Partial<EndpointOptions>): Promise<Endpoint> {
  const endpoint = await openEndpoint({
    preferredTransport: 'tls',
    peerTrouble: () => undefined,
    ...options,
  });
  ends.push(() => endpoint.stop());
  return endpoint;
}

type Shown = Pick<Flow, 'protocol' | 'peerKey' | 'peerUris'>;

/** Listens by TLS and keeps whom it heard. */
async function listener(identity: TlsIdentity, hosts: readonly string[] = ['127.0.0.1']) {
  const listen = hosts.map((address) => ({ protocol: 'tls' as const, local: { address, port: 0 } }));
  const endpoint = await agent({ identity, listen });
  const heard: Shown[] = [];
  endpoint.onRequest('MESSAGE', ({ flow: { protocol, peerKey, peerUris } }) => {
    heard.push({ protocol, peerKey, ...(peerUris !== undefined && { peerUris }) });
    return { status: 200 };
  });
  return { endpoint, heard, ports: endpoint.listening.map(({ local }) => local.port), port: endpoint.listening[0]?.local.port ?? 0 };
}

function send(from: Endpoint, host: string, port: number): Promise<Outcome> {
  const uri = sipUri('bob', host.includes(':') ? `[${host}]` : host, { port });
  return from.send(textMessage(sipUri('alice', 'aaaaaaaa.local'), uri, 'hello')).outcome;
}

/** A client of no program of ours; `ended` resolves with what the connection ended by, '' where nothing failed. */
function rawClient(port: number, options: ConnectionOptions): { socket: TLSSocket; ready: Promise<boolean>; ended: Promise<string> } {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  ends.push(() => socket.destroy());
  const ready = new Promise<boolean>((resolve) => {
    socket.once('secureConnect', () => resolve(true)).once('close', () => resolve(false));
  });
  const ended = new Promise<string>((resolve) => {
    let error = '';
    socket.on('error', (cause) => void (error = cause.message)).on('close', () => resolve(error));
    socket.resume();
  });
  return { socket, ready, ended };
}

const RAW_MESSAGE = (branch: string): string =>
  [
    'MESSAGE sip:bob@127.0.0.1 SIP/2.0',
    `Via: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK${branch}`,
    'From: <sip:alice@aaaaaaaa.local>;tag=1',
    'To: <sip:bob@127.0.0.1>',
    `Call-ID: ${branch}`,
    'CSeq: 1 MESSAGE',
    'Max-Forwards: 70',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

describe.each(['127.0.0.1', '::1'])('two that know no authority, on %s', (host) => {
  it('see each other’s key and addresses, on one connection', async () => {
    const there = await listener(bob, [host]);
    const judged: unknown[] = [];
    const here = await agent({
      identity: alice,
      peerTrouble: (to, { protocol, peerKey, peerUris }) => void judged.push([printUri(to), protocol, peerKey, peerUris]),
    });
    expect(await send(here, host, there.port)).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(await send(here, host, there.port)).toMatchObject({ kind: 'final', flow: { peerKey: pemKey(bob.certificatePem) } });
    const seen = { protocol: 'tls', peerKey: pemKey(alice.certificatePem), peerUris: [ALICE] };
    expect(there.heard).toEqual([seen, seen]);
    const to = `sip:bob@${host.includes(':') ? `[${host}]` : host}:${there.port}`;
    const seenHere = [to, 'tls', pemKey(bob.certificatePem), [BOB]];
    expect(judged).toEqual([seenHere, seenHere]);
    expect(there.endpoint.counts['connections-accepted']).toBe(1);
  });
});

describe('TLS by keys', () => {
  it('listens on IPv4 and IPv6 with one identity', async () => {
    const there = await listener(bob, ['127.0.0.1', '::1']);
    const here = await agent({ identity: alice });
    const flows = [await send(here, '127.0.0.1', there.ports[0] ?? 0), await send(here, '::1', there.ports[1] ?? 0)];
    expect(flows).toMatchObject([{ kind: 'final' }, { kind: 'final' }]);
    expect(new Set(there.heard.map(({ peerKey }) => peerKey))).toEqual(new Set([pemKey(alice.certificatePem)]));
  });

  it('takes a client without certificate, without a key', async () => {
    const there = await listener(bob);
    expect(await send(await agent({}), '127.0.0.1', there.port)).toMatchObject({ kind: 'final' });
    expect(there.heard).toEqual([{ protocol: 'tls', peerKey: undefined, peerUris: [] }]);
  });

  it('sends nothing to a key that is not trusted, and says why', async () => {
    let bytes = 0;
    let closed = 0;
    const server = createServer({ key: bob.keyPem, cert: bob.certificatePem }, (socket) => {
      socket.on('data', (data) => void (bytes += data.length));
    });
    server.on('connection', (socket) => void socket.on('close', () => void (closed += 1)));
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    const here = await agent({ identity: alice, peerTrouble: () => 'This is somebody else.' });
    const address = server.address();
    const outcome = await send(here, '127.0.0.1', typeof address === 'object' ? (address?.port ?? 0) : 0);
    expect(outcome).toEqual({ kind: 'transport-failed', cause: 'tls', reason: 'This is somebody else.' });
    await expect.poll(() => closed).toBe(1);
    expect(bytes).toBe(0);
  });

  it('asks before each request, and leaves a connection open that may be of use to others', async () => {
    const there = await listener(bob);
    let trouble: string | undefined;
    const here = await agent({ identity: alice, peerTrouble: () => trouble });
    expect(await send(here, '127.0.0.1', there.port)).toMatchObject({ kind: 'final' });
    trouble = 'Not any more.';
    expect(await send(here, '127.0.0.1', there.port)).toMatchObject({ kind: 'transport-failed', reason: trouble });
    trouble = undefined;
    expect(await send(here, '127.0.0.1', there.port)).toMatchObject({ kind: 'final' });
    expect([there.heard.length, there.endpoint.counts['connections-accepted']]).toEqual([2, 1]);
  });

  it('asks on UDP and TCP too, and goes to no other place in a worse way', async () => {
    const listen = [{ protocol: 'udp' as const, local: { address: '127.0.0.1', port: 0 } }];
    const there = await agent({ listen });
    const heard: string[] = [];
    there.onRequest('MESSAGE', () => (heard.push('heard'), { status: 200 }));
    const here = await agent({
      listen,
      preferredTransport: 'udp',
      peerTrouble: (_, flow) => (flow.peerKey === undefined ? 'No key.' : undefined),
    });
    const outcome = await send(here, '127.0.0.1', there.listening[0]?.local.port ?? 0);
    expect([outcome, heard]).toEqual([{ kind: 'transport-failed', cause: 'tls', reason: 'No key.' }, []]);
  });

  it('does not believe a certificate whose key the client does not have', async () => {
    const there = await listener(bob);
    const thief = stolenCertificate(alice);
    const { socket, ended } = rawClient(there.port, { cert: thief.certificatePem, key: thief.keyPem });
    socket.on('secureConnect', () => socket.write(RAW_MESSAGE('stolen')));
    expect(await ended).toMatch(/decrypt error/);
    const here = await agent({ identity: thief });
    expect(await send(here, '127.0.0.1', there.port)).toMatchObject({ kind: 'transport-failed' });
    expect(there.heard).toEqual([]);
  });

  it('does not believe a server that does not have the key of its certificate', async () => {
    const there = await listener(stolenCertificate(bob));
    const here = await agent({ identity: alice });
    expect(await send(here, '127.0.0.1', there.port)).toMatchObject({ kind: 'transport-failed', cause: 'tls' });
  });

  it('resumes no session, so that each connection proves its own key', async () => {
    const there = await listener(bob);
    const sessions: Buffer[] = [];
    const first = rawClient(there.port, { cert: alice.certificatePem, key: alice.keyPem });
    first.socket.on('session', (session) => sessions.push(session));
    first.socket.write(RAW_MESSAGE('first'));
    await new Promise((resolve) => first.socket.once('data', resolve));
    first.socket.destroy();
    expect(sessions.length).toBeGreaterThan(0);
    for (const [index, session] of sessions.entries()) {
      const next = rawClient(there.port, { session });
      next.socket.write(RAW_MESSAGE(`next${index}`));
      await new Promise((resolve) => next.socket.once('data', resolve));
      expect(next.socket.isSessionReused()).toBe(false);
    }
    expect(there.heard.map(({ peerKey }) => peerKey)).toEqual([pemKey(alice.certificatePem), ...sessions.map(() => undefined)]);
  });

  it('speaks no version in which a peer could change its key on the way', async () => {
    const there = await listener(bob);
    const old = rawClient(there.port, { maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' });
    expect([await old.ready, await old.ended]).toEqual([false, expect.stringMatching(/protocol version/)]);
  });
});

describe('certificates of bad neighbours', () => {
  it('are read no further than a person has addresses, and one name cannot pretend to be two', async () => {
    const there = await listener(bob);
    const uris = [
      'http://example.test',
      'sip:a,URI:sip:alice@aaaaaaaa.local',
      'sip:"b", URI:sip:x',
      `sip:${'c'.repeat(2_000)}@x.local`,
      'SIPS:d@x.local',
    ];
    const many = Array.from({ length: 60 }, (_, index) => `sip:p${index}@x.local`);
    const odd = await selfSigned({ uris: [...uris, ...many], hosts: ['example.test'], commonName: 'n'.repeat(64) });
    expect(await send(await agent({ identity: odd }), '127.0.0.1', there.port)).toMatchObject({ kind: 'final' });
    expect(there.heard[0]?.peerUris).toEqual([uris[1], uris[2], uris[4], ...many.slice(0, 5)]);
  });

  it.each([
    ['three thousand letters in a name', { commonName: 'n'.repeat(3_000) }, true],
    ['ten thousand letters in a name', { commonName: 'n'.repeat(10_000) }, false],
    ['more names than anybody reads', { uris: Array.from({ length: 1_000 }, (_, index) => `sip:p${index}@x.local`) }, false],
  ])('%s do no harm', async (_, wanted, isTaken) => {
    const large = await selfSigned(wanted);
    const there = await listener(bob);
    const outcome = await send(await agent({ identity: large }), '127.0.0.1', there.port);
    expect([outcome.kind, there.heard.length]).toEqual(isTaken ? ['final', 1] : ['transport-failed', 0]);
    const server = await listener(large);
    const asked = await send(await agent({ identity: alice }), '127.0.0.1', server.port);
    if (isTaken) expect(asked).toMatchObject({ kind: 'final' });
    else expect(asked).toMatchObject({ cause: 'tls', reason: "the peer's certificate is too large or has a key of an unknown kind" });
    expect(await send(await agent({ identity: alice }), '127.0.0.1', there.port)).toMatchObject({ kind: 'final' });
  });

  /** Connections that never say anything, opened one after the other; `closed` are their numbers, in the order of their end. */
  async function halfOpen(port: number, sources: readonly string[]): Promise<number[]> {
    const closed: number[] = [];
    const idle: Socket[] = [];
    ends.push(() => idle.forEach((socket) => socket.destroy()));
    for (const [index, localAddress] of sources.entries()) {
      await new Promise<void>((resolve) => {
        const socket = createConnection({ host: '127.0.0.1', port, localAddress }, resolve);
        socket.on('error', () => undefined).on('close', () => void closed.push(index));
        idle.push(socket);
      });
    }
    return closed;
  }

  it('half-open handshakes of one source are bounded, and others get through', async () => {
    const there = await listener(bob);
    const closed = await halfOpen(
      there.port,
      Array.from({ length: MOST_HANDSHAKES_PER_SOURCE + 3 }, () => '127.0.0.2'),
    );
    await expect.poll(() => closed).toEqual([0, 1, 2].map((extra) => MOST_HANDSHAKES_PER_SOURCE + extra));
    expect(await send(await agent({ identity: alice }), '127.0.0.1', there.port)).toMatchObject({ kind: 'final' });
  });

  it('of half-open handshakes from many sources the oldest give way, and others get through', async () => {
    const there = await listener(bob);
    const sources = Array.from({ length: MOST_HANDSHAKES + 4 }, (_, index) => `127.0.0.${2 + (index % 8)}`);
    const closed = await halfOpen(there.port, sources);
    await expect.poll(() => closed).toEqual([0, 1, 2, 3]);
    expect(await send(await agent({ identity: alice }), '127.0.0.1', there.port)).toMatchObject({ kind: 'final' });
    await expect.poll(() => closed).toEqual([0, 1, 2, 3, 4]);
  });
});
