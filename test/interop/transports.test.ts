// Our stack and a real Kamailio over every transport: outbound, GRUU, keep-alives, lost connections, and certificates that must be refused.
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../build/server/server.ts';
import type { DevelopmentServer } from '../../build/server/server.ts';
import { createNodeNetwork } from '../../main/sip/index.ts';
import type { SipUri, TransportProtocol } from '../../main/sip/index.ts';
import { openEndpoint } from '../support/open-endpoint.ts';
import { BareAgent, sipUri, until } from './support/bare-agent.ts';

let server: DevelopmentServer;
const agents: BareAgent[] = [];
beforeAll(async () => {
  server = await startServer();
});
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.stop();
});
afterAll(() => server.stop());

async function signIn(name: string, protocol: TransportProtocol): Promise<BareAgent> {
  const agent = await BareAgent.start(server, name, protocol);
  agents.push(agent);
  return agent;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}

const PROTOCOLS = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;

describe.each(PROTOCOLS)('over %s', (protocol) => {
  test('registers with outbound and GRUU, and is reached by every address', async () => {
    const ada = await signIn('ada', protocol);
    const bob = await signIn('bob', protocol);
    const granted = await ada.registered();
    expect(granted).toMatchObject({ kind: 'ok', isOutbound: true, bindingCount: 1 });
    const addresses: [string, SipUri][] = [
      ['address of record', ada.uri],
      ['public GRUU', present(granted.publicGruu)],
      ['temporary GRUU', present(granted.temporaryGruu)],
    ];
    for (const [text, uri] of addresses) {
      expect(await bob.write(uri, text), text).toMatchObject({ kind: 'final', response: { status: 200 }, flow: { protocol } });
      await ada.heard(text);
    }
    expect(ada.texts).toHaveLength(3);
    expect(ada.requests.map(({ flow }) => flow.protocol)).toEqual([protocol, protocol, protocol]);
  });

  test.each(['address', 'public', 'temporary'] as const)('is notified in a dialog whose Contact is our %s', async (kind) => {
    const ada = await signIn('ada', protocol);
    const notified: string[] = [];
    ada.endpoint.onRequest(
      'NOTIFY',
      ({ message, flow }) => {
        notified.push(`${flow.protocol} ${message.callId}`);
        return { status: 200 };
      },
      'presence',
    );
    const subscribed = await ada.send('SUBSCRIBE', sipUri(`sip:carol@${server.domain}`), {
      callId: `subscription-${protocol}-${kind}`,
      contact: { user: 'ada', ...(kind === 'address' ? {} : { gruu: kind }) },
      headers: [
        { name: 'Event', value: 'presence' },
        { name: 'Expires', value: '60' },
      ],
    });
    expect(subscribed).toMatchObject({ kind: 'final', response: { status: 200 } });
    await until(
      () => notified.length > 0,
      () => `no NOTIFY\n${server.wire().slice(-4_000)}`,
    );
    expect(notified[0]).toBe(`${protocol} subscription-${protocol}-${kind}`);
  });
});

test.each(PROTOCOLS)('a dialog goes on over %s, on the same flow', async (protocol) => {
  const ada = await signIn('ada', protocol);
  await ada.registered();
  ada.endpoint.onRequest('NOTIFY', () => ({ status: 200 }), 'presence');
  const headers = [
    { name: 'Event', value: 'presence' },
    { name: 'Expires', value: '60' },
  ];
  const contact = { user: 'ada' };
  const begun = await ada.send('SUBSCRIBE', sipUri(`sip:carol@${server.domain}`), { contact, headers });
  if (begun.kind !== 'final') throw new Error(begun.kind);
  const { request, response, flow } = begun;
  const [target] = response.contacts === '*' ? [] : response.contacts;
  const refreshed = await ada.endpoint.send({
    method: 'SUBSCRIBE',
    uri: present(target).uri,
    from: request.from,
    to: response.to,
    callId: request.callId,
    cseqNumber: request.cseq.number + 1,
    route: [],
    contact,
    headers,
  }).outcome;
  expect(refreshed).toMatchObject({ kind: 'final', response: { status: 200 }, flow: { id: flow.id } });
});

describe.each(['udp', 'tcp', 'tls'] as const)('keep-alives over %s', (protocol) => {
  test('are answered, so that silence means something', async () => {
    const ada = await signIn('ada', protocol);
    const outcome = await ada.send('OPTIONS', sipUri(`sip:${server.domain}`));
    if (outcome.kind !== 'final') throw new Error(outcome.kind);
    const end = ada.endpoint.keepAlive(outcome.flow, 60);
    // The flow as the stack holds it knows whether it was ever answered.
    const flow = outcome.flow as typeof outcome.flow & { readonly hasPonged: boolean };
    await until(
      () => flow.hasPonged,
      () => 'no answer to a keep-alive',
    );
    end();
  });
});

describe.each(['tcp', 'tls', 'ws', 'wss'] as const)('a connection over %s that is cut', (protocol) => {
  test('is replaced, and its binding with it: one remains, and messages come', async () => {
    const ada = await signIn('ada', protocol);
    const bob = await signIn('bob', protocol);
    const before = ada.states.length;
    ada.cut();
    await until(
      () => ada.states.slice(before).some((state) => state.kind === 'ok'),
      () => JSON.stringify(ada.states),
    );
    expect(await ada.registered()).toMatchObject({ isOutbound: true, bindingCount: 1 });
    expect(await bob.write(ada.uri, 'after the cut')).toMatchObject({ kind: 'final', response: { status: 200 } });
    await ada.heard('after the cut');
  });
});

describe('certificates', () => {
  /** A server with one of the certificates that a client has to refuse, and what we say of it. */
  async function askServerWith(certificate: string, caPem: string | undefined, host: string): Promise<unknown> {
    const folder = join(server.folder, 'certificates');
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const sockets = new Set<TLSSocket>();
    const tls = createServer({ cert: read(`${certificate}.pem`), key: read(`${certificate}.key`) }, (socket) => sockets.add(socket));
    tls.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const endpoint = await openEndpoint({
      network: { ...createNodeNetwork(), dns: { naptr: async () => [], srv: async () => [], addresses: async () => ['127.0.0.1'] } },
      preferredTransport: 'tls',
      caPem,
    });
    const { port } = tls.address() as AddressInfo;
    const uri = sipUri(`sips:${host}:${port}`);
    const self = { displayName: undefined, uri, parameters: [] };
    const outcome = await endpoint.send({ method: 'OPTIONS', uri, from: self, to: self }).outcome;
    await endpoint.stop();
    for (const socket of sockets) socket.destroy();
    tls.close();
    return outcome;
  }

  test.each([
    ['wrong-host', true, 'the certificate is for wrong.invalid, not for example.test'],
    ['self-signed', true, "the server's certificate is signed by itself and not trusted here (DEPTH_ZERO_SELF_SIGNED_CERT)"],
    ['server', false, 'the server does not send the certificates that lead to a trusted authority (UNABLE_TO_VERIFY_LEAF_SIGNATURE)'],
  ] as const)('%s is refused with its reason', async (certificate, isTrusted, reason) => {
    const caPem = isTrusted ? readFileSync(server.caFile, 'utf8') : undefined;
    expect(await askServerWith(certificate, caPem, server.domain)).toEqual({ kind: 'transport-failed', cause: 'tls', reason });
  });
});
