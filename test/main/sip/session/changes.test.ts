// Sessions changed while they last: re-INVITE and UPDATE with glare, session timers, PRACK (RFC 3261 §14, RFC 3311, RFC 3262, RFC 4028).
import { describe, expect, it } from 'vitest';
import type { CallOptions, Invitation, Session, SessionDescription, SessionsOptions } from '../../../../main/sip/index.ts';
import type { DialogSession } from '../../../../main/sip/session/dialog-session.ts';
import { createTestInternet } from '../../../support/endpoint-pair.ts';
import type { TestInternet } from '../../../support/endpoint-pair.ts';
import { callTo, leftovers, messages, party, pathOf } from '../../../support/session-pair.ts';
import type { Party } from '../../../support/session-pair.ts';

const NOTHING_LEFT = { timers: 0, sockets: 0, sessions: 0 };

interface Pair {
  readonly world: TestInternet;
  readonly alice: Party;
  readonly bob: Party;
  /** First lines that crossed the network since the session was made, as `alice INVITE` or `bob 200 INVITE`. */
  readonly crossed: string[];
}

async function pair(delayMs = 1, aliceHas: Partial<SessionsOptions> = {}, bobHas: Partial<SessionsOptions> = {}): Promise<Pair> {
  const world = createTestInternet({ delayMs });
  const alice = await party(world, 'alice', '192.0.2.1', aliceHas);
  const bob = await party(world, 'bob', '192.0.2.2', bobHas);
  const crossed: string[] = [];
  world.internet.onDatagram = ({ bytes, from }) => {
    const text = Buffer.from(bytes).toString();
    const name = from.address === '192.0.2.1' ? 'alice' : 'bob';
    const method = /^CSeq: \d+ (\w+)/m.exec(text)?.[1] ?? '';
    crossed.push(text.startsWith('SIP/2.0') ? `${name} ${text.slice(8, 11)} ${method}` : `${name} ${method}`);
    return true;
  };
  return { world, alice, bob, crossed };
}

async function made({ world, alice, bob, crossed }: Pair, more: Partial<CallOptions> = {}): Promise<[Session, Session]> {
  let theirs: Session | undefined;
  bob.sessions.onInvite((invitation) => {
    theirs = invitation.session;
    theirs.onOffer((offer) => (pathOf(offer).startsWith('bad') ? undefined : messages(`b-${pathOf(offer)}`, '2')));
    return { kind: 'accept', description: messages('b', '2') };
  });
  const onOffer: CallOptions['onOffer'] = (offer) => messages(`a-${pathOf(offer)}`);
  const outcome = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri, { onOffer, ...more })).outcome);
  if (outcome.kind !== 'answered' || theirs === undefined) throw new Error(outcome.kind);
  await world.clock.run(theirs.confirmed);
  crossed.length = 0;
  return [outcome.session, theirs];
}

function agreed(session: Session): string[] {
  return [pathOf(session.local), pathOf(session.remote)];
}

