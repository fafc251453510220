// Sessions against the network's tricks: forking, CANCEL races, loss, reordering, lost ACKs (RFC 3261 §9, §13.2.2.4, §13.3.1.4).
import { describe, expect, it } from 'vitest';
import type { Invitation, Session } from '../../../../main/sip/index.ts';
import { createTestInternet, sipUri } from '../../../support/endpoint-pair.ts';
import type { TestInternet } from '../../../support/endpoint-pair.ts';
import { startForkingProxy } from '../../../support/forking-proxy.ts';
import type { ForkingProxy } from '../../../support/forking-proxy.ts';
import { acceptAll, callTo, leftovers, messages, party, pathOf } from '../../../support/session-pair.ts';
import type { Party } from '../../../support/session-pair.ts';

const PROXY = '192.0.2.100';
const NOTHING_LEFT = { timers: 0, sockets: 0, sessions: 0 };

interface Forked {
  readonly world: TestInternet;
  readonly alice: Party;
  readonly desk: Party;
  readonly phone: Party;
  readonly proxy: ForkingProxy;
}

async function forked(cancelsOthers = true): Promise<Forked> {
  const world = createTestInternet();
  const alice = await party(world, 'alice', '192.0.2.1');
  const desk = await party(world, 'bob', '192.0.2.11');
  const phone = await party(world, 'bob', '192.0.2.12');
  const network = world.internet.host(PROXY);
  const proxy = await startForkingProxy({ network, address: PROXY, forkTo: ['192.0.2.11', '192.0.2.12'], cancelsOthers });
  return { world, alice, desk, phone, proxy };
}

async function stopAll({ world, alice, desk, phone, proxy }: Forked): Promise<unknown> {
  proxy.close();
  return leftovers(world, alice, desk, phone);
}

function wait(world: TestInternet, ms: number): Promise<void> {
  return new Promise((resolve) => void world.clock.startTimer(ms, resolve));
}

describe('a forked call', () => {
  it('keeps the first that answers; the other is cancelled by the proxy', async () => {
    const all = await forked();
    const { world, alice, desk, phone } = all;
    desk.sessions.onInvite(() => wait(world, 100).then(() => ({ kind: 'accept', description: messages('b', '2') })));
    let phoneSession: Session | undefined;
    let isAborted = false;
    phone.sessions.onInvite(async (invitation: Invitation) => {
      phoneSession = invitation.session;
      await invitation.progress({ status: 180 });
      await new Promise((resolve) => invitation.signal.addEventListener('abort', resolve));
      isAborted = invitation.signal.aborted;
      return { kind: 'refuse', status: 480 };
    });
    const early: (Session | undefined)[] = [];
    const outcome = await world.clock.run(
      alice.sessions.invite(callTo(alice, sipUri('bob', PROXY), { onProgress: (_response, session) => void early.push(session) })).outcome,
    );
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    expect(await world.clock.run(phoneSession!.ended)).toBe('cancelled');
    expect(isAborted).toBe(true);
    // §13.2.2.4: 64 T1 after the first 2xx the other early dialog is over at the caller too.
    await world.clock.advance(33_000);
    expect(early.map((session) => session?.endReason)).toEqual(['refused']);
    expect([outcome.session.phase, alice.sessions.size]).toEqual(['confirmed', 1]);
    // The dialog stays on the route.
    void outcome.session.end();
    await world.clock.run(outcome.session.ended);
    await world.clock.advance(40_000);
    expect(all.proxy.passed.filter((line) => line.startsWith('BYE'))).toEqual(['BYE → 192.0.2.11']);
    expect(await stopAll(all)).toEqual(NOTHING_LEFT);
  });

  it.each([false, true])('where both answer: the second is acknowledged and hung up, or kept (%s)', async (keeps) => {
    const all = await forked(false);
    const { world, alice, desk, phone } = all;
    const taken: Session[] = [];
    acceptAll(desk, taken);
    acceptAll(phone, taken);
    const kept: Session[] = [];
    const keepFork = (session: Session): boolean => {
      kept.push(session);
      return keeps;
    };
    const call = alice.sessions.invite(callTo(alice, sipUri('bob', PROXY), { keepFork }));
    const outcome = await world.clock.run(call.outcome);
    await world.clock.advance(40_000);
    expect(outcome.kind).toBe('answered');
    expect(taken.map(({ phase, endReason }) => [phase, endReason])).toEqual([
      ['confirmed', undefined],
      keeps ? ['confirmed', undefined] : ['ended', 'peer'],
    ]);
    expect(kept.map(({ phase, endReason }) => [phase, endReason])).toEqual([keeps ? ['confirmed', undefined] : ['ended', 'local']]);
    expect(await stopAll(all)).toEqual({ timers: 0, sockets: 0, sessions: keeps ? 4 : 2 });
  });

  it('cancelled before anybody answers is over at all of them', async () => {
    const all = await forked();
    const { world, alice, desk, phone } = all;
    const ends: unknown[] = [];
    for (const one of [desk, phone]) {
      one.sessions.onInvite(async (invitation: Invitation) => {
        await invitation.progress({ status: 180 });
        ends.push(await invitation.session.ended);
        return { kind: 'refuse', status: 480 };
      });
    }
    const call = alice.sessions.invite(callTo(alice, sipUri('bob', PROXY)));
    await world.clock.advance(1_000);
    expect(alice.sessions.size).toBe(2);
    call.cancel();
    expect(await world.clock.run(call.outcome)).toEqual({ kind: 'cancelled' });
    await world.clock.advance(40_000);
    expect(ends).toEqual(['cancelled', 'cancelled']);
    expect(await stopAll(all)).toEqual(NOTHING_LEFT);
  });
});

