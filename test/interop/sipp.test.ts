// SIPp against the bare stack, message by message: retransmissions both ways, redirects, challenges, forks, and answers that are none.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePorts } from '../../build/server/ports.ts';
import { startServer } from '../../build/server/server.ts';
import type { DevelopmentServer } from '../../build/server/server.ts';
import { createNodeClock, createNodeRandom } from '../../main/sip/index.ts';
import type { Endpoint, NameAddr, Outcome, OutgoingRequest, Reply, SipUri } from '../../main/sip/index.ts';
import { createSubscriber } from '../../main/simple/event/subscriber.ts';
import { address, sipUri, textMessage } from '../support/endpoint-pair.ts';
import { openEndpoint } from '../support/open-endpoint.ts';
import { BareAgent, until } from './support/bare-agent.ts';
import { runSipp, startSipp } from './support/sipp.ts';
import type { SippOptions } from './support/sipp.ts';

const HOST = '127.0.0.1';
const ADA = sipUri('ada', HOST);
const clock = createNodeClock();
const random = createNodeRandom();
const endpoints: Endpoint[] = [];
let sippPort: number;

function loose(uri: SipUri): NameAddr {
  return address({ ...uri, parameters: [...uri.parameters, { name: 'lr', value: undefined }] });
}

async function open(port = 0): Promise<Endpoint & { readonly port: number }> {
  const endpoint = await openEndpoint({
    clock,
    random,
    listen: [
      { protocol: 'udp', local: { address: HOST, port } },
      { protocol: 'tcp', local: { address: HOST, port: 0 } },
    ],
    credentials: () => ({ user: 'ada', password: 'ada-secret' }),
  });
  endpoints.push(endpoint);
  return Object.assign(endpoint, { port: endpoint.listening[0]?.local.port ?? 0 });
}

beforeEach(async () => {
  sippPort = (await freePorts(HOST, undefined)).sip;
});
afterEach(async () => {
  for (const endpoint of endpoints.splice(0)) await endpoint.stop();
});

function sippUri(transport: 'udp' | 'tcp') {
  return sipUri('sipp', HOST, { port: sippPort, parameters: transport === 'tcp' ? [{ name: 'transport', value: 'tcp' }] : [] });
}

/** Our one request to a SIPp that answers by its scenario: the outcome, and what went over the wire. */
async function ask(
  endpoint: Endpoint,
  options: Omit<SippOptions, 'localPort' | 'calls'>,
  request: Partial<OutgoingRequest> = {},
): Promise<{ outcome: Outcome; wire: string }> {
  const sipp = await startSipp({ ...options, localPort: sippPort, calls: 1 });
  const outgoing = textMessage(ADA, sippUri(options.transport), 'hello', { contact: { user: 'ada' }, ...request });
  const outcome = await endpoint.send(outgoing).outcome;
  const { exitCode, messages, output } = await sipp.ended;
  expect(exitCode, `${output.slice(-1_500)}\n${messages.slice(-5_000)}`).toBe(0);
  return { outcome, wire: messages };
}

function count(wire: string, pattern: RegExp): number {
  return wire.match(pattern)?.length ?? 0;
}

describe('retransmission', () => {
  test('over UDP a request goes out again until it is answered, and the first answer counts', async () => {
    const { outcome, wire } = await ask(await open(), { scenario: 'answer-late', transport: 'udp' });
    expect(outcome).toMatchObject({ kind: 'final', response: { status: 200 } });
    // At 0, 0.5 and 1.5 s.
    expect(count(wire, /^MESSAGE /gm)).toBe(3);
    expect(new Set(wire.match(/branch=\S+?(?=[;\r\n])/g)).size).toBe(1);
  });

  test('over TCP it goes out once', async () => {
    const { outcome, wire } = await ask(await open(), { scenario: 'answer-late', transport: 'tcp' });
    expect(outcome).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(count(wire, /^MESSAGE /gm)).toBe(1);
  });

  test('a request that comes again before its answer is handled once', async () => {
    const endpoint = await open();
    let handled = 0;
    endpoint.onRequest('MESSAGE', async () => {
      handled++;
      await new Promise((resolve) => setTimeout(resolve, 1_700));
      return { status: 200 };
    });
    const to = `${HOST}:${endpoint.port}`;
    const keys = { domain: HOST };
    const run = await runSipp({ scenario: 'send-message', to, localPort: sippPort, transport: 'udp', calls: 5, service: 'ada', keys });
    expect(run.exitCode, `${run.output.slice(-1_500)}\n${run.messages.slice(-4_000)}`).toBe(0);
    expect(handled).toBe(5);
    // At 0.5 and 1.5 s.
    expect(endpoint.counts['requests-retransmitted']).toBe(10);
  });
});