describe.each(['INVITE', 'UPDATE'] as const)('a change by %s', (method) => {
  it('holds on both sides, counts versions on, and moves the target', async () => {
    const all = await pair();
    const [mine, theirs] = await made(all);
    const outcome = await all.world.clock.run(mine.change(messages('a2'), method));
    expect([outcome.kind, agreed(mine), agreed(theirs)]).toEqual(['changed', ['a2/2', 'b-a2/2/2'], ['b-a2/2/2', 'a2/2']]);
    const back = await all.world.clock.run(theirs.change(messages('b3', '2'), method));
    expect([back.kind, agreed(mine), agreed(theirs)]).toEqual(['changed', ['a-b3/3/3', 'b3/3'], ['b3/3', 'a-b3/3/3']]);
    const ack = method === 'INVITE' ? ['ACK'] : [];
    expect(all.crossed).toEqual([
      ...[`alice ${method}`, `bob 200 ${method}`, ...ack.map((one) => `alice ${one}`)],
      ...[`bob ${method}`, `alice 200 ${method}`, ...ack.map((one) => `bob ${one}`)],
    ]);
  });

  it('that is refused leaves all as it was', async () => {
    const all = await pair();
    const [mine, theirs] = await made(all);
    const outcome = await all.world.clock.run(mine.change(messages('bad'), method));
    expect(outcome).toMatchObject({ kind: 'refused', response: { status: 488 } });
    expect([agreed(mine), agreed(theirs), mine.phase]).toEqual([['a/1', 'b/1'], ['b/1', 'a/1'], 'confirmed']);
    expect((await all.world.clock.run(mine.change(messages('a3'), method))).kind).toBe('changed');
    expect(agreed(theirs)).toEqual(['b-a3/3/2', 'a3/3']);
  });

  it('from both at once: 491 to both, each waits its time, both succeed (§14.1)', async () => {
    const all = await pair(50);
    const [mine, theirs] = await made(all);
    const outcomes = await all.world.clock.run(
      Promise.all([mine.change(messages('a2'), method), theirs.change(messages('b2', '2'), method)]),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['changed', 'changed']);
    expect(all.crossed.filter((line) => line.includes('491')).toSorted()).toEqual([`alice 491 ${method}`, `bob 491 ${method}`]);
    await all.world.clock.advance(1_000);
    expect(agreed(mine)).toEqual(agreed(theirs).toReversed());
  });

  it('ends the session where the peer knows it no more (§12.2.1.2)', async () => {
    const all = await pair();
    const [mine] = await made(all);
    all.bob.sessions.close();
    const outcome = all.world.clock.run(mine.change(messages('a2'), method));
    // Without sessions the peer has no such method any more.
    expect((await outcome).kind).toBe('refused');
    const stranger = await pair();
    const [lost, gone] = await made(stranger);
    void gone.end();
    stranger.world.internet.onDatagram = ({ bytes }) => !Buffer.from(bytes).toString().startsWith('BYE');
    void stranger.world.clock.run(lost.change(messages('a2'), method));
    expect(await stranger.world.clock.run(lost.ended)).toBe('lost');
  });

  it('ends the session where the peer is silent', async () => {
    const all = await pair();
    const [mine] = await made(all);
    all.world.internet.cutOff('192.0.2.2');
    expect(await all.world.clock.run(mine.change(messages('a2'), method))).toEqual({ kind: 'failed', reason: 'timeout' });
    expect(mine.endReason).toBe('lost');
  });
});