describe('CANCEL', () => {
  it('waits for a provisional response (§9.1)', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const sent: string[] = [];
    world.internet.onDatagram = ({ bytes }) => {
      sent.push(`${world.clock.monotonicMs()} ${Buffer.from(bytes).toString().split('\r\n')[0]!.split(' sip:')[0]!}`);
      return true;
    };
    bob.sessions.onInvite((invitation: Invitation) => invitation.session.ended.then(() => ({ kind: 'refuse', status: 480 })));
    const call = alice.sessions.invite(callTo(alice, bob.uri));
    await world.clock.advance(50);
    call.cancel();
    expect(await world.clock.run(call.outcome)).toEqual({ kind: 'cancelled' });
    await world.clock.advance(10);
    expect(sent).toEqual([
      '0 INVITE',
      '201 SIP/2.0 100 Trying',
      '202 CANCEL',
      '203 SIP/2.0 200 OK',
      '203 SIP/2.0 487 Request Terminated',
      '204 ACK',
    ]);
    await world.clock.advance(40_000);
    expect(await leftovers(world, alice, bob)).toEqual(NOTHING_LEFT);
  });

  it('that meets a 2xx on its way: the session is acknowledged and hung up (§9.1, §15.1.1)', async () => {
    const world = createTestInternet({ delayMs: 50 });
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const taken: Session[] = [];
    bob.sessions.onInvite(async (invitation: Invitation) => {
      taken.push(invitation.session);
      await invitation.progress({ status: 180 });
      await wait(world, 100);
      return { kind: 'accept', description: messages('b', '2') };
    });
    const call = alice.sessions.invite(callTo(alice, bob.uri));
    await world.clock.advance(160);
    call.cancel();
    expect(await world.clock.run(call.outcome)).toEqual({ kind: 'cancelled' });
    expect(await world.clock.run(taken[0]!.ended)).toBe('peer');
    await world.clock.advance(40_000);
    expect(await leftovers(world, alice, bob)).toEqual(NOTHING_LEFT);
  });

  it('for a peer that says nothing more ends after 64 T1', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    bob.sessions.onInvite((invitation: Invitation) => invitation.session.ended.then(() => ({ kind: 'refuse', status: 480 })));
    const call = alice.sessions.invite(callTo(alice, bob.uri));
    await world.clock.advance(300);
    world.internet.cutOff('192.0.2.2');
    call.cancel();
    const startMs = world.clock.monotonicMs();
    expect(await world.clock.run(call.outcome)).toEqual({ kind: 'cancelled' });
    expect(world.clock.monotonicMs() - startMs).toBe(32_000);
    call.cancel();
  });

  it('before anything was sent sends nothing', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const call = alice.sessions.invite(callTo(alice, sipUri('bob', '192.0.2.2')));
    call.cancel();
    expect(await world.clock.run(call.outcome)).toEqual({ kind: 'cancelled' });
    await world.clock.advance(10);
    expect(await leftovers(world, alice)).toEqual(NOTHING_LEFT);
  });
});

