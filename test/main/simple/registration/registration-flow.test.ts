// Registration between two real endpoints: binding, refresh, 423, redirects, wrong password, server away and back, removal.
import { describe, expect, it } from 'vitest';
import type { RegistrationState } from '../../../../main/simple/registration/registration.ts';
import { createRegistration } from '../../../../main/simple/registration/registration.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { createTestInternet, sipUri } from '../../../support/endpoint-pair.ts';
import {
  ADA,
  CLIENT_ADDRESS,
  SERVER_ADDRESS,
  bound,
  contactField,
  createScriptedServer,
  headerOf,
  withExpires,
} from '../../../support/scripted-server.ts';

const INSTANCE = 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6';

async function setUp(transport: 'udp' | 'tcp' = 'udp') {
  const net = createTestInternet();
  const server = await createScriptedServer(net);
  const outboundProxy = sipUri(undefined, SERVER_ADDRESS, { parameters: [{ name: 'transport', value: transport }] });
  const endpoint = await net.endpoint(CLIENT_ADDRESS, { outboundProxy });
  const states: RegistrationState[] = [];
  const registration = createRegistration({
    endpoint,
    clock: net.clock,
    random: createFakeRandom(5),
    log: () => undefined,
    address: ADA,
    displayName: 'Ada',
    instanceId: INSTANCE,
    onState: (state) => states.push(state),
  });
  const kinds = (): string[] => states.map((state) => state.kind);
  return { net, server, endpoint, states, kinds, registration, clock: net.clock };
}

