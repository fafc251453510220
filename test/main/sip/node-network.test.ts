// The real network: what Node would throw at is a failure like any other.
import { expect, it } from 'vitest';
import { createNodeNetwork } from '../../../main/sip/index.ts';
import { sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';

it('a request whose Via names port 0 costs one answer, and one to port 0 fails as it should', async () => {
  const alice = await openEndpoint({ listen: [{ protocol: 'udp', local: { address: '127.0.0.1', port: 0 } }] });
  const errors: string[] = [];
  const stranger = await openEndpoint({ listen: [{ protocol: 'udp', local: { address: '127.0.0.1', port: 0 } }] });
  alice.onRequest('MESSAGE', async () => {
    await Promise.resolve();
    return { status: 200 };
  });
  const socket = await createNodeNetwork().openUdp({ address: '127.0.0.1', port: 0 }, () => undefined);
  const lines = [
    'MESSAGE sip:alice@127.0.0.1 SIP/2.0',
    'Via: SIP/2.0/UDP 127.0.0.1:0;branch=z9hG4bK1',
    'From: <sip:bob@127.0.0.1>;tag=1',
    'To: <sip:alice@127.0.0.1>',
    'Call-ID: 1',
    'CSeq: 1 MESSAGE',
    'Max-Forwards: 70',
    'Content-Length: 0',
  ];
  const target = { address: '127.0.0.1', port: alice.listening[0]?.local.port ?? 0 };
  socket.send(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), target, (error) => errors.push(error.message));
  const self = sipUri('bob', '127.0.0.1');
  const nowhere = await stranger.send(textMessage(self, sipUri('alice', '127.0.0.1', { port: 0 }), 'x')).outcome;
  expect(nowhere).toMatchObject({ kind: 'transport-failed' });
  const answered = await stranger.send(textMessage(self, sipUri('alice', '127.0.0.1', { port: target.port }), 'x')).outcome;
  expect(answered).toMatchObject({ kind: 'final', response: { status: 200 } });
  expect(alice.counts).toEqual({ 'requests-received': 2, 'transport-errors': 1 });
  expect(errors).toEqual([]);
  socket.close();
  await Promise.all([alice.stop(), stranger.stop()]);
});

it('where no way leads, the network says so and throws nothing at the process', async () => {
  const network = createNodeNetwork();
  // Broadcast is refused by the system at once, as any address is without a network.
  const nowhere = { address: '255.255.255.255', port: 5060 };
  await expect(network.localAddressFor(nowhere)).rejects.toThrow('255.255.255.255');
  expect(await network.isUdpRefused(nowhere, new Uint8Array(1), AbortSignal.abort())).toBe(false);
  expect(await network.isUdpRefused(nowhere, new Uint8Array(1), new AbortController().signal)).toBe(false);
});
