// Registration with outbound and GRUU: what is asked for, what a grant changes, and how a flow is kept and replaced (RFC 5626, RFC 5627).
import { describe, expect, it } from 'vitest';
import { printUri } from '../../../../main/sip/index.ts';
import type { Reply, SipRequest } from '../../../../main/sip/index.ts';
import type { RegistrationState } from '../../../../main/simple/registration/registration.ts';
import { createRegistration } from '../../../../main/simple/registration/registration.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { address, createTestInternet, sipUri } from '../../../support/endpoint-pair.ts';
import { ADA, CLIENT_ADDRESS, SERVER_ADDRESS, bound, createScriptedServer, headerOf } from '../../../support/scripted-server.ts';

const INSTANCE = 'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6';
const PUBLIC = `sip:ada@example.test;gr=${INSTANCE}`;
const TEMPORARY = 'sip:tgruu.7hs==jd7vnzga5w7fajsc7-ajd6fabz0f8g5@example.test;gr';

/** A 200 that grants outbound and both GRUUs. */
function outbound(request: SipRequest, more: Reply['headers'] = []): Reply {
  const contact = request.contacts === '*' ? undefined : request.contacts[0];
  const gruus = `pub-gruu="${PUBLIC}";temp-gruu="${TEMPORARY}"`;
  const value = contact === undefined ? '' : `<${printUri(contact.uri)}>;expires=600;+sip.instance="<${INSTANCE}>";reg-id=1;${gruus}`;
  return { status: 200, headers: [{ name: 'Require', value: 'outbound' }, { name: 'Contact', value }, ...more] };
}

async function setUp(transport: 'udp' | 'tcp', answer: (request: SipRequest, index: number) => Reply) {
  const net = createTestInternet();
  const server = await createScriptedServer(net);
  server.script('REGISTER', answer);
  const outboundProxy = sipUri(undefined, SERVER_ADDRESS, { parameters: [{ name: 'transport', value: transport }] });
  const endpoint = await net.endpoint(CLIENT_ADDRESS, { outboundProxy });
  const states: RegistrationState[] = [];
  const registration = createRegistration({
    endpoint,
    clock: net.clock,
    random: createFakeRandom(5),
    log: () => undefined,
    address: ADA,
    instanceId: INSTANCE,
    onState: (state) => states.push(state),
  });
  registration.start();
  await net.clock.until(() => states.at(-1)?.kind === 'ok');
  return { ...net, server, endpoint, states, registration };
}

function contactOf(request: SipRequest | undefined): string {
  const contact = request?.contacts === '*' ? undefined : request?.contacts[0];
  return contact === undefined ? '' : printUri(contact.uri);
}

describe('outbound', () => {
  it('is asked for, and its grant told', async () => {
    const { server, states } = await setUp('udp', (request) => outbound(request));
    expect(headerOf(server.requests[0]!, 'Supported')).toBe('path, outbound, gruu');
    expect(states.at(-1)).toMatchObject({
      kind: 'ok',
      isOutbound: true,
      publicGruu: { user: 'ada', host: 'example.test' },
      temporaryGruu: { host: 'example.test', parameters: [{ name: 'gr' }] },
    });
  });

  it('is left out once the first hop says it cannot (439), and not asked for again', async () => {
    const { server, states, clock } = await setUp('udp', (request, index) => (index === 0 ? { status: 439 } : bound(request, 60)));
    await clock.advance(60_000);
    const asked = server.requests.map((request) => [headerOf(request, 'Supported'), contactOf(request) !== '']);
    expect(asked.slice(0, 3)).toEqual([
      ['path, outbound, gruu', true],
      ['path, gruu', true],
      ['path, gruu', true],
    ]);
    const parameters = server.requests[1]?.contacts === '*' ? [] : server.requests[1]?.contacts[0]?.parameters.map(({ name }) => name);
    expect(parameters).toEqual(['+sip.instance', 'expires']);
    expect(states.at(-1)).toMatchObject({ kind: 'ok', isOutbound: false });
  });

  it.each(['udp', 'tcp'] as const)(
    'keeps its flow over %s open as often as Flow-Timer says, and replaces one that dies',
    async (transport) => {
      const { server, states, clock, internet, endpoint } = await setUp(transport, (request) =>
        outbound(request, [{ name: 'Flow-Timer', value: '20' }]),
      );
      let datagrams = 0;
      internet.onDatagram = ({ bytes }) => {
        if ((bytes[0] ?? 0) === 0) datagrams++;
        return true;
      };
      await clock.advance(200_000);
      const pings = transport === 'udp' ? datagrams : server.endpoint.counts['pings-answered'];
      expect(pings).toBeGreaterThanOrEqual(10);
      expect(pings).toBeLessThanOrEqual(13);
      expect(server.requests.map((request) => request.method)).toEqual(['REGISTER']);
      internet.cutOff(SERVER_ADDRESS);
      await clock.until(() => states.at(-1)?.kind !== 'ok', 31_000);
      internet.heal();
      await clock.until(() => states.at(-1)?.kind === 'ok', 60_000);
      // The registrar replaced the binding by instance and flow, so nothing is removed.
      expect(server.requests.map((request) => headerOf(request, 'Expires'))).not.toContain('0');
      await endpoint.stop();
    },
  );

  it('marks Contacts on its flow with ob, and uses a GRUU where that is wanted', async () => {
    const { server, endpoint, clock } = await setUp('tcp', (request) => outbound(request));
    server.script('SUBSCRIBE', () => ({ status: 200 }), 'presence');
    for (const gruu of [undefined, 'public', 'temporary'] as const) {
      const request = {
        method: 'SUBSCRIBE',
        uri: ADA,
        from: address(ADA),
        to: address(ADA),
        contact: { user: 'ada', ...(gruu === undefined ? {} : { gruu }) },
        headers: [{ name: 'Event', value: 'presence' }],
      };
      await clock.run(endpoint.send(request).outcome);
    }
    const [register, plain, ...gruus] = server.requests.map(contactOf);
    expect(register).not.toContain('ob');
    expect(plain).toMatch(/^sip:ada@192\.0\.2\.1:\d+;transport=tcp;ob$/);
    expect(gruus).toEqual([PUBLIC, TEMPORARY]);
  });

  it('falls back to the address where no GRUU was granted', async () => {
    const { server, endpoint, clock } = await setUp('udp', (request) => bound(request, 600));
    server.script('OPTIONS', () => ({ status: 200 }));
    const outgoing = {
      method: 'OPTIONS',
      uri: ADA,
      from: address(ADA),
      to: address(ADA),
      contact: { user: 'ada', gruu: 'public' },
    } as const;
    await clock.run(endpoint.send(outgoing).outcome);
    expect(contactOf(server.requests.at(-1))).toBe('sip:ada@192.0.2.1:5060');
  });

  it('carries requests to our server that name no transport over the registered connection, and none to other hosts', async () => {
    const { server, endpoint, clock, states } = await setUp('tcp', (request) => outbound(request));
    expect(states.at(-1)?.kind).toBe('ok');
    server.script('OPTIONS', () => ({ status: 200 }));
    const ask = (host: string) => {
      const uri = sipUri('list', host, { port: 5099 });
      return clock.run(endpoint.send({ method: 'OPTIONS', uri, from: address(ADA), to: address(uri), route: [] }).outcome);
    };
    const registered = await ask(SERVER_ADDRESS);
    expect(registered).toMatchObject({ kind: 'final', response: { status: 200 }, flow: { protocol: 'tcp', remote: { port: 5060 } } });
    expect(await ask('192.0.2.55')).toEqual({ kind: 'timeout' });
  });
});
