// What an endpoint answers to the torture messages of RFC 4475 and RFC 5118, over UDP and over TCP: the response codes, or silence.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSessions } from '../../main/sip/index.ts';
import { createTestInternet } from '../support/endpoint-pair.ts';
import { createRawPeer, statusesIn } from '../support/raw-peer.ts';

const SILENCE: readonly number[] = [];

/**
 * By message: what comes over UDP, and over TCP where that differs. `closed`: the stream cannot go on, because nobody knows where the
 * next message begins. Requests that an element may take are taken: the endpoint's INVITE, MESSAGE and REGISTER are answered 200.
 */
const answers: Readonly<Record<string, { readonly udp: readonly number[]; readonly tcp?: readonly number[]; readonly closed?: true }>> = {
  // §3.1.1: valid.
  wsinv: { udp: [200] },
  // An unknown method, and one that only looks like REGISTER (§3.1.1.2, §3.1.1.5).
  intmeth: { udp: [501] },
  esc02: { udp: [501] },
  esc01: { udp: [200] },
  escnull: { udp: [200] },
  lwsdisp: { udp: [200] },
  longreq: { udp: [200] },
  // What follows in the datagram is no second request; in a stream it is, and then the rest of the file.
  dblreq: { udp: [200], tcp: [200, 200], closed: true },
  semiuri: { udp: [200] },
  transports: { udp: [200] },
  mpart01: { udp: [200] },
  unreason: { udp: SILENCE },
  noreason: { udp: SILENCE },
  // §3.1.2: invalid.
  badinv01: { udp: [400] },
  // A stream waits for the rest of the body.
  clerr: { udp: [400], tcp: SILENCE },
  ncl: { udp: [400], closed: true },
  scalar02: { udp: [400] },
  scalarlg: { udp: SILENCE },
  quotbal: { udp: [400] },
  ltgtruri: { udp: [400] },
  lwsruri: { udp: [400] },
  lwsstart: { udp: [400] },
  trws: { udp: [400] },
  escruri: { udp: [400] },
  // Nobody here needs the date.
  baddate: { udp: [200] },
  regbadct: { udp: [400] },
  badaspec: { udp: [400] },
  // Its archived bytes lack the last line break, which a stream waits for.
  baddn: { udp: [400], tcp: SILENCE },
  badvers: { udp: [505] },
  mismatch01: { udp: [400] },
  mismatch02: { udp: [501] },
  bigcode: { udp: SILENCE },
  // §3.2, §3.3.
  badbranch: { udp: [200] },
  insuf: { udp: [400] },
  unkscm: { udp: [416] },
  novelsc: { udp: [416] },
  unksm2: { udp: [200] },
  bext01: { udp: [420] },
  invut: { udp: [200] },
  regaut01: { udp: [200] },
  multi01: { udp: [400] },
  mcl01: { udp: [400], closed: true },
  bcast: { udp: SILENCE },
  // Who is meant answers; only forwarding is forbidden.
  zeromf: { udp: [200] },
  cparam01: { udp: [200] },
  cparam02: { udp: [200] },
  regescrt: { udp: [200] },
  sdp01: { udp: [200] },
  // §3.4.1: no Content-Length, which only a datagram may lack.
  inv2543: { udp: [200], tcp: [400], closed: true },
  // RFC 5118.
  'ipv6-good': { udp: [200] },
  'ipv6-bad': { udp: [400] },
  'port-ambiguous': { udp: [200] },
  'port-unambiguous': { udp: [200] },
  'via-received-param-with-delim': { udp: [405] },
  'via-received-param-no-delim': { udp: [200] },
  'ipv6-in-sdp': { udp: [200] },
  'mult-ip-in-header': { udp: [405] },
  'mult-ip-in-sdp': { udp: [200] },
  'ipv4-mapped-ipv6': { udp: [200] },
  'ipv6-bug-abnf-3-colons': { udp: [200] },
  'ipv6-correct-abnf-2-colons': { udp: [200] },
};

function load(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, /^[a-z]+\d*$/.test(name) ? '4475' : '5118', `${name}.dat`));
}

