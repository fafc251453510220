// What sessions refuse, and how: strangers' tags, broken bodies, numbers out of order; and who may take over (RFC 3261 §12.2.2, §8.2.3; RFC 3891).
import { describe, expect, it } from 'vitest';
import { printSdp } from '../../../../main/sip/index.ts';
import type { CallOptions, Credentials, OutgoingRequest, Outcome, ReplacesValue, Session } from '../../../../main/sip/index.ts';
import { address, createTestInternet } from '../../../support/endpoint-pair.ts';
import type { TestInternet } from '../../../support/endpoint-pair.ts';
import { createRawPeer, rawRequest, statusesIn } from '../../../support/raw-peer.ts';
import { acceptAll, callTo, leftovers, messages, party, pathOf } from '../../../support/session-pair.ts';
import type { Party } from '../../../support/session-pair.ts';

interface World {
  readonly world: TestInternet;
  readonly alice: Party;
  readonly bob: Party;
  readonly taken: Session[];
}

async function two(): Promise<World> {
  const world = createTestInternet();
  const alice = await party(world, 'alice', '192.0.2.1');
  const bob = await party(world, 'bob', '192.0.2.2');
  const taken: Session[] = [];
  acceptAll(bob, taken);
  return { world, alice, bob, taken };
}

async function made({ world, alice, bob, taken }: World, more: Partial<CallOptions> = {}): Promise<[Session, Session]> {
  const outcome = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri, more)).outcome);
  const theirs = taken.at(-1);
  if (outcome.kind !== 'answered' || theirs === undefined) throw new Error(outcome.kind);
  await world.clock.run(theirs.confirmed);
  return [outcome.session, theirs];
}

function tagged(uri: Party['uri'], tag: string): OutgoingRequest['from'] {
  return { ...address(uri), parameters: [{ name: 'tag', value: tag }] };
}

async function statusOf(world: TestInternet, outcome: Promise<Outcome>): Promise<number | string> {
  const result = await world.clock.run(outcome);
  return result.kind === 'final' ? result.response.status : result.kind;
}

