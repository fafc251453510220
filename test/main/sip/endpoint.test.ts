// Two user agents on an internet in memory: both ways, over UDP and TCP, with loss, and nothing left after the end.
import { describe, expect, it } from 'vitest';
import { address, createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';

const ALICE = sipUri('alice', '192.0.2.1');
const BOB = sipUri('bob', '192.0.2.2');
const OVER_TCP = { parameters: [{ name: 'transport', value: 'tcp' }] };

function decode(body: Uint8Array): string {
  return new TextDecoder().decode(body);
}

describe('a MESSAGE between two endpoints', () => {
  it.each([
    ['udp', BOB],
    ['tcp', { ...BOB, ...OVER_TCP }],
  ])('goes over %s and is answered by its handler', async (protocol, to) => {
    const { clock, internet, endpoint } = createTestInternet();
    const alice = await endpoint('192.0.2.1');
    const bob = await endpoint('192.0.2.2');
    const heard: string[] = [];
    bob.onRequest('MESSAGE', ({ message, flow, source }) => {
      heard.push(`${flow.protocol} ${source.address} ${decode(message.body)}`);
      return { status: 200 };
    });
    const outcome = await clock.run(alice.send(textMessage(ALICE, to, 'hello')).outcome);
    expect(outcome).toMatchObject({ kind: 'final', response: { status: 200, reason: 'OK', cseq: { number: 1, method: 'MESSAGE' } } });
    expect(heard).toEqual([`${protocol} 192.0.2.1 hello`]);
    await alice.stop();
    await bob.stop();
    await clock.settle();
    await clock.advance(10);
    expect({ timers: clock.pendingTimers(), sockets: internet.openSockets() }).toEqual({ timers: 0, sockets: 0 });
  });

  it('reaches its handler once each in spite of loss, duplication and reordering', async () => {
    const { clock, endpoint } = createTestInternet({ delayMs: 20, jitterMs: 200, loss: 0.3, duplication: 0.3 }, 7);
    const alice = await endpoint('192.0.2.1');
    const bob = await endpoint('192.0.2.2');
    const heard: string[] = [];
    bob.onRequest('MESSAGE', ({ message }) => {
      heard.push(decode(message.body));
      return { status: 200 };
    });
    const texts = Array.from({ length: 40 }, (_, index) => `message ${index}`);
    const outcomes = await clock.run(Promise.all(texts.map((text) => alice.send(textMessage(ALICE, BOB, text)).outcome)));
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(texts.map(() => 'final'));
    expect(heard.toSorted()).toEqual(texts.toSorted());
    await alice.stop();
    await bob.stop();
  });

  it('moves to TCP when it is too large for UDP, and stays on UDP where TCP is refused', async () => {
    const { clock, endpoint } = createTestInternet();
    const alice = await endpoint('192.0.2.1');
    const bob = await endpoint('192.0.2.2');
    const udpOnly = await endpoint('192.0.2.3', { listen: [{ protocol: 'udp', local: { address: '192.0.2.3', port: 5060 } }] });
    const heard: string[] = [];
    for (const peer of [bob, udpOnly]) {
      peer.onRequest('MESSAGE', ({ message, flow }) => {
        heard.push(`${flow.protocol} ${message.vias[0]?.transport} ${message.body.length}`);
        return { status: 200 };
      });
    }
    const text = 'x'.repeat(2_000);
    await clock.run(alice.send(textMessage(ALICE, BOB, text)).outcome);
    await clock.run(alice.send(textMessage(ALICE, sipUri('carol', '192.0.2.3'), text)).outcome);
    expect(heard).toEqual(['tcp TCP 2000', 'udp UDP 2000']);
    await alice.stop();
    await bob.stop();
    await udpOnly.stop();
  });
});

describe('how a request ends without an answer', () => {
  it('times out after 64 T1 where somebody is there', async () => {
    const { clock, endpoint } = createTestInternet();
    const alice = await endpoint('192.0.2.1');
    const bob = await endpoint('192.0.2.2');
    bob.onRequest('MESSAGE', () => new Promise(() => undefined));
    const startMs = clock.monotonicMs();
    const outcome = await clock.run(alice.send(textMessage(ALICE, BOB, 'anybody there?')).outcome);
    expect({ outcome, afterMs: clock.monotonicMs() - startMs }).toEqual({ outcome: { kind: 'timeout' }, afterMs: 32_000 });
    await alice.stop();
    await bob.stop();
  });

  it('says refused where nobody listens', async () => {
    const { clock, endpoint } = createTestInternet();
    const alice = await endpoint('192.0.2.1');
    const outcome = await clock.run(alice.send(textMessage(ALICE, { ...BOB, ...OVER_TCP }, 'hello')).outcome);
    expect(outcome).toEqual({ kind: 'transport-failed', cause: 'refused', reason: 'ECONNREFUSED' });
    await alice.stop();
  });

  it('says that the name is not found', async () => {
    const { clock, endpoint } = createTestInternet();
    const alice = await endpoint('192.0.2.1');
    const outcome = await clock.run(alice.send(textMessage(ALICE, sipUri('bob', 'nowhere.test'), 'hello')).outcome);
    expect(outcome).toEqual({ kind: 'transport-failed', cause: 'name-not-found', reason: 'no address for nowhere.test' });
    await alice.stop();
  });

  it('is cancelled at once by cancel and by stop', async () => {
    const { clock, endpoint } = createTestInternet();
    const alice = await endpoint('192.0.2.1');
    const first = alice.send(textMessage(ALICE, BOB, 'one'));
    const second = alice.send(textMessage(ALICE, BOB, 'two'));
    await clock.advance(100);
    first.cancel();
    expect(await first.outcome).toEqual({ kind: 'cancelled' });
    await alice.stop();
    expect(await second.outcome).toEqual({ kind: 'cancelled' });
    expect(await alice.send(textMessage(ALICE, BOB, 'three')).outcome).toEqual({ kind: 'cancelled' });
    await clock.advance(10);
    expect(clock.pendingTimers()).toBe(0);
  });

  it('opens a new connection when the one it had died unnoticed', async () => {
    const { clock, internet, endpoint } = createTestInternet();
    const alice = await endpoint('192.0.2.1');
    const bob = await endpoint('192.0.2.2');
    bob.onRequest('MESSAGE', () => ({ status: 200 }));
    const closed: string[] = [];
    alice.onFlowClosed((flow, error) => void closed.push(`${flow.protocol} ${flow.remote.address} ${error?.message}`));
    const to = { ...BOB, ...OVER_TCP };
    await clock.run(alice.send(textMessage(ALICE, to, 'one')).outcome);
    const second = alice.send(textMessage(ALICE, to, 'two'));
    await clock.settle();
    internet.resetStreams('192.0.2.1');
    expect(await clock.run(second.outcome)).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(closed).toEqual(['tcp 192.0.2.2 ECONNRESET']);
    await alice.stop();
    await bob.stop();
  });
});

describe('what the endpoint answers by itself', () => {
  async function ask(method: string, more: object = {}, serverOptions: object = {}): Promise<{ status: number; headers: object }> {
    const { clock, endpoint, log } = createTestInternet();
    const alice = await endpoint('192.0.2.1');
    const bob = await endpoint('192.0.2.2', serverOptions);
    bob.onRequest('MESSAGE', ({ message }) => {
      if (message.body.length === 0) throw new Error('a broken handler');
      return { status: 200 };
    });
    bob.onRequest('NOTIFY', () => ({ status: 200 }), 'presence');
    const outcome = await clock.run(alice.send({ ...textMessage(ALICE, BOB, 'x'), method, ...more }).outcome);
    await alice.stop();
    await bob.stop();
    if (outcome.kind !== 'final') throw new Error(outcome.kind);
    const { status, headers } = outcome.response;
    expect(log.length).toBe(status === 500 ? 1 : 0);
    return { status, headers: Object.fromEntries(headers.map((field) => [field.name, field.value])) };
  }
  const server = { Server: 'test' };
  const allow = 'CANCEL, MESSAGE, NOTIFY, OPTIONS';

  it.each([
    ['405 with Allow for a method nobody takes', 'INFO', {}, { status: 405, headers: { Allow: allow, ...server } }],
    ['501 for a method nobody knows', 'DANCE', {}, { status: 501, headers: { Allow: allow, ...server } }],
    [
      '489 with Allow-Events for an unknown package',
      'NOTIFY',
      { headers: [{ name: 'Event', value: 'weather' }] },
      { status: 489, headers: { 'Allow-Events': 'presence', ...server } },
    ],
    ['200 for a known package', 'NOTIFY', { headers: [{ name: 'Event', value: 'Presence;id=7' }] }, { status: 200, headers: server }],
    [
      '420 with Unsupported',
      'MESSAGE',
      { headers: [{ name: 'Require', value: 'eventlist, magic' }] },
      { status: 420, headers: { Unsupported: 'magic', ...server } },
    ],
    [
      '416 for a Request-URI of another scheme',
      'MESSAGE',
      {
        uri: { kind: 'other', scheme: 'tel', rest: '+15551234' },
        route: [address({ ...BOB, parameters: [{ name: 'lr', value: undefined }] })],
      },
      { status: 416, headers: server },
    ],
    ['500 where the handler throws', 'MESSAGE', { body: new Uint8Array(0) }, { status: 500, headers: server }],
    [
      '200 for OPTIONS',
      'OPTIONS',
      {},
      { status: 200, headers: { Allow: allow, Supported: 'eventlist', Accept: 'text/plain', 'Allow-Events': 'presence', ...server } },
    ],
  ])('%s', async (_, method, more, expected) => {
    expect(await ask(method, more, { supported: ['eventlist'], accept: ['text/plain'] })).toEqual(expected);
  });
});
