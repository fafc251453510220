// Listening for TLS on real sockets, over IPv4 and IPv6: certificates of both sides, sessions, connections used in both directions (RFC 5923).
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeNetwork } from '../../../main/sip/index.ts';
import type { Endpoint, EndpointOptions, Network, Outcome } from '../../../main/sip/index.ts';
import { sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';

const read = (name: string): string => readFileSync(new URL(`../../support/certificate/${name}`, import.meta.url), 'utf8');
const IDENTITY = { certificatePem: read('domain.pem'), keyPem: read('domain.key.pem') };
const AUTHORITY = read('authority.pem');
const endpoints: Endpoint[] = [];
afterEach(async () => {
  for (const endpoint of endpoints.splice(0)) await endpoint.stop();
});

async function agent(host: string, options: Partial<EndpointOptions>): Promise<Endpoint> {
  const network: Network = {
    ...createNodeNetwork(),
    dns: { naptr: async () => [], srv: async () => [], addresses: async () => [host] },
  };
  const endpoint = await openEndpoint({
    network,
    preferredTransport: 'tls',
    caPem: AUTHORITY,
    ...options,
  });
  endpoints.push(endpoint);
  return endpoint;
}

/** Listens for TLS and keeps what arrived. */
async function listener(host: string, options: Partial<EndpointOptions> = {}) {
  const endpoint = await agent(host, {
    identity: IDENTITY,
    listen: [{ protocol: 'tls', local: { address: host, port: 0 } }],
    ...options,
  });
  const heard: string[] = [];
  endpoint.onRequest('MESSAGE', ({ message, flow }) => {
    const top = message.vias[0];
    const hasAlias = top?.parameters.some(({ name }) => name === 'alias') === true;
    heard.push([flow.protocol, new TextDecoder().decode(message.body), ...(hasAlias ? ['alias'] : [])].join(' '));
    return { status: 200 };
  });
  return { endpoint, heard, port: endpoint.listening[0]?.local.port ?? 0 };
}

function send(from: Endpoint, port: number, text: string): Promise<Outcome> {
  return from.send(textMessage(sipUri('alice', 'example.test'), sipUri('bob', 'example.test', { port }), text)).outcome;
}

describe.each(['127.0.0.1', '::1'])('TLS on %s', (host) => {
  it('is accepted, with the connection used again', async () => {
    const bob = await listener(host);
    const alice = await agent(host, {});
    expect(await send(alice, bob.port, 'one')).toMatchObject({ kind: 'final', response: { status: 200 }, flow: { protocol: 'tls' } });
    expect(await send(alice, bob.port, 'two')).toMatchObject({ kind: 'final' });
    expect(bob.heard).toEqual(['tls one', 'tls two']);
    expect(bob.endpoint.counts['connections-accepted']).toBe(1);
  });

  it('carries requests back over the connection of a peer that proved its name', async () => {
    const bob = await listener(host);
    const alice = await listener(host);
    expect(await send(alice.endpoint, bob.port, 'there')).toMatchObject({ kind: 'final' });
    expect(await send(bob.endpoint, alice.port, 'and back')).toMatchObject({ kind: 'final' });
    expect([bob.heard, alice.heard]).toEqual([['tls there alias'], ['tls and back alias']]);
    expect([alice.endpoint.counts['connections-accepted'], bob.endpoint.counts['connections-opened']]).toEqual([undefined, undefined]);
  });

  it('carries none back over the connection of a peer that proved nothing', async () => {
    const bob = await listener(host, { caPem: undefined });
    const alice = await listener(host);
    expect(await send(alice.endpoint, bob.port, 'there')).toMatchObject({ kind: 'final' });
    expect(await send(bob.endpoint, alice.port, 'and back')).toMatchObject({ kind: 'transport-failed', cause: 'tls' });
  });
});

describe('listening for TLS', () => {
  it('needs a certificate', async () => {
    await expect(agent('127.0.0.1', { listen: [{ protocol: 'tls', local: { address: '127.0.0.1', port: 0 } }] })).rejects.toThrow(
      'listening for TLS needs a certificate',
    );
  });

  it('is refused by a client that does not trust it, without harm to others', async () => {
    const bob = await listener('127.0.0.1');
    const doubter = await agent('127.0.0.1', { caPem: undefined });
    expect(await send(doubter, bob.port, 'x')).toMatchObject({ kind: 'transport-failed', cause: 'tls' });
    const alice = await agent('127.0.0.1', {});
    expect(await send(alice, bob.port, 'y')).toMatchObject({ kind: 'final' });
    expect(bob.heard).toEqual(['tls y']);
  });
});

describe.each(['127.0.0.1', '::1'])('UDP and TCP on %s', (host) => {
  it.each(['udp', 'tcp'] as const)('exchange over %s, with IPv6 references where they belong', async (transport) => {
    const listen = [{ protocol: transport, local: { address: host, port: 0 } }] as const;
    const bob = await agent(host, { listen, preferredTransport: transport });
    const seen: string[] = [];
    bob.onRequest('MESSAGE', ({ message }) => {
      seen.push(`${message.vias[0]?.host} ${message.contacts === '*' ? '' : (message.contacts[0]?.uri as { host: string }).host}`);
      return { status: 200 };
    });
    const alice = await agent(host, { listen, preferredTransport: transport });
    const uriHost = host.includes(':') ? `[${host}]` : host;
    const request = textMessage(sipUri('alice', uriHost), sipUri('bob', uriHost, { port: bob.listening[0]?.local.port }), 'x', {
      contact: { user: 'alice' },
    });
    expect(await alice.send(request).outcome).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(seen).toEqual([`${uriHost} ${uriHost}`]);
  });

  it('is said to be refused within seconds where nobody listens', async () => {
    const listen = [{ protocol: 'udp', local: { address: host, port: 0 } }] as const;
    const bob = await agent(host, { listen });
    const port = bob.listening[0]?.local.port ?? 0;
    await bob.stop();
    const alice = await agent(host, { listen, preferredTransport: 'udp' });
    const uriHost = host.includes(':') ? `[${host}]` : host;
    const outcome = await alice.send(textMessage(sipUri('alice', uriHost), sipUri('bob', uriHost, { port }), 'x')).outcome;
    expect(outcome).toEqual({ kind: 'transport-failed', cause: 'refused', reason: 'nobody listens there' });
  });
});