describe('requests for a dialog that is not there', () => {
  it.each(['INVITE', 'BYE', 'UPDATE', 'PRACK'])('%s with guessed tags gets 481 and changes nothing', async (method) => {
    const all = await two();
    const { world, alice, bob } = all;
    const [mine, theirs] = await made(all);
    const { callId, localTag, remoteTag } = mine.dialog;
    const base = { method, uri: bob.uri, contact: { user: 'alice' }, cseqNumber: 99, headers: [{ name: 'RAck', value: '1 1 INVITE' }] };
    const tries = [
      { callId, from: tagged(alice.uri, localTag), to: tagged(bob.uri, 'guessed') },
      { callId, from: tagged(alice.uri, 'guessed'), to: tagged(bob.uri, remoteTag) },
      { callId: 'guessed', from: tagged(alice.uri, localTag), to: tagged(bob.uri, remoteTag) },
    ];
    for (const one of tries) expect(await statusOf(world, alice.endpoint.send({ ...base, ...one }).outcome)).toBe(481);
    expect([mine.phase, theirs.phase, bob.sessions.size]).toEqual(['confirmed', 'confirmed', 1]);
  });

  it.each(['INVITE', 'BYE', 'UPDATE', 'PRACK'])('%s with an old number gets 500 (§12.2.2)', async (method) => {
    const all = await two();
    const { world, alice, bob } = all;
    const [mine, theirs] = await made(all);
    const { callId, local, remote } = mine.dialog;
    const request = { method, uri: bob.uri, contact: { user: 'alice' }, cseqNumber: 1, callId, from: local, to: remote };
    expect(await statusOf(world, alice.endpoint.send(request).outcome)).toBe(500);
    expect(theirs.phase).toBe('confirmed');
  });

  it('PRACK for nothing that waits gets 481, without RAck 400', async () => {
    const all = await two();
    const [mine] = await made(all);
    expect(await statusOf(all.world, mine.request('PRACK', { headers: [{ name: 'RAck', value: '1 1 INVITE' }] }))).toBe(481);
    const [next] = await made(all);
    expect(await statusOf(all.world, next.request('PRACK'))).toBe(400);
  });

  /** A peer without a stack whose INVITE has no offer, and a callee whose reliable 183 has one. */
  async function offeredReliably() {
    const world = createTestInternet();
    const bob = await party(world, 'bob', '192.0.2.2');
    let theirs: Session | undefined;
    bob.sessions.onInvite(async (invitation) => {
      theirs = invitation.session;
      void invitation.progress({ status: 183, description: messages('b', '2') });
      return invitation.session.ended.then(() => ({ kind: 'refuse', status: 480 }));
    });
    const peer = createRawPeer(world, '192.0.2.2');
    peer.sendUdp(rawRequest('INVITE', { headers: ['Require: 100rel'] }));
    await world.clock.advance(10);
    const ringing = peer.datagrams[0]?.text ?? '';
    const toTag = /^To:.*;tag=(\S+)\r$/m.exec(ringing)?.[1] ?? '';
    const rseq = Number(/^RSeq: (\d+)\r$/m.exec(ringing)?.[1]);
    /** Status of the PRACK, and what the callee holds for agreed after it. */
    const prack = async (number: number, cseq: number, answer: string, type = 'application/sdp'): Promise<unknown[]> => {
      const headers = [`RAck: ${number} 1 INVITE`, ...(answer === '' ? [] : [`Content-Type: ${type}`])];
      const head = rawRequest('PRACK', { branch: `z9hG4bKp${cseq}`, toTag, headers }).replace('CSeq: 1', `CSeq: ${cseq}`);
      peer.sendUdp(head.replace('Content-Length: 0\r\n\r\n', `Content-Length: ${answer.length}\r\n\r\n${answer}`));
      await world.clock.advance(10);
      return [statusesIn(peer.datagrams.at(-1)?.text ?? '')[0], pathOf(theirs?.remote)];
    };
    const stop = async (): Promise<void> => {
      peer.close();
      bob.sessions.close();
      await bob.endpoint.stop();
    };
    return { world, peer, rseq, prack, stop };
  }

  it('PRACK with an answer, but for another response, gets 481, and its answer is none', async () => {
    const { rseq, prack, stop } = await offeredReliably();
    const answer = printSdp(messages('evil', '9'));
    expect(await prack(rseq + 1, 2, answer)).toEqual([481, 'none']);
    expect(await prack(rseq, 3, answer)).toEqual([200, 'evil/1']);
    await stop();
  });

  it('PRACK without the answer it owes, or with a bad one, is refused and acknowledges nothing (RFC 3262 §5)', async () => {
    const { world, peer, rseq, prack, stop } = await offeredReliably();
    const answer = printSdp(messages('a', '9'));
    expect(await prack(rseq, 2, '')).toEqual([400, 'none']);
    expect(await prack(rseq, 3, 'hello', 'text/plain')).toEqual([415, 'none']);
    expect(await prack(rseq, 4, `${answer}${answer.slice(answer.indexOf('m='))}`)).toEqual([488, 'none']);
    const before = peer.datagrams.length;
    await world.clock.advance(1_000);
    expect(peer.datagrams.slice(before).map(({ text }) => statusesIn(text)[0])).toEqual([183]);
    expect(await prack(rseq, 5, answer)).toEqual([200, 'a/1']);
    await stop();
  });
});

