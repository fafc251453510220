// Where requests go: proxies, service routes, fail-over between targets, flows; and CANCEL and copies coming in.
import { describe, expect, it } from 'vitest';
import type { Endpoint, EndpointOptions } from '../../../main/sip/index.ts';
import type { MemoryInternet } from '../../support/memory-network.ts';
import { address, createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import { createRawPeer } from '../../support/raw-peer.ts';

const ALICE = sipUri('alice', 'example.test');
const BOB = sipUri('bob', 'example.test');
const LR = { name: 'lr', value: undefined };

async function setUp(options: Partial<EndpointOptions> = {}) {
  const { clock, internet, endpoint } = createTestInternet();
  internet.dns.addresses = { 'example.test': ['192.0.2.2', '192.0.2.3'] };
  const alice = await endpoint('192.0.2.1', options);
  const seen: string[] = [];
  const server = async (host: string, status: number): Promise<Endpoint> => {
    const peer = await endpoint(host);
    peer.onRequest('MESSAGE', ({ message }) => {
      const routes = message.headers.filter((field) => field.name === 'Route').map((field) => field.value);
      seen.push([host, message.callId.length > 0 ? '' : 'no Call-ID', ...routes].filter((text) => text !== '').join(' '));
      return { status };
    });
    peer.onRequest('REGISTER', ({ message }) => {
      seen.push([host, ...message.headers.filter((field) => field.name === 'Route').map((field) => field.value)].join(' '));
      return { status: 200 };
    });
    return peer;
  };
  return { clock, internet, alice, seen, server };
}

describe('fail-over (RFC 3263 §4.3)', () => {
  it('goes to the next target after 503, and remembers the first as the last to try', async () => {
    const { clock, alice, seen, server } = await setUp();
    await server('192.0.2.2', 503);
    await server('192.0.2.3', 200);
    for (let round = 0; round < 2; round++) {
      const outcome = await clock.run(alice.send(textMessage(ALICE, BOB, 'x')).outcome);
      expect(outcome).toMatchObject({ kind: 'final', response: { status: 200 } });
    }
    expect(seen).toEqual(['192.0.2.2', '192.0.2.3', '192.0.2.3']);
  });

  it('goes to the next target where TCP is refused, and after a timeout', async () => {
    const { clock, alice, seen, server } = await setUp({ preferredTransport: 'tcp' });
    await server('192.0.2.3', 200);
    expect(await clock.run(alice.send(textMessage(ALICE, BOB, 'x')).outcome)).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(seen).toEqual(['192.0.2.3']);
    const udp = await setUp();
    await udp.server('192.0.2.3', 200);
    expect(await udp.clock.run(udp.alice.send(textMessage(ALICE, BOB, 'x')).outcome)).toMatchObject({ kind: 'final' });
    expect(udp.clock.monotonicMs()).toBeGreaterThanOrEqual(10_000);
  });

  it('gives the last 503 when all say so', async () => {
    const { clock, alice, server } = await setUp();
    await server('192.0.2.2', 503);
    await server('192.0.2.3', 503);
    expect(await clock.run(alice.send(textMessage(ALICE, BOB, 'x')).outcome)).toMatchObject({ kind: 'final', response: { status: 503 } });
  });

  it('gives up an unreachable TCP peer in time for the next', async () => {
    const { clock, internet, alice, seen, server } = await setUp({ preferredTransport: 'tcp' });
    await server('192.0.2.3', 200);
    internet.cutOff('192.0.2.2');
    expect(await clock.run(alice.send(textMessage(ALICE, BOB, 'x')).outcome)).toMatchObject({ kind: 'final' });
    expect({ seen, afterMs: clock.monotonicMs() < 6_000 }).toEqual({ seen: ['192.0.2.3'], afterMs: true });
  });
});

describe('fail-over between transports (RFC 3263 §4.3)', () => {
  it('goes through all places of all transports the domain names, in order', async () => {
    const { clock, internet, alice, seen, server } = await setUp({});
    internet.dns.naptr = {
      'example.test': [
        { order: 10, preference: 10, flags: 's', service: 'SIP+D2T', replacement: '_sip._tcp.example.test' },
        { order: 20, preference: 10, flags: 's', service: 'SIP+D2U', replacement: '_sip._udp.example.test' },
      ],
    };
    const srv = (port: number, target: string) => ({ priority: 1, weight: 0, port, target });
    internet.dns.srv = {
      '_sip._tcp.example.test': [srv(5999, 'a.example.test')],
      '_sip._udp.example.test': [srv(5060, 'b.example.test'), { ...srv(5060, 'c.example.test'), priority: 2 }],
    };
    internet.dns.addresses = { 'a.example.test': ['192.0.2.2'], 'b.example.test': ['192.0.2.3'], 'c.example.test': ['192.0.2.4'] };
    await server('192.0.2.3', 503);
    await server('192.0.2.4', 200);
    const outcome = await clock.run(alice.send(textMessage(ALICE, BOB, 'x')).outcome);
    expect([outcome.kind === 'final' && `${outcome.flow.protocol} ${outcome.response.status}`, seen]).toEqual([
      'udp 200',
      ['192.0.2.3', '192.0.2.4'],
    ]);
  });
});

describe('routes', () => {
  it('go through the outbound proxy and then the service route, which REGISTER does not take', async () => {
    const { clock, alice, seen, server } = await setUp({ outboundProxy: sipUri(undefined, '192.0.2.9') });
    await server('192.0.2.9', 200);
    alice.setServiceRoute([address(sipUri(undefined, 'service.test', { parameters: [LR] }))]);
    await clock.run(alice.send(textMessage(ALICE, BOB, 'x')).outcome);
    const registrar = sipUri(undefined, 'example.test');
    await clock.run(alice.send({ method: 'REGISTER', uri: registrar, from: address(ALICE), to: address(ALICE) }).outcome);
    expect(seen).toEqual(['192.0.2.9 <sip:192.0.2.9;lr> <sip:service.test;lr>', '192.0.2.9 <sip:192.0.2.9;lr>']);
  });

  it('do not name the outbound proxy twice', async () => {
    const { clock, alice, seen, server } = await setUp({ outboundProxy: sipUri(undefined, '192.0.2.9') });
    await server('192.0.2.9', 200);
    alice.setServiceRoute([address(sipUri('edge', '192.0.2.9', { parameters: [LR] }))]);
    await clock.run(alice.send(textMessage(ALICE, BOB, 'x')).outcome);
    expect(seen).toEqual(['192.0.2.9 <sip:edge@192.0.2.9;lr>']);
  });

  it('do not matter for a request on a flow, until the flow is gone', async () => {
    const { clock, internet, alice, seen, server } = await setUp({ preferredTransport: 'tcp' });
    await server('192.0.2.3', 200);
    await server('192.0.2.4', 200);
    const first = await clock.run(alice.send(textMessage(ALICE, sipUri('bob', '192.0.2.4'), 'x')).outcome);
    if (first.kind !== 'final') throw new Error(first.kind);
    await clock.run(alice.send(textMessage(ALICE, BOB, 'x', { flow: first.flow })).outcome);
    internet.resetStreams('192.0.2.4');
    await clock.settle();
    await clock.run(alice.send(textMessage(ALICE, BOB, 'x', { flow: first.flow })).outcome);
    expect(seen).toEqual(['192.0.2.4', '192.0.2.4', '192.0.2.3']);
  });
});

it('the registered connection takes what its server’s address is the next hop of, an ACK too', async () => {
  const { clock, internet, endpoint } = createTestInternet();
  const alice = await endpoint('192.0.2.1');
  const server = await endpoint('192.0.2.2');
  const heard: string[] = [];
  server.onRequest('INFO', ({ flow }) => {
    heard.push(`INFO ${flow.protocol}`);
    return { status: 200 };
  });
  let acks = 0;
  server.invites.open({ onInvite: () => undefined, onAck: () => void acks++ }, []);
  let datagrams = 0;
  internet.onDatagram = () => (datagrams++, true);
  const to = sipUri('bob', '192.0.2.2');
  const tcp = { ...to, parameters: [{ name: 'transport', value: 'tcp' }] };
  const registered = await clock.run(alice.send(textMessage(ALICE, tcp, 'x')).outcome);
  if (registered.kind !== 'final') throw new Error(registered.kind);
  const { flow, request } = registered;
  alice.setGranted({ publicGruu: undefined, temporaryGruu: undefined, flow, isOutbound: false });
  await clock.run(alice.send(textMessage(ALICE, to, 'x', { method: 'INFO' })).outcome);
  await clock.run(alice.send(textMessage(ALICE, tcp, 'x', { method: 'INFO' })).outcome);
  await clock.run(alice.invites.ack(textMessage(ALICE, to, '', { method: 'ACK' }), request).sent);
  await clock.advance(10);
  expect([heard, acks, datagrams]).toEqual([['INFO tcp', 'INFO tcp'], 1, 0]);
});

/** A peer without a stack: sends what it is told, and notes status and method of what comes back. */
async function rawPeer(internet: MemoryInternet) {
  const statuses: string[] = [];
  const local = { address: '192.0.2.7', port: 5060 };
  const udp = await internet.host(local.address).openUdp(local, (bytes) => {
    const text = new TextDecoder().decode(bytes);
    statuses.push(`${/^SIP\/2\.0 (\d+)/.exec(text)?.[1]} ${/CSeq: \d+ (\w+)/.exec(text)?.[1]}`);
  });
  const send = (text: string): void => udp.send(new TextEncoder().encode(text), { address: '192.0.2.2', port: 5060 }, () => undefined);
  return { statuses, send };
}

function rawRequest(method: string, branch = 'z9hG4bK1'): string {
  return [
    `${method} sip:bob@192.0.2.2 SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.7:5060;branch=${branch}`,
    'Max-Forwards: 70',
    'From: <sip:alice@192.0.2.7>;tag=a',
    'To: <sip:bob@192.0.2.2>',
    'Call-ID: raw',
    `CSeq: 1 ${method}`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

describe('incoming', () => {
  async function setUpBob() {
    const { clock, internet, endpoint } = createTestInternet();
    return { clock, bob: await endpoint('192.0.2.2'), peer: await rawPeer(internet) };
  }

  it('CANCEL ends an INVITE that waits with 487, and is 481 without one', async () => {
    const { clock, bob, peer } = await setUpBob();
    bob.onRequest('INVITE', () => Promise.withResolvers<{ status: number }>().promise);
    peer.send(rawRequest('CANCEL', 'z9hG4bK0'));
    peer.send(rawRequest('INVITE'));
    await clock.advance(300);
    peer.send(rawRequest('CANCEL'));
    await clock.advance(100);
    peer.send(rawRequest('ACK'));
    await clock.advance(1_000);
    expect(peer.statuses).toEqual(['481 CANCEL', '100 INVITE', '200 CANCEL', '487 INVITE']);
    await bob.stop();
    await clock.advance(10);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('CANCEL that is not all the same as its INVITE is 481, and the INVITE goes on (§9.1)', async () => {
    const { clock, bob, peer } = await setUpBob();
    bob.onRequest('INVITE', () => Promise.withResolvers<{ status: number }>().promise);
    peer.send(rawRequest('INVITE'));
    await clock.advance(10);
    const changes: readonly (readonly [string, string])[] = [
      ['Call-ID: raw', 'Call-ID: guess'],
      ['CSeq: 1', 'CSeq: 2'],
      [';tag=a', ';tag=guess'],
      ['To: <sip:bob@192.0.2.2>', 'To: <sip:bob@192.0.2.2>;tag=guess'],
      ['CANCEL sip:bob@', 'CANCEL sip:carol@'],
      ['Via: SIP/2.0/UDP 192.0.2.7:5060', 'Via: SIP/2.0/UDP 192.0.2.7:5061;rport'],
    ];
    for (const [before, after] of changes) {
      peer.send(rawRequest('CANCEL').replace(before, after));
      await clock.advance(33_000);
    }
    expect(peer.statuses.toSorted()).toEqual(['100 INVITE', ...changes.map(() => '481 CANCEL')]);
    await bob.stop();
  });

  it('CANCEL for another request is answered 200 and has no effect (§9.2)', async () => {
    const { clock, bob, peer } = await setUpBob();
    const reply = Promise.withResolvers<{ status: number }>();
    bob.onRequest('MESSAGE', () => reply.promise);
    peer.send(rawRequest('MESSAGE'));
    peer.send(rawRequest('CANCEL'));
    await clock.advance(10);
    reply.resolve({ status: 202 });
    await clock.advance(10);
    expect(peer.statuses).toEqual(['200 CANCEL', '202 MESSAGE']);
    await bob.stop();
  });

  it.each([
    ['sent-by', '192.0.2.7:5060'],
    ['the default', '192.0.2.7'],
  ])('a request whose connection is gone is answered over a new one, to the port of %s (§18.2.2)', async (_, sentBy) => {
    const { clock, internet, endpoint } = createTestInternet();
    const bob = await endpoint('192.0.2.2');
    const reply = Promise.withResolvers<{ status: number }>();
    bob.onRequest('MESSAGE', () => reply.promise);
    const received: string[] = [];
    const events = { onData: (bytes: Uint8Array) => void received.push(new TextDecoder().decode(bytes)), onClosed: () => undefined };
    const host = internet.host('192.0.2.7');
    const listening = await host.listenTcp({ address: '192.0.2.7', port: 5060 }, () => events);
    const connecting = host.connectTcp({ address: '192.0.2.2', port: 5060 }, events, new AbortController().signal);
    const socket = await clock.run(connecting);
    socket.write(new TextEncoder().encode(rawRequest('MESSAGE').replace('UDP 192.0.2.7:5060', `TCP ${sentBy}`)));
    await clock.advance(10);
    socket.close();
    await clock.advance(10);
    reply.resolve({ status: 202 });
    await clock.advance(10);
    expect(received.map((text) => text.slice(0, 11))).toEqual(['SIP/2.0 202']);
    listening.close();
    await bob.stop();
  });

  it.each([
    ['sip', 'sip:bob@192.0.2.2', 'Contact: <sip:alice@192.0.2.7>'],
    ['sips', 'sips:bob@192.0.2.2', 'Contact: <sips:alice@192.0.2.7>'],
    ['sips', 'sip:bob@192.0.2.2', 'Contact: <sips:alice@192.0.2.7>'],
    ['sips', 'sip:bob@192.0.2.2', 'Record-Route: <sips:192.0.2.9;lr>\r\nContact: <sip:alice@192.0.2.7>'],
    ['sip', 'sip:bob@192.0.2.2', 'Record-Route: <sip:192.0.2.9;lr>\r\nContact: <sips:alice@192.0.2.7>'],
  ])('our Contact is a %s URI for a request to %s with %s (§12.1.1)', async (scheme, uri, fields) => {
    const { clock, internet, endpoint } = createTestInternet();
    const bob = await endpoint('192.0.2.2');
    bob.onRequest('SUBSCRIBE', () => ({ status: 200, contact: { user: 'bob' } }));
    const peer = createRawPeer({ clock, internet, endpoint, log: [] }, '192.0.2.2');
    peer.sendUdp(rawRequest('SUBSCRIBE').replace('sip:bob@192.0.2.2 ', `${uri} `).replace('Call-ID:', `${fields}\r\nCall-ID:`));
    await clock.advance(10);
    expect(/^Contact: <(\w+):/m.exec(peer.datagrams[0]?.text ?? '')?.[1]).toBe(scheme);
    peer.close();
    await bob.stop();
  });

  it('copies that came by two ways are handled once', async () => {
    const { clock, bob, peer } = await setUpBob();
    bob.onRequest('MESSAGE', () => ({ status: 200 }));
    peer.send(rawRequest('MESSAGE'));
    peer.send(rawRequest('MESSAGE', 'z9hG4bK2'));
    await clock.advance(100);
    expect(peer.statuses).toEqual(['200 MESSAGE', '482 MESSAGE']);
    await bob.stop();
  });

  it('an INVITE nobody takes is 405 until its ACK comes', async () => {
    const { clock, bob, peer } = await setUpBob();
    peer.send(rawRequest('INVITE'));
    await clock.advance(600);
    peer.send(rawRequest('ACK'));
    await clock.advance(10_000);
    expect(peer.statuses).toEqual(['405 INVITE', '405 INVITE']);
    await bob.stop();
  });

  it('garbage is silence, and what can be answered is 400', async () => {
    const { clock, bob, peer } = await setUpBob();
    peer.send('hello?');
    peer.send('\r\n\r\n');
    peer.send(rawRequest('MESSAGE').replace('Max-Forwards: 70', 'Contact: <sip:'));
    peer.send(rawRequest('ACK').replace('Max-Forwards: 70', 'Contact: <sip:'));
    await clock.advance(100);
    expect(peer.statuses.map((text) => text.slice(0, 3))).toEqual(['400']);
    expect(bob.counts).toEqual({ 'malformed-ignored': 2, 'malformed-answered': 1 });
    await bob.stop();
  });
});
