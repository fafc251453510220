// Sessions against SIPp on loopback: PRACK, CANCEL and its race, re-INVITE, UPDATE, refresh, glare, forks, wrong tags.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePorts } from '../../build/server/ports.ts';
import { createNodeClock, createNodeRandom, createSessions } from '../../main/sip/index.ts';
import type { CallOutcome, Endpoint, Invitation, Session, Sessions, SipUri } from '../../main/sip/index.ts';
import { address, sipUri } from '../support/endpoint-pair.ts';
import { openEndpoint, udpAndTcp } from '../support/open-endpoint.ts';
import { messages, pathOf } from '../support/session-pair.ts';
import { runSipp, startSipp } from './support/sipp.ts';

const HOST = '127.0.0.1';
const clock = createNodeClock();
let endpoint: Endpoint;
let sessions: Sessions;
/** Ports that were free at the start: ours, and SIPp's. */
let port: number;
let sippPort: number;
let log: string[];

beforeEach(async () => {
  const ports = await freePorts(HOST, undefined);
  [port, sippPort] = [ports.sip, ports.tls];
  log = [];
  const random = createNodeRandom();
  const write = (level: string, text: string): void => void log.push(`${level} ${text}`);
  endpoint = await openEndpoint({
    clock,
    random,
    log: write,
    listen: udpAndTcp(HOST, port),
  });
  sessions = createSessions({ endpoint, clock, random, log: write, contact: { user: 'ada' } });
});
afterEach(async () => {
  sessions.close();
  await endpoint.stop();
});

function sippUri(transport: string): SipUri {
  return sipUri('sipp', HOST, { port: sippPort, parameters: transport === 'tcp' ? [{ name: 'transport', value: 'tcp' }] : [] });
}

async function called(scenario: string, transport: 'udp' | 'tcp', calls: number): Promise<void> {
  const run = await runSipp({ scenario, to: `${HOST}:${port}`, localPort: sippPort, transport, calls, service: 'ada' });
  expect(run.exitCode, `${run.output.slice(-1_500)}\n${run.messages.slice(-6_000)}`).toBe(0);
}

async function calling(
  scenario: string,
  transport: 'udp' | 'tcp',
  use: (call: ReturnType<Sessions['invite']>) => Promise<void>,
): Promise<void> {
  const sipp = await startSipp({ scenario, localPort: sippPort, transport, calls: 1 });
  const uri = sippUri(transport);
  await use(sessions.invite({ uri, from: address(sipUri('ada', HOST, { port })), to: address(uri), offer: messages('a') }));
  const run = await sipp.ended;
  expect(run.exitCode, `${run.output.slice(-1_500)}\n${run.messages.slice(-6_000)}`).toBe(0);
}

function sessionOf(outcome: CallOutcome): Session {
  if (outcome.kind !== 'answered') throw new Error(outcome.kind);
  return outcome.session;
}

describe.each(['udp', 'tcp'] as const)('over %s', (transport) => {
  test('SIPp calls and acknowledges a reliable provisional response', async () => {
    const ends: Promise<unknown>[] = [];
    sessions.onInvite(async (invitation: Invitation) => {
      ends.push(invitation.session.ended);
      const isAcknowledged = await invitation.progress({ status: 183, description: messages('b', '2') });
      return isAcknowledged ? { kind: 'accept' } : { kind: 'refuse', status: 500 };
    });
    await called('call-with-prack', transport, 5);
    expect([await Promise.all(ends), sessions.size, log]).toEqual([Array(5).fill('peer'), 0, []]);
  });

  test('SIPp calls and gives up while it rings', async () => {
    const ends: unknown[] = [];
    sessions.onInvite(async (invitation: Invitation) => {
      await invitation.progress({ status: 180 });
      ends.push(await invitation.session.ended);
      return { kind: 'refuse', status: 480 };
    });
    await called('call-and-cancel', transport, 5);
    expect([ends, sessions.size, log]).toEqual([Array(5).fill('cancelled'), 0, []]);
  });

  test('SIPp changes, refreshes, and guesses tags', async () => {
    const taken: Session[] = [];
    sessions.onInvite(({ session }: Invitation) => {
      taken.push(session);
      session.onOffer((offer) => messages(`b-${offer.origin.version}`, '2'));
      return { kind: 'accept', description: messages('b', '2') };
    });
    await called('call-and-change', transport, 3);
    expect(await Promise.all(taken.map((session) => session.ended))).toEqual(Array(3).fill('peer'));
    expect([taken.map(({ local }) => pathOf(local)), log]).toEqual([Array(3).fill('b-3/3'), []]);
  });

  test('SIPp answers reliably before its 2xx', async () => {
    await calling('answer-with-prack', transport, async (call) => {
      const session = sessionOf(await call.outcome);
      expect([pathOf(session.local), pathOf(session.remote)]).toEqual(['a/1', 'msrp://127.0.0.1:2855/x;tcp/1']);
      expect(await session.end()).toBe('local');
    });
  });

  test('SIPp answers although we cancel', async () => {
    const sipp = await startSipp({ scenario: 'answer-although-cancelled', localPort: sippPort, transport, calls: 1 });
    const uri = sippUri(transport);
    const call = sessions.invite({
      uri,
      from: address(sipUri('ada', HOST, { port })),
      to: address(uri),
      offer: messages('a'),
      onProgress: () => call.cancel(),
    });
    expect(await call.outcome).toEqual({ kind: 'cancelled' });
    const run = await sipp.ended;
    expect(run.exitCode, `${run.output.slice(-1_500)}\n${run.messages.slice(-6_000)}`).toBe(0);
    expect(sessions.size).toBe(0);
  });

  test('SIPp answers our change with 491, and takes it the second time', async () => {
    await calling('answer-and-glare', transport, async (call) => {
      const session = sessionOf(await call.outcome);
      const outcome = await session.change(messages('a2'));
      expect([outcome.kind, pathOf(session.local), pathOf(session.remote)]).toEqual(['changed', 'a2/2', 'msrp://127.0.0.1:2856/x;tcp/2']);
      await session.end();
    });
  });

  test('SIPp answers twice, as two devices would', async () => {
    const sipp = await startSipp({ scenario: 'answer-twice', localPort: sippPort, transport, calls: 1 });
    const uri = sippUri(transport);
    const second = Promise.withResolvers<Session>();
    const keepFork = (session: Session): boolean => {
      second.resolve(session);
      return false;
    };
    const from = address(sipUri('ada', HOST, { port }));
    const outcome = await sessions.invite({ uri, from, to: address(uri), offer: messages('a'), keepFork }).outcome;
    expect(await (await second.promise).ended).toBe('local');
    const first = sessionOf(outcome);
    expect(await first.ended).toBe('peer');
    const run = await sipp.ended;
    expect(run.exitCode, `${run.output.slice(-1_500)}\n${run.messages.slice(-6_000)}`).toBe(0);
    const devices = [first, await second.promise].map(({ dialog }) => dialog.remoteTag);
    const tagsOf = (method: string): string[] =>
      [...run.messages.matchAll(new RegExp(`^${method} sip:sipp[^]*?^To: .*tag=(\\S+)`, 'gm'))].map(([, tag]) => tag ?? '');
    expect([tagsOf('ACK'), tagsOf('BYE')]).toEqual([devices, devices.slice(1)]);
    expect(sessions.size).toBe(0);
  });
});