describe('an INVITE', () => {
  const SDP = new TextEncoder().encode(printSdp(messages('a')));
  const text = (body: string): Uint8Array => new TextEncoder().encode(body);
  const sdpPart = `Content-Type: application/sdp\r\n\r\n${printSdp(messages('a'))}\r\n--x--\r\n`;
  const NESTED = 'Content-Type: multipart/mixed;boundary=y\r\n\r\n--y\r\n';
  it.each<[string, { name: string; value: string }[], Uint8Array, number]>([
    ['with a body of another type', [{ name: 'Content-Type', value: 'text/plain' }], text('hello'), 415],
    [
      'with a body that is encoded',
      [
        { name: 'Content-Type', value: 'application/sdp' },
        { name: 'Content-Encoding', value: 'gzip' },
      ],
      SDP,
      415,
    ],
    ['with a body without type', [], SDP, 400],
    ['with broken SDP', [{ name: 'Content-Type', value: 'application/sdp' }], text('v=1'), 400],
    ['with a broken multipart', [{ name: 'Content-Type', value: 'multipart/mixed' }], SDP, 400],
    ['with SDP in a multipart', [{ name: 'Content-Type', value: 'multipart/mixed;boundary=x' }], text(`--x\r\n${sdpPart}`), 200],
    [
      'with an optional part it does not know',
      [{ name: 'Content-Type', value: 'multipart/mixed;boundary=x' }],
      text(`--x\r\nContent-Type: a/b\r\nContent-Disposition: render;handling=optional\r\n\r\ny\r\n--x\r\n${sdpPart}`),
      200,
    ],
    [
      'with a part it must know',
      [{ name: 'Content-Type', value: 'multipart/mixed;boundary=x' }],
      text(`--x\r\nContent-Type: a/b\r\n\r\ny\r\n--x\r\n${sdpPart}`),
      415,
    ],
    [
      'with a part to render, which is required where nothing is said',
      [{ name: 'Content-Type', value: 'multipart/mixed;boundary=x' }],
      text(`--x\r\nContent-Type: a/b\r\nContent-Disposition: render\r\n\r\ny\r\n--x\r\n${sdpPart}`),
      415,
    ],
    [
      'with nested parts of which one is required and unknown',
      [{ name: 'Content-Type', value: 'multipart/mixed;boundary=x' }],
      text(`--x\r\n${NESTED}Content-Type: a/b\r\n\r\ny\r\n--y--\r\n--x\r\n${sdpPart}`),
      415,
    ],
    [
      'with nested parts that are optional altogether',
      [{ name: 'Content-Type', value: 'multipart/mixed;boundary=x' }],
      text(`--x\r\nContent-Disposition: render;handling=OPTIONAL\r\n${NESTED}Content-Type: a/b\r\n\r\ny\r\n--y--\r\n--x\r\n${sdpPart}`),
      200,
    ],
    [
      'with a part that is encoded',
      [{ name: 'Content-Type', value: 'multipart/mixed;boundary=x' }],
      text(`--x\r\ncontent-encoding: gzip\r\n${sdpPart}`),
      415,
    ],
    [
      'with alternatives of which it knows one',
      [{ name: 'Content-Type', value: 'multipart/alternative;boundary=x' }],
      text(`--x\r\nContent-Type: a/b\r\n\r\ny\r\n--x\r\n${sdpPart}`),
      200,
    ],
    [
      'with alternatives of which it knows none',
      [{ name: 'Content-Type', value: 'multipart/alternative;boundary=x' }],
      text('--x\r\nContent-Type: a/b\r\n\r\ny\r\n--x--\r\n'),
      415,
    ],
    [
      'with a whole body that is optional',
      [
        { name: 'Content-Type', value: 'text/plain' },
        { name: 'Content-Disposition', value: 'render;handling=optional' },
      ],
      text('hello'),
      200,
    ],
    [
      'with a whole body that is required',
      [
        { name: 'Content-Type', value: 'text/plain' },
        { name: 'Content-Disposition', value: 'icon;handling=required' },
      ],
      text('hello'),
      415,
    ],
    ['that requires what nobody knows', [{ name: 'Require', value: 'magic' }], text(''), 420],
    ['that requires what sessions bring', [{ name: 'Require', value: '100rel, timer, replaces' }], text(''), 200],
    [
      'with an interval too short',
      [
        { name: 'Session-Expires', value: '60' },
        { name: 'Supported', value: 'timer' },
      ],
      text(''),
      422,
    ],
  ])('%s', async (_name, headers, body, status) => {
    const { world, alice, bob } = await two();
    const invite = {
      method: 'INVITE',
      uri: bob.uri,
      from: address(alice.uri),
      to: address(bob.uri),
      contact: { user: 'alice' },
      headers,
      body,
    };
    expect(await statusOf(world, alice.endpoint.send(invite).outcome)).toBe(status);
    expect(bob.sessions.size).toBe(status === 200 ? 1 : 0);
  });

  it('without Contact gets 400, after its Expires 487', async () => {
    const { world, alice, bob } = await two();
    const invite = { method: 'INVITE', uri: bob.uri, from: address(alice.uri), to: address(bob.uri) };
    expect(await statusOf(world, alice.endpoint.send(invite).outcome)).toBe(400);
    const carol = await party(world, 'carol', '192.0.2.3');
    carol.sessions.onInvite(({ session }) => session.ended.then(() => ({ kind: 'refuse', status: 480 })));
    const late = alice.sessions.invite(callTo(alice, carol.uri, { headers: [{ name: 'Expires', value: '10' }] }));
    const startMs = world.clock.monotonicMs();
    expect(await world.clock.run(late.outcome)).toMatchObject({ kind: 'refused', response: { status: 487 } });
    expect(world.clock.monotonicMs() - startMs).toBe(10_002);
  });

  it('that brings more than an answer may, or a 2xx without an answer, is hung up', async () => {
    const all = await two();
    const { world, alice, bob } = all;
    const carol = await party(world, 'carol', '192.0.2.3');
    carol.sessions.onInvite(() => ({ kind: 'accept', description: messages('c', '3', 2) }));
    expect(await world.clock.run(alice.sessions.invite(callTo(alice, carol.uri)).outcome)).toMatchObject({
      kind: 'refused',
      response: { status: 500 },
    });
    // An ACK must bring the answer where the 2xx had the offer.
    const { offer: _offer, ...call } = callTo(alice, bob.uri);
    const invite = { method: 'INVITE', uri: bob.uri, from: address(alice.uri), to: address(bob.uri), contact: { user: 'alice' } };
    const outcome = await world.clock.run(alice.endpoint.send({ ...invite, ...call, contact: { user: 'alice' } }).outcome);
    if (outcome.kind !== 'final') throw new Error(outcome.kind);
    const { response, request } = outcome;
    const { from, callId } = request;
    alice.endpoint.invites.ack({ method: 'ACK', uri: bob.uri, from, to: response.to, callId, cseqNumber: 1 }, request);
    expect(await world.clock.run(all.taken[0]!.ended)).toBe('local');
  });
});

