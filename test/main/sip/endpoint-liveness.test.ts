// A peer that is not there is found out within seconds, whatever the transport; one that is slow is waited for.
import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../main/sip/index.ts';
import { createTestInternet, sipUri, textMessage } from '../../support/endpoint-pair.ts';
import type { TestInternet } from '../../support/endpoint-pair.ts';

const ALICE = sipUri('alice', '192.0.2.1');
const OVER_TCP = { parameters: [{ name: 'transport', value: 'tcp' }] };

function bob(protocol: string) {
  return sipUri('bob', '192.0.2.2', protocol === 'tcp' ? OVER_TCP : {});
}

/** The first outcome when nobody answers, and after how many ms. */
async function unanswered({ clock }: TestInternet, alice: Endpoint, protocol: string): Promise<unknown> {
  const startMs = clock.monotonicMs();
  const outcome = await clock.run(alice.send(textMessage(ALICE, bob(protocol), 'anybody there?')).outcome);
  return { ...outcome, afterMs: clock.monotonicMs() - startMs };
}

describe('a peer that was never there', () => {
  it('is silent: 10 s over UDP, 5 s for a connection', async () => {
    const world = createTestInternet();
    world.internet.cutOff('192.0.2.2');
    const alice = await world.endpoint('192.0.2.1');
    expect(await unanswered(world, alice, 'udp')).toEqual({ kind: 'timeout', afterMs: 10_000 });
    expect(await unanswered(world, alice, 'tcp')).toMatchObject({ kind: 'transport-failed', cause: 'unreachable', afterMs: 5_000 });
    await alice.stop();
    expect(world.clock.pendingTimers()).toBe(0);
  });

  it('has its system say so: 2 s over UDP', async () => {
    const world = createTestInternet();
    world.internet.saysUnreachable = true;
    const alice = await world.endpoint('192.0.2.1');
    const refused = { kind: 'transport-failed', cause: 'refused' };
    expect(await unanswered(world, alice, 'udp')).toEqual({ ...refused, reason: 'nobody listens there', afterMs: 2_000 });
    expect(await unanswered(world, alice, 'tcp')).toMatchObject(refused);
    expect(alice.counts['flows-found-dead']).toBe(1);
    await alice.stop();
    expect(world.clock.pendingTimers()).toBe(0);
  });
});

describe.each(['udp', 'tcp'])('a peer over %s that was there', (protocol) => {
  async function connected() {
    const world = createTestInternet();
    const alice = await world.endpoint('192.0.2.1');
    const peer = await world.endpoint('192.0.2.2');
    const answers = { isSlow: false };
    peer.onRequest('MESSAGE', () => (answers.isSlow ? new Promise(() => undefined) : { status: 200 }));
    const first = await world.clock.run(alice.send(textMessage(ALICE, bob(protocol), 'x')).outcome);
    if (first.kind !== 'final') throw new Error(first.kind);
    const closed: string[] = [];
    alice.onFlowClosed((flow, error) => void closed.push(`${flow.protocol} ${error?.message}`));
    const stop = async (): Promise<void> => {
      await alice.stop();
      await peer.stop();
      await world.clock.advance(100);
      expect(world.clock.pendingTimers()).toBe(0);
      expect(world.internet.openSockets()).toBe(0);
    };
    return { world, alice, answers, closed, flow: first.flow, stop };
  }

  it('and is gone: within 15 s, and whoever relies on the flow is told', async () => {
    const { world, alice, closed, stop } = await connected();
    world.internet.cutOff('192.0.2.2');
    const { afterMs, ...outcome } = (await unanswered(world, alice, protocol)) as { kind: string; afterMs: number };
    // A connection is tried anew before it is given up.
    expect({ kind: outcome.kind, isSoon: afterMs <= 15_000, closed }).toEqual({
      kind: protocol === 'udp' ? 'timeout' : 'transport-failed',
      isSoon: true,
      closed: [`${protocol} no sign of life`],
    });
    world.internet.heal();
    await stop();
  });

  it('and is slow: waited for as long as the transaction lives', async () => {
    const { world, alice, answers, closed, stop } = await connected();
    answers.isSlow = true;
    expect(await unanswered(world, alice, protocol)).toEqual({ kind: 'timeout', afterMs: 32_000 });
    expect(alice.counts['flows-found-dead']).toBe(undefined);
    expect(closed).toEqual([]);
    await stop();
  });

  it('loses its keep-alives: the flow is given up within its interval and 10 s', async () => {
    const { world, alice, closed, flow, stop } = await connected();
    alice.keepAlive(flow, 25);
    await world.clock.advance(100_000);
    expect(closed).toEqual([]);
    world.internet.cutOff('192.0.2.2');
    await world.clock.advance(35_000);
    expect(closed).toEqual([`${protocol} no answer to a keep-alive`]);
    world.internet.heal();
    await stop();
  });

  it('is behind another address of ours after a change of networks: that flow is over', async () => {
    const { world, alice, closed, flow, stop } = await connected();
    alice.keepAlive(flow, 25);
    alice.refreshNetwork();
    await world.clock.advance(1_000);
    expect(closed).toEqual([]);
    world.internet.renumbered.set('192.0.2.1', '192.0.2.77');
    alice.refreshNetwork();
    await world.clock.advance(1_000);
    expect(closed).toEqual([`${protocol} the network changed`]);
    await stop();
  });

  it('is gone when the computer wakes: noticed 10 s after', async () => {
    const { world, alice, closed, flow, stop } = await connected();
    alice.keepAlive(flow, 100_000);
    await world.clock.advance(1_000);
    world.internet.cutOff('192.0.2.2');
    alice.refreshNetwork();
    await world.clock.advance(11_000);
    expect(closed).toEqual([`${protocol} no answer to a keep-alive`]);
    world.internet.heal();
    await stop();
  });
});
