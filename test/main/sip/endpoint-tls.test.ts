// TLS on real sockets: a trusted server is used, everything else is refused in words that help.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeNetwork } from '../../../main/sip/index.ts';
import type { Network, Outcome } from '../../../main/sip/index.ts';
import { sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';

const read = (name: string): string => readFileSync(new URL(`../../support/certificate/${name}`, import.meta.url), 'utf8');
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that answers 200 to everything, and counts how many connections resumed a session. */
async function serve(certificate: string): Promise<{ port: number; resumed: boolean[] }> {
  const resumed: boolean[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert: read(`${certificate}.pem`), key: read(`${certificate}.key.pem`) }, (socket) => {
    sockets.add(socket);
    resumed.push(socket.isSessionReused());
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      const copied = data.toString().match(/^(Via|From|To|Call-ID|CSeq):.*$/gim) ?? [];
      socket.write(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n'));
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, resumed };
}

const network: Network = {
  ...createNodeNetwork(),
  dns: { naptr: async () => [], srv: async () => [], addresses: async () => ['127.0.0.1'] },
};

async function ask(port: number, host: string, caPem: string | undefined): Promise<Outcome> {
  const endpoint = await openEndpoint({
    network,
    preferredTransport: 'tls',
    caPem,
  });
  closers.push(() => void endpoint.stop());
  return endpoint.send(textMessage(sipUri('alice', host), sipUri('bob', host, { port }), 'hello', { contact: { user: 'alice' } })).outcome;
}

describe('TLS', () => {
  it('reaches a trusted server by its name, and resumes the session the next time', async () => {
    const { port, resumed } = await serve('domain');
    const first = await ask(port, 'example.test', read('authority.pem'));
    const second = await ask(port, 'example.test', read('authority.pem'));
    expect([first, second]).toMatchObject([
      { kind: 'final', response: { status: 200 }, flow: { protocol: 'tls' }, request: { vias: [{ transport: 'TLS' }] } },
      { kind: 'final' },
    ]);
    expect(resumed).toEqual([false, true]);
  });

  it.each([
    ['a name it does not have', 'domain', 'other.test', true, 'the certificate is for example.test, not for other.test'],
    ['an expired certificate', 'expired', 'example.test', true, "the server's certificate has expired (CERT_HAS_EXPIRED)"],
    [
      'an unknown authority',
      'domain',
      'example.test',
      false,
      'the server does not send the certificates that lead to a trusted authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    ],
  ] as const)('refuses %s', async (...[, certificate, host, isTrusted, reason]) => {
    const { port } = await serve(certificate);
    expect(await ask(port, host, isTrusted ? read('authority.pem') : undefined)).toEqual({
      kind: 'transport-failed',
      cause: 'tls',
      reason,
    });
  });
});