describe('Replaces', () => {
  async function three(): Promise<World & { carol: Party; replaces: (session: Session, more?: Partial<ReplacesValue>) => ReplacesValue }> {
    const all = await two();
    const carol = await party(all.world, 'carol', '192.0.2.3');
    // As the receiver of the new INVITE knows the dialog.
    const replaces = ({ dialog }: Session, more: Partial<ReplacesValue> = {}): ReplacesValue => ({
      callId: dialog.callId,
      toTag: dialog.localTag,
      fromTag: dialog.remoteTag,
      isEarlyOnly: false,
      parameters: [],
      ...more,
    });
    return { ...all, carol, replaces };
  }

  it('takes over a confirmed session, which ends', async () => {
    const all = await three();
    const [mine, theirs] = await made(all);
    const call = all.carol.sessions.invite(callTo(all.carol, all.bob.uri, { replaces: all.replaces(theirs) }));
    const outcome = await all.world.clock.run(call.outcome);
    expect(outcome.kind).toBe('answered');
    expect([await all.world.clock.run(mine.ended), theirs.endReason, all.bob.sessions.size]).toEqual(['peer', 'local', 1]);
  });

  it('takes over a call that only rings, which is cancelled', async () => {
    const all = await three();
    let ringing: Session | undefined;
    all.carol.sessions.onInvite(async (invitation) => {
      ringing = invitation.session;
      await invitation.progress({ status: 180 });
      await invitation.session.ended;
      return { kind: 'refuse', status: 480 };
    });
    let early: Session | undefined;
    acceptAll(all.alice);
    const call = all.alice.sessions.invite(callTo(all.alice, all.carol.uri, { onProgress: (_response, session) => (early = session) }));
    await all.world.clock.until(() => early !== undefined);
    const taking = all.bob.sessions.invite(callTo(all.bob, all.alice.uri, { replaces: all.replaces(early!, { isEarlyOnly: true }) }));
    expect((await all.world.clock.run(taking.outcome)).kind).toBe('answered');
    expect([await all.world.clock.run(call.outcome), await all.world.clock.run(ringing!.ended)]).toEqual([
      { kind: 'cancelled' },
      'cancelled',
    ]);
  });

  it.each<[string, Partial<ReplacesValue>, number]>([
    ['an unknown dialog', { callId: 'unknown' }, 481],
    ['swapped tags', { toTag: 'x' }, 481],
    ['early only, but confirmed', { isEarlyOnly: true }, 486],
  ])('of %s is refused', async (_name, more, status) => {
    const all = await three();
    const [, theirs] = await made(all);
    const call = all.carol.sessions.invite(callTo(all.carol, all.bob.uri, { replaces: all.replaces(theirs, more) }));
    expect(await all.world.clock.run(call.outcome)).toMatchObject({ kind: 'refused', response: { status } });
    expect(theirs.phase).toBe('confirmed');
  });

  it('twice in one INVITE gets 400', async () => {
    const all = await three();
    const headers = [{ name: 'Replaces', value: 'c;to-tag=a;from-tag=b' }];
    const [, theirs] = await made(all);
    const call = all.carol.sessions.invite(callTo(all.carol, all.bob.uri, { headers, replaces: all.replaces(theirs) }));
    expect(await all.world.clock.run(call.outcome)).toMatchObject({ kind: 'refused', response: { status: 400 } });
  });
});

