// Sessions from both ends on an internet in memory: made, changed, refused, cancelled, ended (RFC 3261 §13 to §15).
import { describe, expect, it } from 'vitest';
import type { Invitation, Session } from '../../../../main/sip/index.ts';
import { createTestInternet, sipUri } from '../../../support/endpoint-pair.ts';
import { acceptAll, callTo, leftovers, messages, party, pathOf } from '../../../support/session-pair.ts';

const NOTHING_LEFT = { timers: 0, sockets: 0, sessions: 0 };

describe('a session', () => {
  it.each(['udp', 'tcp'])('is made over %s, used and ended by the caller', async (transport) => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const taken: Session[] = [];
    acceptAll(bob, taken);
    const to = { ...bob.uri, parameters: transport === 'tcp' ? [{ name: 'transport', value: 'tcp' }] : [] };
    const outcome = await world.clock.run(alice.sessions.invite(callTo(alice, to)).outcome);
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    const mine = outcome.session;
    const theirs = taken[0]!;
    await world.clock.run(theirs.confirmed);
    expect([mine, theirs].map((one) => [one.role, one.phase, pathOf(one.local), pathOf(one.remote)])).toEqual([
      ['uac', 'confirmed', 'a/1', 'b/1'],
      ['uas', 'confirmed', 'b/1', 'a/1'],
    ]);
    expect(alice.sessions.find(mine.dialog.callId, mine.dialog.localTag, mine.dialog.remoteTag)).toBe(mine);
    const ended = mine.end();
    expect(await world.clock.run(ended)).toBe('local');
    expect(await world.clock.run(theirs.ended)).toBe('peer');
    await world.clock.advance(40_000);
    expect(await leftovers(world, alice, bob)).toEqual(NOTHING_LEFT);
    expect(world.log).toEqual([]);
  });

  it('is ended by the callee', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const taken: Session[] = [];
    acceptAll(bob, taken);
    const outcome = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri)).outcome);
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    // §15: before the ACK it waits; then BYE.
    void taken[0]!.end();
    expect(await world.clock.run(outcome.session.ended)).toBe('peer');
    expect(await taken[0]!.ended).toBe('local');
    await world.clock.advance(40_000);
    expect(await leftovers(world, alice, bob)).toEqual(NOTHING_LEFT);
  });

  it('may be offered by the callee', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const taken: Session[] = [];
    acceptAll(bob, taken);
    const { offer: _offer, ...call } = callTo(alice, bob.uri);
    const outcome = await world.clock.run(alice.sessions.invite({ ...call, onOffer: () => messages('a') }).outcome);
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    await world.clock.run(taken[0]!.confirmed);
    expect([outcome.session, taken[0]!].map((one) => [pathOf(one.local), pathOf(one.remote)])).toEqual([
      ['a/1', 'b/1'],
      ['b/1', 'a/1'],
    ]);
    const refusing = await world.clock.run(alice.sessions.invite(call).outcome);
    expect(refusing).toEqual({ kind: 'bad-answer', reason: 'nobody accepts the offer' });
    expect(await world.clock.run(taken[1]!.ended)).toBe('peer');
  });

  it('is refused with what the handler says, and with 500 when it throws', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const call = (): Promise<unknown> => world.clock.run(alice.sessions.invite(callTo(alice, bob.uri)).outcome);
    expect(await call()).toMatchObject({ kind: 'refused', response: { status: 480 } });
    const close = bob.sessions.onInvite(() => ({ kind: 'refuse', status: 486, headers: [{ name: 'Retry-After', value: '60' }] }));
    expect(() => bob.sessions.onInvite(() => ({ kind: 'refuse', status: 486 }))).toThrow('there is a handler for invitations already');
    expect(await call()).toMatchObject({ kind: 'refused', response: { status: 486 } });
    close();
    bob.sessions.onInvite(() => Promise.reject(new Error('broken')));
    expect(await call()).toMatchObject({ kind: 'refused', response: { status: 500 } });
    expect(world.log.map((line) => line.split('\n')[0])).toEqual(['error INVITE failed: Error: broken']);
    await world.clock.advance(40_000);
    expect(await leftovers(world, alice, bob)).toEqual(NOTHING_LEFT);
  });

  it('gets 100 by itself after 200 ms, then what progress says', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const seen: string[] = [];
    world.internet.onDatagram = ({ bytes }) => {
      const line = Buffer.from(bytes).toString().split('\r\n')[0]!;
      if (line.startsWith('SIP/2.0 1')) seen.push(`${world.clock.monotonicMs()} ${line}`);
      return true;
    };
    bob.sessions.onInvite(async (invitation: Invitation) => {
      await new Promise<void>((resolve) => void world.clock.startTimer(1_000, resolve));
      await invitation.progress({ status: 180 });
      return { kind: 'accept', description: messages('b', '2') };
    });
    const told: string[] = [];
    const call = alice.sessions.invite(
      callTo(alice, bob.uri, { reliability: 'off', onProgress: ({ status }, session) => void told.push(`${status} ${session?.phase}`) }),
    );
    expect((await world.clock.run(call.outcome)).kind).toBe('answered');
    expect(seen).toEqual(['201 SIP/2.0 100 Trying', '1001 SIP/2.0 180 Ringing']);
    expect(told).toEqual(['180 early']);
  });

  it('goes where a 302 says, if the caller allows', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const bob = await party(world, 'bob', '192.0.2.2');
    const carol = await party(world, 'carol', '192.0.2.3');
    acceptAll(carol);
    bob.sessions.onInvite(() => ({ kind: 'refuse', status: 302, headers: [{ name: 'Contact', value: '<sip:carol@192.0.2.3>' }] }));
    const plain = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri)).outcome);
    expect(plain).toMatchObject({ kind: 'refused', response: { status: 302 } });
    const followed = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri, { followsRedirects: true })).outcome);
    if (followed.kind !== 'answered') throw new Error(followed.kind);
    expect([followed.session.dialog.remoteTarget, alice.sessions.size]).toMatchObject([{ user: 'carol', host: '192.0.2.3' }, 1]);
  });

  it('has at most 64 early dialogs, whatever a stranger sends', async () => {
    const world = createTestInternet();
    const alice = await party(world, 'alice', '192.0.2.1');
    const stranger = await world.endpoint('192.0.2.2');
    stranger.invites.open(
      {
        onInvite: (invite) => {
          for (let fork = 0; fork < 200; fork++) invite.respond({ status: 180, toTag: `fork${fork}`, contact: { user: 'x' } });
          invite.respond({ status: 486 });
        },
        onAck: () => undefined,
      },
      [],
    );
    let most = 0;
    const onProgress = (): void => void (most = Math.max(most, alice.sessions.size));
    const call = alice.sessions.invite(callTo(alice, sipUri('x', '192.0.2.2'), { onProgress }));
    expect(await world.clock.run(call.outcome)).toMatchObject({ kind: 'refused', response: { status: 486 } });
    expect([most, alice.sessions.size]).toEqual([64, 0]);
  });
});

it('a description of ours that cannot be continued ends its session, and nothing else', async () => {
  const world = createTestInternet();
  const alice = await party(world, 'alice', '192.0.2.1');
  const bob = await party(world, 'bob', '192.0.2.2');
  const bad = messages('b', '2');
  const taken: Session[] = [];
  bob.sessions.onInvite(({ session }: Invitation) => {
    taken.push(session);
    session.onOffer(() => messages('other', '2'));
    return { kind: 'accept', description: { ...bad, origin: { ...bad.origin, version: 'no number' } } };
  });
  const outcome = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri)).outcome);
  // The caller cannot read it; the callee has said it.
  expect(outcome).toMatchObject({ kind: 'bad-answer' });
  expect(await world.clock.run(taken[0]!.ended)).toBe('peer');
  await world.clock.advance(40_000);
  expect(await leftovers(world, alice, bob)).toEqual(NOTHING_LEFT);
});
