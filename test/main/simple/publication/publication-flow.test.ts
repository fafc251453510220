// Publication between two real endpoints: the life of an entity tag (RFC 3903 §4, §5), latest wins, failure and recovery.
import { describe, expect, it } from 'vitest';
import type { Reply, SipRequest } from '../../../../main/sip/index.ts';
import { createPublication } from '../../../../main/simple/publication/publication.ts';
import type { PublicationState } from '../../../../main/simple/publication/publication.ts';
import { createTestInternet, sipUri } from '../../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { ADA, CLIENT_ADDRESS, SERVER_ADDRESS, createScriptedServer, headerOf } from '../../../support/scripted-server.ts';

async function setUp() {
  const net = createTestInternet();
  const server = await createScriptedServer(net);
  const endpoint = await net.endpoint(CLIENT_ADDRESS, { outboundProxy: sipUri(undefined, SERVER_ADDRESS) });
  const states: PublicationState[] = [];
  const publication = createPublication({
    endpoint,
    clock: net.clock,
    random: createFakeRandom(9),
    log: () => undefined,
    address: ADA,
    event: 'presence',
    contentType: 'application/pidf+xml',
    onState: (state) => states.push(state),
  });
  const seen = (): string[] => server.requests.map(describeRequest);
  return { net, server, endpoint, publication, states, seen, clock: net.clock, kinds: () => states.map((state) => state.kind) };
}

/** `tag|expires|body` of a PUBLISH. */
function describeRequest(request: SipRequest): string {
  return [headerOf(request, 'SIP-If-Match') ?? '-', headerOf(request, 'Expires'), new TextDecoder().decode(request.body)].join('|');
}

function stored(tag: string, expiresSeconds: number): Reply {
  return {
    status: 200,
    headers: [
      { name: 'SIP-ETag', value: tag },
      { name: 'Expires', value: String(expiresSeconds) },
    ],
  };
}

describe('publication', () => {
  it('creates, refreshes without body, changes under the newest tag, and removes', async () => {
    const { net, server, endpoint, publication, states, seen, clock } = await setUp();
    server.script('PUBLISH', (request, index) => stored(`tag${index}`, headerOf(request, 'Expires') === '0' ? 0 : 100), 'presence');
    publication.publish('<open/>');
    await clock.until(() => states.at(-1)?.kind === 'ok');
    expect(states).toEqual([{ kind: 'working' }, { kind: 'ok', untilMs: clock.nowMs() + 100_000 }]);
    await clock.advance(90_000);
    publication.publish('<away/>');
    await clock.settle();
    await clock.until(() => states.at(-1)?.kind === 'ok');
    publication.withdraw();
    await clock.until(() => states.at(-1)?.kind === 'off');
    expect(seen()).toEqual(['-|600|<open/>', 'tag0|600|', 'tag1|600|<away/>', 'tag2|0|']);
    expect(server.requests[0]).toMatchObject({ method: 'PUBLISH', uri: { user: 'ada' }, to: { uri: { user: 'ada' } } });
    await publication.stop();
    await endpoint.stop();
    await server.stop();
    await clock.advance(100_000);
    expect({ timers: clock.pendingTimers(), sockets: net.internet.openSockets() }).toEqual({ timers: 0, sockets: 0 });
  });

  it('sends only the newest of documents that change while one is on its way', async () => {
    const { server, publication, states, seen, clock } = await setUp();
    server.script('PUBLISH', (_request, index) => stored(`tag${index}`, 600), 'presence');
    for (const document of ['one', 'two', 'three', 'four']) publication.publish(document);
    await clock.until(() => states.at(-1)?.kind === 'ok');
    expect(seen()).toEqual(['-|600|one', 'tag0|600|four']);
  });

  it('publishes anew after 412, and takes 423 at its word', async () => {
    const { server, publication, states, seen, clock } = await setUp();
    server.script(
      'PUBLISH',
      (_request, index) => {
        if (index === 0) return { status: 423, headers: [{ name: 'Min-Expires', value: '1200' }] };
        return index === 2 ? { status: 412 } : stored(`tag${index}`, 1200);
      },
      'presence',
    );
    publication.publish('one');
    await clock.until(() => states.at(-1)?.kind === 'ok');
    publication.publish('two');
    await clock.until(() => seen().length === 4 && states.at(-1)?.kind === 'ok');
    expect(seen()).toEqual(['-|600|one', '-|1200|one', 'tag1|1200|two', '-|1200|two']);
  });

  it('does not go round with a server that answers 412 to everything', async () => {
    const { server, publication, states, clock } = await setUp();
    server.script('PUBLISH', () => ({ status: 412 }), 'presence');
    publication.publish('one');
    await clock.until(() => states.at(-1)?.kind === 'failed');
    expect(server.requests.length).toBe(4);
    await clock.advance(60_000);
    expect(server.requests.length).toBeLessThan(50);
  });

  it('waits as long as it was told, then is well again', async () => {
    const { server, publication, states, clock } = await setUp();
    const retry = [{ name: 'Retry-After', value: '120 (busy)' }];
    server.script('PUBLISH', (_request, index) => (index === 0 ? { status: 503, headers: retry } : stored('tag', 600)), 'presence');
    publication.publish('one');
    await clock.until(() => states.at(-1)?.kind === 'failed');
    expect(states.at(-1)).toMatchObject({ failure: { kind: 'status', status: 503, retryAfterSeconds: 120 } });
    await clock.advance(119_000);
    expect(server.requests.length).toBe(1);
    await clock.until(() => states.at(-1)?.kind === 'ok', 20_000);
  });

  it('is back within 30 s of its server, with the newest document', async () => {
    const { net, server, publication, states, seen, clock } = await setUp();
    server.script('PUBLISH', (_request, index) => stored(`tag${index}`, 600), 'presence');
    net.internet.cutOff(SERVER_ADDRESS);
    publication.publish('one');
    await clock.advance(200_000);
    publication.publish('two');
    expect(states.at(-1)).toMatchObject({ kind: 'failed', failure: { kind: 'timeout' } });
    net.internet.heal();
    await clock.until(() => states.at(-1)?.kind === 'ok', 30_000);
    expect(seen().at(-1)?.endsWith('two')).toBe(true);
  });

  it('removes what is on its way when it stops, and does not wait for a silent server', async () => {
    const { net, server, publication, states, seen, clock } = await setUp();
    server.script('PUBLISH', () => stored('tag', 600), 'presence');
    publication.publish('one');
    await clock.run(publication.stop(), 1_000);
    expect(seen()).toEqual(['-|600|one', 'tag|0|']);
    expect(states.at(-1)).toEqual({ kind: 'off' });
    net.internet.cutOff(SERVER_ADDRESS);
    publication.publish('two');
    await clock.advance(10_000);
    expect(seen().length).toBe(2);
  });
});