describe('an ACK that never arrives', () => {
  it('the 2xx is sent ten times in 32 s, then BYE (§13.3.1.4)', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const taken: Session[] = [];
    acceptAll(bob, taken);
    const answers: number[] = [];
    world.internet.onDatagram = ({ bytes }) => {
      const text = Buffer.from(bytes).toString();
      if (text.startsWith('SIP/2.0 200') && text.includes('1 INVITE')) answers.push(world.clock.monotonicMs() - 1);
      return !text.startsWith('ACK');
    };
    const outcome = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri)).outcome);
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    expect(await world.clock.run(taken[0]!.ended)).toBe('no-ack');
    expect(await world.clock.run(outcome.session.ended)).toBe('peer');
    expect(answers).toEqual([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    await world.clock.advance(40_000);
    expect(await leftovers(world, alice, bob)).toEqual(NOTHING_LEFT);
  });

  it('each 2xx that comes again is acknowledged again, with the same ACK', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const taken: Session[] = [];
    acceptAll(bob, taken);
    const acks: string[] = [];
    world.internet.onDatagram = ({ bytes }) => {
      const text = Buffer.from(bytes).toString();
      if (text.startsWith('ACK')) acks.push(text);
      return !text.startsWith('ACK') || acks.length > 2;
    };
    await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri)).outcome);
    await world.clock.run(taken[0]!.confirmed);
    expect([acks.length, new Set(acks).size, taken[0]!.phase]).toEqual([3, 1, 'confirmed']);
  });
});

describe('loss, duplication and reordering', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('change nothing about what both agree on (run %s)', async (seed) => {
    const world = createTestInternet({ delayMs: 20, jitterMs: 150, loss: 0.2, duplication: 0.2 }, seed);
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const taken: Session[] = [];
    bob.sessions.onInvite(async (invitation: Invitation) => {
      taken.push(invitation.session);
      invitation.session.onOffer((offer) => messages(`b-${pathOf(offer)}`, '2'));
      await invitation.progress({ status: 183, description: messages('b', '2') });
      return { kind: 'accept' };
    });
    const outcome = await world.clock.run(
      alice.sessions.invite(callTo(alice, bob.uri, { onOffer: (offer) => messages(`a-${pathOf(offer)}`) })).outcome,
    );
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    const changes = [
      outcome.session.change(messages('a2')),
      taken[0]!.change(messages('b2', '2'), 'UPDATE'),
      outcome.session.change(messages('a3')),
    ];
    const kinds = (await world.clock.run(Promise.all(changes))).map(({ kind }) => kind);
    expect(kinds).toEqual(['changed', 'changed', 'changed']);
    await world.clock.advance(5_000);
    const [mine, theirs] = [outcome.session, taken[0]!];
    expect([mine.phase, pathOf(mine.local), pathOf(mine.remote)]).toEqual(['confirmed', pathOf(theirs.remote), pathOf(theirs.local)]);
    void mine.end();
    expect(await world.clock.run(theirs.ended)).toBe('peer');
    await world.clock.advance(80_000);
    expect(await leftovers(world, alice, bob)).toEqual(NOTHING_LEFT);
  });
});