describe('challenges inside a dialog', () => {
  it('use up numbers that no other request takes', async () => {
    const world = createTestInternet();
    const credentials = (): Credentials => ({ user: 'alice', password: 'secret' });
    const alice = await party(world, 'alice', '192.0.2.1', { endpointOptions: { credentials } });
    const bob = await party(world, 'bob', '192.0.2.2');
    acceptAll(bob);
    const outcome = await world.clock.run(alice.sessions.invite(callTo(alice, bob.uri)).outcome);
    if (outcome.kind !== 'answered') throw new Error(outcome.kind);
    const challenge = { name: 'WWW-Authenticate', value: 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5' };
    const numbers: string[] = [];
    bob.endpoint.onRequest('INFO', ({ message }) => {
      const isKnown = message.headers.some(({ name }) => name === 'Authorization');
      numbers.push(`${message.cseq.number}${isKnown ? '+' : ''}`);
      return isKnown ? { status: 200 } : { status: 401, headers: [challenge] };
    });
    const all = [1, 2, 3].map(() => outcome.session.request('INFO'));
    expect((await world.clock.run(Promise.all(all))).map(({ kind }) => kind)).toEqual(['final', 'final', 'final']);
    expect(numbers).toEqual(['2', '3', '4', '5+', '6+', '7+']);
    expect((await world.clock.run(outcome.session.change(messages('a2')))).kind).toBe('refused');
    expect([pathOf(outcome.session.local), outcome.session.dialog.localSequence]).toEqual(['a/1', 8]);
    void outcome.session.end();
    await world.clock.advance(80_000);
    expect(await leftovers(world, alice, bob)).toEqual({ timers: 0, sockets: 0, sessions: 0 });
  });
});