describe('session timers', () => {
  const timer = { intervalSeconds: 120, minimumSeconds: 90 };

  it('are refreshed at half by UPDATE; nothing changes', async () => {
    const all = await pair(1, { timer }, { timer });
    const [mine, theirs] = await made(all);
    await all.world.clock.advance(59_000);
    expect(all.crossed).toEqual([]);
    await all.world.clock.advance(62_000);
    expect(all.crossed).toEqual(['alice UPDATE', 'bob 200 UPDATE', 'alice UPDATE', 'bob 200 UPDATE']);
    expect([agreed(mine), agreed(theirs), mine.phase, theirs.phase]).toEqual([['a/1', 'b/1'], ['b/1', 'a/1'], 'confirmed', 'confirmed']);
    expect((await all.world.clock.run(mine.change(messages('a2'), 'INVITE'))).kind).toBe('changed');
    await all.world.clock.advance(61_000);
    expect(all.crossed.slice(-2)).toEqual(['alice UPDATE', 'bob 200 UPDATE']);
  });

  it('are refreshed by re-INVITE where the peer does not allow UPDATE', async () => {
    const all = await pair(1, { timer }, { timer });
    const { internet } = all.world;
    const world = all.world;
    const [mine, theirs] = await made(all);
    // As the peer's Allow without UPDATE would have told.
    (mine as DialogSession).core.peerAllowsUpdate = false;
    await world.clock.advance(61_000);
    expect(all.crossed).toEqual(['alice INVITE', 'bob 200 INVITE', 'alice ACK']);
    expect([agreed(mine), agreed(theirs)]).toEqual([
      ['a/1', 'b/1'],
      ['b/1', 'a/1'],
    ]);
    expect(internet.openSockets()).toBe(4);
  });

  it('are refreshed by re-INVITE where the peer, asked, knows no UPDATE after all', async () => {
    const all = await pair(1, { timer }, { timer });
    const [mine] = await made(all);
    // As another device of the peer would say that took the session over.
    const { onDatagram } = all.world.internet;
    all.world.internet.onDatagram = (datagram) => {
      onDatagram?.(datagram);
      const text = Buffer.from(datagram.bytes);
      if (text.toString().startsWith('UPDATE')) datagram.bytes.set(Buffer.from('UPDAXE'), 0);
      return true;
    };
    await all.world.clock.advance(80_000);
    expect([mine.phase, all.crossed.slice(-3)]).toEqual(['confirmed', ['alice INVITE', 'bob 200 INVITE', 'alice ACK']]);
  });

  it('end a session that nobody refreshes, before its time is over (§10)', async () => {
    const all = await pair(1, { timer }, { timer });
    const [mine, theirs] = await made(all);
    const startMs = all.world.clock.monotonicMs();
    all.world.internet.cutOff('192.0.2.1');
    expect(await all.world.clock.run(theirs.ended)).toBe('expired');
    expect(Math.round((all.world.clock.monotonicMs() - startMs) / 1_000)).toBe(88);
    // The refresher notices by its refresh that gets no answer, or when the time is over, whichever is first.
    expect(['expired', 'lost']).toContain(await all.world.clock.run(mine.ended));
  });

  it('are refreshed once more where the first try is refused, at half of what is left (§10)', async () => {
    const all = await pair(1, { timer }, { timer });
    const [mine] = await made(all);
    const startMs = all.world.clock.monotonicMs();
    let refused = 0;
    const times: number[] = [];
    const { onDatagram } = all.world.internet;
    all.world.internet.onDatagram = (datagram) => {
      onDatagram?.(datagram);
      const text = Buffer.from(datagram.bytes).toString();
      if (!text.startsWith('UPDATE') || refused === 2) return true;
      refused++;
      times.push(Math.round((all.world.clock.monotonicMs() - startMs) / 1_000));
      // As a server that is overloaded answers in the peer's place.
      const kept = text.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
      const reply = `SIP/2.0 500 Broken\r\n${kept.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
      void all.world.internet
        .host('192.0.2.3')
        .openUdp({ address: '192.0.2.3', port: 0 }, () => undefined)
        .then((socket) => {
          socket.send(Buffer.from(reply), datagram.from, () => undefined);
          socket.close();
        });
      return false;
    };
    await all.world.clock.advance(87_000);
    expect([mine.phase, times]).toEqual(['confirmed', [60, 74]]);
    await all.world.clock.advance(60_000);
    expect(mine.phase).toBe('confirmed');
  });

  it('are known to us, says every request but ACK (§7.1)', async () => {
    const all = await pair();
    const requests: [string, boolean][] = [];
    all.world.internet.onDatagram = ({ bytes }) => {
      const text = Buffer.from(bytes).toString();
      const method = /^([A-Z]+) sip:/.exec(text)?.[1];
      if (method !== undefined) requests.push([method, /^Supported:.*\btimer\b/m.test(text)]);
      return true;
    };
    const [mine] = await made(all);
    await all.world.clock.run(mine.change(messages('a2'), 'UPDATE'));
    await all.world.clock.run(mine.request('INFO'));
    await all.world.clock.run(mine.end());
    expect(requests).toEqual([
      ['INVITE', true],
      ['ACK', false],
      ['UPDATE', true],
      ['INFO', true],
      ['BYE', true],
    ]);
  });

  it('too short for the callee are asked for again, longer (422)', async () => {
    const all = await pair(1, { timer }, { timer: { intervalSeconds: 1_800, minimumSeconds: 600 } });
    const [mine] = await made(all);
    expect((mine as DialogSession).core.timer).toEqual({ intervalSeconds: 600, isOurs: true });
    // Another Call-ID would be another call; only the number counts on.
    expect(mine.dialog.localSequence).toBe(2);
  });
});

function going(description: SessionDescription, direction: string): SessionDescription {
  const media = description.media.map((one) => ({ ...one, attributes: [...one.attributes, { name: direction, value: undefined }] }));
  return { ...description, media };
}

it('a refresh by who answered with less than was offered is answered with as much (RFC 3264 §6.1)', async () => {
  const all = await pair();
  let theirs: Session | undefined;
  all.bob.sessions.onInvite((invitation) => {
    theirs = invitation.session;
    return { kind: 'accept', description: going(messages('b', '2'), 'recvonly') };
  });
  const outcome = await all.world.clock.run(all.alice.sessions.invite(callTo(all.alice, all.bob.uri)).outcome);
  if (outcome.kind !== 'answered' || theirs === undefined) throw new Error(outcome.kind);
  await all.world.clock.run(theirs.confirmed);
  const refreshed = await all.world.clock.run(theirs.change(going(messages('b', '2'), 'recvonly')));
  expect([refreshed.kind, agreed(theirs)]).toEqual(['changed', ['b/1', 'a/2']]);
  expect(outcome.session.local).toEqual({ ...going(messages('a'), 'sendonly'), origin: { ...messages('a').origin, version: '2' } });
});

it('a re-INVITE to who only waits for an ACK to hang up is answered 487', async () => {
  const all = await pair();
  let theirs: Session | undefined;
  let isAckLost = true;
  const { onDatagram } = all.world.internet;
  all.world.internet.onDatagram = (datagram) => {
    onDatagram?.(datagram);
    return !isAckLost || !Buffer.from(datagram.bytes).toString().startsWith('ACK');
  };
  all.bob.sessions.onInvite((invitation) => {
    theirs = invitation.session;
    return { kind: 'accept', description: messages('b', '2') };
  });
  const outcome = await all.world.clock.run(all.alice.sessions.invite(callTo(all.alice, all.bob.uri)).outcome);
  if (outcome.kind !== 'answered' || theirs === undefined) throw new Error(outcome.kind);
  const asked: string[] = [];
  theirs.onOffer((offer) => {
    asked.push(pathOf(offer));
    void theirs?.end();
    return messages('b2', '2');
  });
  const changes = [await all.world.clock.run(outcome.session.change(messages('a2'))), theirs.phase];
  changes.push(await all.world.clock.run(outcome.session.change(messages('a3'))));
  expect(changes).toMatchObject([{ kind: 'refused', response: { status: 487 } }, 'hanging-up', { response: { status: 487 } }]);
  expect(asked).toEqual(['a2/2']);
  isAckLost = false;
  expect(await all.world.clock.run(theirs.ended)).toBe('local');
  expect(await all.world.clock.run(outcome.session.ended)).toBe('peer');
  await all.world.clock.advance(64_000);
  expect(await leftovers(all.world, all.alice, all.bob)).toEqual(NOTHING_LEFT);
});

it('an invitation that waits for a person is said to wait each minute (RFC 3261 §13.3.1.1)', async () => {
  const all = await pair();
  const decided = Promise.withResolvers<'accept'>();
  let setRinging = (): void => undefined;
  all.bob.sessions.onInvite(async (invitation) => {
    setRinging = () => void invitation.progress({ status: 180, reason: 'Ringing There' });
    return { kind: await decided.promise, description: messages('b', '2') };
  });
  const said: string[] = [];
  const call = all.alice.sessions.invite(
    callTo(all.alice, all.bob.uri, { onProgress: ({ status, reason }) => said.push(`${status} ${reason}`) }),
  );
  await all.world.clock.advance(61_000);
  expect(said).toEqual(['183 Session Progress']);
  setRinging();
  await all.world.clock.advance(121_000);
  expect(said.slice(1)).toEqual(['180 Ringing There', '180 Ringing There', '180 Ringing There']);
  decided.resolve('accept');
  expect((await all.world.clock.run(call.outcome)).kind).toBe('answered');
  await all.world.clock.advance(120_000);
  expect(said).toHaveLength(4);
});

describe('a reliable provisional response', () => {
  async function ringing(
    all: Pair,
    decide: (invitation: Invitation) => Promise<unknown>,
    more: Partial<CallOptions> = {},
  ): Promise<unknown> {
    all.bob.sessions.onInvite(async (invitation) => {
      await decide(invitation);
      return { kind: 'accept' };
    });
    return all.world.clock.run(all.alice.sessions.invite(callTo(all.alice, all.bob.uri, more)).outcome);
  }

  it('carries the answer; then both may change the early session by UPDATE', async () => {
    const all = await pair();
    let theirs: Session | undefined;
    const told: unknown[] = [];
    const outcome = await ringing(
      all,
      async (invitation) => {
        theirs = invitation.session;
        theirs.onOffer((offer) => messages(`b-${pathOf(offer)}`, '2'));
        told.push(await invitation.progress({ status: 183, description: messages('b', '2') }));
        told.push((await theirs.change(messages('b2', '2'), 'UPDATE')).kind, theirs.phase, ...agreed(theirs));
      },
      { onOffer: (offer) => messages(`a-${pathOf(offer)}`) },
    );
    expect(outcome).toMatchObject({ kind: 'answered' });
    expect(told).toEqual([true, 'changed', 'early', 'b2/2', 'a-b2/2/2']);
    await all.world.clock.run(theirs!.confirmed);
    expect(all.crossed).toEqual([
      ...['alice INVITE', 'bob 183 INVITE', 'alice PRACK', 'bob 200 PRACK'],
      ...['bob UPDATE', 'alice 200 UPDATE', 'bob 200 INVITE', 'alice ACK'],
    ]);
  });

  it('carries the offer where the INVITE had none, and its PRACK the answer', async () => {
    const all = await pair();
    const { offer: _offer, ...call } = callTo(all.alice, all.bob.uri, { onOffer: () => messages('a') });
    let theirs: Session | undefined;
    all.bob.sessions.onInvite(async (invitation) => {
      theirs = invitation.session;
      await invitation.progress({ status: 183, description: messages('b', '2') });
      return { kind: 'accept' };
    });
    const outcome = await all.world.clock.run(all.alice.sessions.invite(call).outcome);
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    expect([agreed(outcome.session), agreed(theirs!)]).toEqual([
      ['a/1', 'b/1'],
      ['b/1', 'a/1'],
    ]);
  });

  it('is required by the caller: each is acknowledged before the next and before the 2xx is out', async () => {
    const all = await pair(40);
    const outcome = await ringing(
      all,
      async (invitation) => {
        void invitation.progress({ status: 180 });
        void invitation.progress({ status: 183, description: messages('b', '2') });
      },
      { reliability: 'required' },
    );
    expect(outcome).toMatchObject({ kind: 'answered' });
    await all.world.clock.advance(100);
    expect(all.crossed).toEqual([
      ...['alice INVITE', 'bob 180 INVITE', 'alice PRACK', 'bob 183 INVITE', 'bob 200 PRACK'],
      ...['alice PRACK', 'bob 200 PRACK', 'bob 200 INVITE', 'alice ACK'],
    ]);
  });

  it('never acknowledged: the INVITE gets 504 after 64 T1 (§3)', async () => {
    const all = await pair();
    const { onDatagram } = all.world.internet;
    all.world.internet.onDatagram = (datagram) => {
      onDatagram?.(datagram);
      return !Buffer.from(datagram.bytes).toString().startsWith('PRACK');
    };
    const told: unknown[] = [];
    const startMs = all.world.clock.monotonicMs();
    const outcome = await ringing(all, async (invitation) => {
      told.push(
        await invitation.progress({ status: 183, description: messages('b', '2') }),
        invitation.session.endReason,
        invitation.signal.aborted,
      );
    });
    expect([told, all.world.clock.monotonicMs() - startMs]).toEqual([[false, 'no-prack', true], 32_002]);
    expect(outcome).toMatchObject({ kind: 'refused', response: { status: 504 } });
    expect(all.crossed.filter((line) => line === 'bob 183 INVITE').length).toBe(7);
  });

  it('is not sent to who does not know it', async () => {
    const all = await pair();
    const told: unknown[] = [];
    all.bob.sessions.onInvite(async (invitation) => {
      told.push(invitation.canBeReliable, await invitation.progress({ status: 183, description: messages('b', '2') }));
      return { kind: 'accept', description: messages('b', '2') };
    });
    const outcome = await all.world.clock.run(all.alice.sessions.invite(callTo(all.alice, all.bob.uri, { reliability: 'off' })).outcome);
    expect([outcome.kind, told]).toEqual(['answered', [false, true]]);
    expect(all.crossed.slice(0, 3)).toEqual(['alice INVITE', 'bob 183 INVITE', 'bob 200 INVITE']);
  });
});

it('closing all sessions tells everybody who waits, and nobody outside', async () => {
  const all = await pair();
  const [mine, theirs] = await made(all);
  const change = mine.change(messages('a2'));
  await all.world.clock.settle();
  all.alice.sessions.close();
  all.bob.sessions.close();
  expect([await mine.ended, await theirs.ended, all.crossed]).toEqual(['stopped', 'stopped', ['alice INVITE']]);
  await all.alice.endpoint.stop();
  expect((await change).kind).toBe('failed');
  expect(await leftovers(all.world, all.bob)).toEqual(NOTHING_LEFT);
});