async function setUp() {
  const world = createTestInternet();
  const endpoint = await world.endpoint('192.0.2.2');
  for (const method of ['INVITE', 'MESSAGE', 'REGISTER']) endpoint.onRequest(method, () => ({ status: 200 }));
  const peer = createRawPeer(world, '192.0.2.2');
  return { world, endpoint, peer };
}

describe('torture messages are answered', () => {
  it('all of them', () => {
    const files = ['4475', '5118'].flatMap((folder) => readdirSync(join(import.meta.dirname, folder)));
    expect(files.map((file) => file.replace('.dat', '')).sort()).toEqual(Object.keys(answers).sort());
  });

  it.each(Object.keys(answers))('%s', async (name) => {
    const { world, endpoint, peer } = await setUp();
    peer.sendUdp(load(name));
    await world.clock.advance(100);
    const udp = peer.datagrams.flatMap(({ text }) => statusesIn(text));
    // SECURITY: whatever its Via says, the answer goes back to where it came from.
    expect([...new Set(peer.datagrams.map(({ to }) => to.replace(/:\d+$/, '')))]).toEqual(udp.length === 0 ? [] : ['192.0.2.7']);
    await endpoint.stop();

    const other = await setUp();
    const stream = await other.peer.sendTcp(load(name));
    await other.world.clock.advance(100);
    const { udp: expectedUdp, tcp = expectedUdp, closed = false } = answers[name]!;
    expect({ udp, tcp: statusesIn(stream.text), isClosed: stream.isClosed }).toEqual({ udp: expectedUdp, tcp, isClosed: closed });
    await other.endpoint.stop();
  });
});

describe('torture messages that concern the user agent', () => {
  it('are answered by what sessions can do: 415 with Accept (§3.3.6), 406 (§3.3.15)', async () => {
    const world = createTestInternet();
    const endpoint = await world.endpoint('192.0.2.2');
    const { clock } = world;
    const sessions = createSessions({
      endpoint,
      clock,
      random: { bytes: (count) => new Uint8Array(count), fraction: () => 0.5, token: () => 'token', branch: () => 'z9hG4bKtoken' },
      log: () => undefined,
      contact: { user: 'user' },
    });
    sessions.onInvite(() => ({ kind: 'refuse', status: 486 }));
    const peer = createRawPeer(world, '192.0.2.2');
    const answerTo = async (name: string): Promise<string> => {
      const before = peer.datagrams.length;
      peer.sendUdp(load(name));
      await clock.advance(100);
      return peer.datagrams[before]?.text ?? '';
    };
    const unknownFormat = await answerTo('invut');
    expect([statusesIn(unknownFormat), /^Accept: .*application\/sdp/m.test(unknownFormat)]).toEqual([[415], true]);
    expect(statusesIn(await answerTo('sdp01'))).toEqual([406]);
    expect(statusesIn(await answerTo('mpart01'))).toEqual([405]);
    sessions.close();
    await endpoint.stop();
  });

  it('badbranch: two requests with the bare cookie are two transactions (§3.2.1)', async () => {
    const { world, endpoint, peer } = await setUp();
    peer.sendUdp(load('badbranch'));
    peer.sendUdp(load('badbranch').toString('latin1').replace('badbranch.', 'another.'));
    peer.sendUdp(load('badbranch'));
    await world.clock.advance(100);
    expect([peer.datagrams.map(({ text }) => /Call-ID: (\w+)/.exec(text)?.[1]), endpoint.counts['requests-retransmitted']]).toEqual([
      ['badbranch', 'another', 'badbranch'],
      1,
    ]);
    await endpoint.stop();
  });

  it('bext01: 420 names both options (§3.3.5)', async () => {
    const { world, endpoint, peer } = await setUp();
    peer.sendUdp(load('bext01'));
    await world.clock.advance(100);
    expect(/^Unsupported: (.*)\r$/m.exec(peer.datagrams[0]?.text ?? '')?.[1]).toBe('nothingSupportsThis, nothingSupportsThisEither');
    await endpoint.stop();
  });
});