describe('registration', () => {
  it('binds, reports what was granted, refreshes before it ends, and removes at the end', async () => {
    const { net, server, endpoint, registration, states, clock } = await setUp();
    server.script('REGISTER', (request) => bound(request, headerOf(request, 'Expires') === '0' ? 0 : 120));
    registration.start();
    await clock.until(() => states.length === 2);
    const startMs = clock.nowMs();
    expect(states).toMatchObject([{ kind: 'working' }, { kind: 'ok', untilMs: startMs + 120_000, bindingCount: 1 }]);
    expect(server.requests[0]).toMatchObject({
      method: 'REGISTER',
      uri: { user: undefined, host: SERVER_ADDRESS },
      from: { displayName: 'Ada', uri: { user: 'ada' } },
      contacts: [
        {
          uri: { user: 'ada', host: CLIENT_ADDRESS },
          parameters: [
            { name: '+sip.instance', value: `<${INSTANCE}>` },
            { name: 'reg-id', value: '1' },
            { name: 'expires', value: '600' },
          ],
        },
      ],
    });
    await clock.advance(120_000);
    expect(server.requests.length).toBe(2);
    expect(server.requests[1]?.callId).toBe(server.requests[0]?.callId);
    expect(server.requests[1]?.cseq.number).toBeGreaterThan(server.requests[0]?.cseq.number ?? 0);
    await clock.run(registration.stop());
    expect(server.requests[2]).toMatchObject({ contacts: [{ uri: { host: CLIENT_ADDRESS } }] });
    expect(headerOf(server.requests[2]!, 'Expires')).toBe('0');
    expect(states.at(-1)).toEqual({ kind: 'off' });
    await endpoint.stop();
    await server.stop();
    await clock.advance(100_000);
    expect({ timers: clock.pendingTimers(), sockets: net.internet.openSockets() }).toEqual({ timers: 0, sockets: 0 });
  });

  it('finds its own binding among those of other devices, with GRUU and service route', async () => {
    const { server, registration, states, clock } = await setUp();
    const other = withExpires({ displayName: undefined, uri: sipUri('ada', '192.0.2.77'), parameters: [] }, 3000);
    server.script('REGISTER', (request) => {
      const own = request.contacts === '*' ? [] : request.contacts;
      const listed = own.map((contact) => ({
        ...withExpires(contact, 200),
        parameters: [...withExpires(contact, 200).parameters, { name: 'pub-gruu', value: 'sip:ada@example.test;gr=urn:uuid:1' }],
      }));
      return { status: 200, headers: [contactField([other, ...listed]), { name: 'Service-Route', value: '<sip:edge.example.test;lr>' }] };
    });
    registration.start();
    await clock.until(() => states.length === 2);
    expect(states[1]).toMatchObject({
      kind: 'ok',
      untilMs: clock.nowMs() + 200_000,
      bindingCount: 2,
      publicGruu: { user: 'ada', host: 'example.test' },
      serviceRoute: [{ uri: { host: 'edge.example.test' } }],
    });
  });

  it('obeys 423 and a redirect, both bounded', async () => {
    const { server, registration, kinds, states, clock } = await setUp();
    server.script('REGISTER', (request, index) => {
      if (index === 0) return { status: 423, headers: [{ name: 'Min-Expires', value: '1800' }] };
      if (index === 1)
        return {
          status: 302,
          headers: [contactField([{ displayName: undefined, uri: sipUri(undefined, SERVER_ADDRESS, { port: 5060 }), parameters: [] }])],
        };
      return bound(request, 1800);
    });
    registration.start();
    await clock.until(() => states.length === 2);
    expect(server.requests.map((request) => headerOf(request, 'Expires'))).toEqual(['600', '1800', '1800']);
    expect(kinds()).toEqual(['working', 'ok']);
  });

  it('stops following redirects that go round', async () => {
    const { server, registration, states, clock } = await setUp();
    const here = { displayName: undefined, uri: sipUri(undefined, SERVER_ADDRESS), parameters: [] };
    server.script('REGISTER', () => ({ status: 301, headers: [contactField([here])] }));
    registration.start();
    await clock.until(() => states.length === 2);
    expect(server.requests.length).toBe(4);
    expect(states[1]).toMatchObject({ kind: 'failed', failure: { kind: 'status', status: 301 } });
  });

  it('tries a refused password once and never again by itself', async () => {
    const { server, registration, states, clock } = await setUp();
    server.script('REGISTER', () => ({
      status: 401,
      headers: [{ name: 'WWW-Authenticate', value: 'Digest realm="example.test", nonce="a", qop="auth"' }],
    }));
    registration.start();
    await clock.until(() => states.length === 2);
    expect(states[1]).toEqual({
      kind: 'failed',
      failure: { kind: 'unauthenticated', status: 401, realm: 'example.test' },
      retryAtMs: undefined,
    });
    const tries = server.requests.length;
    await clock.advance(3_600_000);
    expect(server.requests.length).toBe(tries);
    registration.retryNow();
    await clock.until(() => states.length === 4);
    expect(server.requests.length).toBe(tries + 1);
  });

  it.each(['udp', 'tcp'] as const)('is back within 30 s of its server over %s, without a storm meanwhile', async (transport) => {
    const { net, server, registration, states, clock } = await setUp(transport);
    server.script('REGISTER', (request) => bound(request, 60));
    registration.start();
    await clock.until(() => states.at(-1)?.kind === 'ok');
    net.internet.cutOff(SERVER_ADDRESS);
    net.internet.resetStreams(SERVER_ADDRESS);
    await clock.advance(300_000);
    expect(states.at(-1)).toMatchObject({ kind: 'failed' });
    const failures = states.filter((state) => state.kind === 'failed').length;
    expect(failures).toBeLessThan(60);
    net.internet.heal();
    await clock.until(() => states.at(-1)?.kind === 'ok', 30_000);
  });

  it('registers anew when its connection is lost', async () => {
    const { net, server, registration, kinds, states, clock } = await setUp('tcp');
    server.script('REGISTER', (request) => bound(request, 3600));
    registration.start();
    await clock.until(() => states.at(-1)?.kind === 'ok');
    net.internet.resetStreams(SERVER_ADDRESS);
    await clock.advance(5_000);
    expect(kinds()).toEqual(['working', 'ok', 'working', 'ok']);
    const [first, second, third, ...rest] = server.requests;
    expect(rest).toEqual([]);
    expect(second?.contacts).not.toEqual(first?.contacts);
    const removed = [
      {
        uri: first?.contacts === '*' ? undefined : first?.contacts[0]?.uri,
        parameters: [{ name: '+sip.instance' }, { name: 'expires', value: '0' }],
      },
    ];
    expect(third).toMatchObject({ contacts: removed });
  });

  it.each([
    ['udp', 70_000],
    ['tcp', 160_000],
  ] as const)('notices over %s that its server fell silent, long before the refresh', async (transport, withinMs) => {
    const { net, server, registration, states, clock } = await setUp(transport);
    server.script('REGISTER', (request) => bound(request, 3600));
    registration.start();
    await clock.until(() => states.at(-1)?.kind === 'ok');
    await clock.advance(600_000);
    expect(states.length).toBe(2);
    net.internet.cutOff(SERVER_ADDRESS);
    await clock.until(() => states.at(-1)?.kind !== 'ok', withinMs);
    await clock.until(() => states.at(-1)?.kind === 'failed', 40_000);
    net.internet.heal();
    await clock.until(() => states.at(-1)?.kind === 'ok', 30_000);
  });

  it('leaves in bounded time although its server is silent', async () => {
    const { net, server, registration, states, clock } = await setUp();
    server.script('REGISTER', (request) => bound(request, 3600));
    registration.start();
    await clock.until(() => states.at(-1)?.kind === 'ok');
    net.internet.cutOff(SERVER_ADDRESS);
    await clock.run(registration.stop(), 3_500);
    expect(states.at(-1)).toEqual({ kind: 'off' });
  });
});
