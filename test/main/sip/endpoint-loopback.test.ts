// The same endpoint on real sockets: UDP and TCP on loopback.
import { describe, expect, it } from 'vitest';
import { createNodeNetwork } from '../../../main/sip/index.ts';
import type { Endpoint } from '../../../main/sip/index.ts';
import { address, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { openEndpoint, udpAndTcp } from '../../support/open-endpoint.ts';

function open(): Promise<Endpoint> {
  return openEndpoint({ listen: udpAndTcp('127.0.0.1'), credentials: () => ({ user: 'alice', password: 'secret' }) });
}

function portOf(endpoint: Endpoint, protocol: string): number | undefined {
  return endpoint.listening.find((entry) => entry.protocol === protocol)?.local.port;
}

describe.each(['udp', 'tcp'])('real sockets over %s', (protocol) => {
  it('carry REGISTER with digest and MESSAGE both ways', async () => {
    const alice = await open();
    const server = await open();
    const heard: string[] = [];
    server.onRequest('REGISTER', ({ message }) => {
      if (!message.headers.some((field) => field.name === 'Authorization')) {
        return {
          status: 401,
          headers: [{ name: 'WWW-Authenticate', value: 'Digest realm="test", nonce="n", algorithm=SHA-256, qop="auth"' }],
        };
      }
      return { status: 200 };
    });
    for (const endpoint of [alice, server]) {
      endpoint.onRequest('MESSAGE', async ({ message, flow }) => {
        await Promise.resolve();
        heard.push(`${flow.protocol} ${new TextDecoder().decode(message.body)}`);
        return { status: 200 };
      });
    }
    const parameters = [{ name: 'transport', value: protocol }];
    const target = sipUri('bob', '127.0.0.1', { port: portOf(server, protocol), parameters });
    const self = sipUri('alice', '127.0.0.1');
    const registered = await alice.send({
      method: 'REGISTER',
      uri: { ...target, user: undefined },
      from: address(self),
      to: address(self),
      contact: { user: 'alice', parameters: [{ name: 'expires', value: '600' }] },
    }).outcome;
    if (registered.kind !== 'final' || registered.request.contacts === '*') throw new Error(registered.kind);
    expect(registered.response.status).toBe(200);
    expect(registered.request.contacts).toEqual([
      {
        displayName: undefined,
        uri: sipUri('alice', '127.0.0.1', {
          port: registered.flow.local.port,
          parameters: protocol === 'udp' ? [] : parameters,
        }),
        parameters: [{ name: 'expires', value: '600' }],
      },
    ]);
    const there = await alice.send(textMessage(self, target, 'there')).outcome;
    const contact = registered.request.contacts[0]?.uri;
    if (contact?.kind !== 'sip') throw new Error('no contact');
    const back = await server.send(textMessage(target, contact, 'back')).outcome;
    expect([there, back]).toMatchObject([{ response: { status: 200 } }, { response: { status: 200 } }]);
    expect(heard).toEqual([`${protocol} there`, `${protocol} back`]);
    await alice.stop();
    await server.stop();
  });
});

it('a request that no datagram can carry, where TCP is refused, is too large', async () => {
  const alice = await open();
  const deaf = await createNodeNetwork().openUdp({ address: '127.0.0.1', port: 0 }, () => undefined);
  const to = sipUri('bob', '127.0.0.1', { port: deaf.local.port });
  const outcome = await alice.send(textMessage(sipUri('alice', '127.0.0.1'), to, 'x'.repeat(70_000))).outcome;
  expect(outcome).toMatchObject({ kind: 'transport-failed', cause: 'too-large' });
  deaf.close();
  await alice.stop();
});