describe.each(['udp', 'tcp'] as const)('over %s', (transport) => {
  test.each([300, 302])('a %i is followed by q until somebody takes it', async (status) => {
    const heard: string[] = [];
    const other = async (name: string, reply: Reply): Promise<number> => {
      const endpoint = await open();
      endpoint.onRequest('MESSAGE', ({ message }) => {
        heard.push(`${name} ${message.uri.kind === 'sip' ? message.uri.user : ''} ${message.cseq.number}`);
        return reply;
      });
      return endpoint.port;
    };
    const [one, two, three] = [
      await other('one', { status: 200 }),
      await other('two', { status: 486 }),
      await other('three', { status: 480 }),
    ];
    const keys = { one: String(one), two: String(two), three: String(three) };
    const { outcome } = await ask(await open(), { scenario: 'redirect', transport, status, keys }, { followsRedirects: true });
    expect(outcome).toMatchObject({ kind: 'final', response: { status: 200 } });
    expect(heard).toEqual(['three three 2', 'two two 3', 'one one 4']);
  });

  test.each(['MESSAGE', 'OPTIONS', 'REGISTER', 'SUBSCRIBE', 'NOTIFY', 'PUBLISH', 'INFO', 'REFER', 'UPDATE', 'PRACK', 'BYE'])(
    'a 407 on %s is answered',
    async (method) => {
      const { outcome } = await ask(await open(), { scenario: 'challenge', transport, method }, { method });
      expect(outcome).toMatchObject({ kind: 'final', response: { status: 200 }, request: { cseq: { number: 2, method } } });
    },
  );

  test('a 407 on INVITE is acknowledged and answered', async () => {
    const endpoint = await open();
    const sipp = await startSipp({ scenario: 'challenge-invite', transport, localPort: sippPort, calls: 1 });
    const uri = sippUri(transport);
    const ignore = (): void => undefined;
    const invite = { method: 'INVITE', uri, from: address(ADA), to: address(uri), contact: { user: 'ada' } };
    const sent = endpoint.invites.send(invite, { onProvisional: ignore, onSuccess: ignore });
    expect(await sent.outcome).toMatchObject({ kind: 'final', response: { status: 486 }, request: { cseq: { number: 2 } } });
    const { exitCode, messages } = await sipp.ended;
    expect(exitCode, messages.slice(-4_000)).toBe(0);
  });

  test('a NOTIFY with a guessed tag is refused and changes nothing', async () => {
    const endpoint = await open();
    const sipp = await startSipp({ scenario: 'notify-wrong-tags', transport, localPort: sippPort, calls: 1 });
    const told: string[] = [];
    const subscriber = createSubscriber({ endpoint, clock, random, log: () => undefined, address: ADA, event: 'presence' });
    subscriber.subscribe({
      target: sippUri(transport),
      accept: ['application/pidf+xml'],
      onNotify: ({ state }) => told.push(state),
      onState: () => undefined,
    });
    await Promise.race([
      sipp.ended,
      until(
        () => told.length > 0,
        () => 'no notification was taken',
      ),
    ]);
    await subscriber.stop();
    const { exitCode, messages, output } = await sipp.ended;
    expect(exitCode, `${output.slice(-1_500)}\n${messages.slice(-5_000)}`).toBe(0);
    expect(told).toEqual(['active']);
  });
});

describe('answers that are none', () => {
  test('are passed over, and the true one is taken', async () => {
    const endpoint = await open();
    const { outcome } = await ask(endpoint, { scenario: 'answer-badly', transport: 'udp' });
    expect(outcome).toMatchObject({ kind: 'final', response: { status: 200, reason: 'The True One' } });
    expect(endpoint.counts['responses-unmatched']).toBeGreaterThan(0);
    expect(endpoint.counts['malformed-ignored']).toBeGreaterThan(0);
  });
});

describe('forking through Kamailio', () => {
  let server: DevelopmentServer;
  const agents: BareAgent[] = [];
  beforeAll(async () => {
    server = await startServer();
  });
  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.stop();
  });
  afterAll(() => server.stop());

  async function signIn(name: string, protocol: 'udp' | 'tcp'): Promise<BareAgent> {
    const agent = await BareAgent.start(server, name, protocol);
    agents.push(agent);
    return agent;
  }

  /** SIPp as a second device: its address is registered from its own port, since the server looks at where a REGISTER comes from. */
  async function bindSipp(ada: BareAgent, seconds: number): Promise<void> {
    const endpoint = await open(sippPort);
    const to = address(ada.uri);
    const uri = sipUri(undefined, HOST, { port: server.ports.sip });
    const contact = { user: 'sipp', parameters: [{ name: 'expires', value: String(seconds) }] };
    const sent = endpoint.send({ method: 'REGISTER', uri: { ...ada.uri, user: undefined }, from: to, to, contact, route: [loose(uri)] });
    expect(await sent.outcome).toMatchObject({ kind: 'final', response: { status: 200 } });
    await endpoint.stop();
  }

  test('two devices of one person both get the message, and its sender one answer', async () => {
    const [first, second, bob] = [await signIn('ada', 'udp'), await signIn('ada', 'tcp'), await signIn('bob', 'tcp')];
    expect(await bob.write(first.uri, 'for both')).toMatchObject({ kind: 'final', response: { status: 200 } });
    await Promise.all([first.heard('for both'), second.heard('for both')]);
    expect([first.texts, second.texts]).toEqual([['for both'], ['for both']]);
    const callIds = [...first.requests, ...second.requests].map(({ message }) => message.callId);
    expect(new Set(callIds).size).toBe(1);
  });

  test.each([486, 603])('a device that refuses with %i does not keep the other one from taking it', async (status) => {
    const ada = await signIn('ada', 'tcp');
    const bob = await signIn('bob', 'tcp');
    await bindSipp(ada, 60);
    const sipp = await startSipp({ scenario: 'refuse-message', transport: 'udp', localPort: sippPort, calls: 1, status });
    expect(await bob.write(ada.uri, 'somebody takes it')).toMatchObject({ kind: 'final', response: { status: 200 } });
    await ada.heard('somebody takes it');
    const { exitCode, messages, output } = await sipp.ended;
    expect(exitCode, `${output.slice(-1_500)}\n${messages.slice(-5_000)}`).toBe(0);
    await bindSipp(ada, 0);
  });
});
