// Keep-alives: answered ones keep a connection, an unanswered one ends it, and nothing stays behind.
import { expect, it } from 'vitest';
import { createTestInternet, sipUri, textMessage } from '../../../support/endpoint-pair.ts';

const OVER_TCP = { parameters: [{ name: 'transport', value: 'tcp' }] };

async function connected() {
  const { clock, internet, endpoint } = createTestInternet();
  const alice = await endpoint('192.0.2.1');
  const bob = await endpoint('192.0.2.2');
  bob.onRequest('MESSAGE', () => ({ status: 200 }));
  const sent = await clock.run(alice.send(textMessage(sipUri('alice', '192.0.2.1'), sipUri('bob', '192.0.2.2', OVER_TCP), 'x')).outcome);
  if (sent.kind !== 'final') throw new Error(sent.kind);
  const closed: string[] = [];
  alice.onFlowClosed((flow, error) => void closed.push(`${flow.protocol} ${error?.message}`));
  return { clock, internet, alice, bob, flow: sent.flow, closed };
}

it('are sent within their interval and answered', async () => {
  const { clock, alice, bob, flow, closed } = await connected();
  alice.keepAlive(flow, 30);
  await clock.advance(60 * 60_000);
  const { 'pings-answered': pings = 0 } = bob.counts;
  expect({ closed, isOften: pings >= 120, isNotTooOften: pings <= 151, pongs: alice.counts['pongs-received'] === pings }).toEqual({
    closed: [],
    isOften: true,
    isNotTooOften: true,
    pongs: true,
  });
  await alice.stop();
  await bob.stop();
  await clock.advance(10);
  expect(clock.pendingTimers()).toBe(0);
});

it('end a connection that answered before and is silent now', async () => {
  const { clock, internet, alice, bob, flow, closed } = await connected();
  alice.keepAlive(flow, 30);
  await clock.advance(100_000);
  internet.cutOff('192.0.2.2');
  await clock.advance(40_000);
  expect(closed).toEqual(['tcp no answer to a keep-alive']);
  await alice.stop();
  await bob.stop();
});

it('stop when told', async () => {
  const { clock, alice, bob, flow } = await connected();
  const end = alice.keepAlive(flow, 30);
  await clock.advance(1_000);
  end();
  await clock.advance(300_000);
  expect(bob.counts['pings-answered']).toBe(1);
  await alice.stop();
  await bob.stop();
});
