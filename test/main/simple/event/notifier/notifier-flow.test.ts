// Our subscriber against our notifier on a network in memory: asking, deciding, seeing, leaving, and what strangers cannot do.
import { describe, expect, it } from 'vitest';
import { createNotifier } from '../../../../../main/simple/event/notifier.ts';
import type { AccessDecision, NotifierOptions, NotifierWatcher } from '../../../../../main/simple/event/notifier.ts';
import { createWatcherInfoNotifier } from '../../../../../main/simple/event/notifier/watcher-info-notifier.ts';
import { parseWatcherInfo } from '../../../../../main/simple/document/watcher-info.ts';
import { createSubscriber } from '../../../../../main/simple/event/subscriber.ts';
import type { Subscription } from '../../../../../main/simple/event/subscription.ts';
import type { Endpoint, OutgoingRequest } from '../../../../../main/sip/index.ts';
import { address, createTestInternet, sipUri } from '../../../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../../../support/fake-random.ts';

const HOME = '192.0.2.10';
const AWAY = '192.0.2.20';
const ELSEWHERE = '192.0.2.30';
const PIDF = 'application/pidf+xml';
const ADA = sipUri('ada', HOME);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function setUp(more: Partial<NotifierOptions> = {}) {
  const net = createTestInternet();
  const { clock } = net;
  const home = await net.endpoint(HOME);
  const away = await net.endpoint(AWAY);
  const places = [away, await net.endpoint(ELSEWHERE)];
  const endpoints = [home, ...places];
  const end = async () => {
    for (const place of endpoints) await place.stop();
    await clock.advance(100_000);
    return { timers: clock.pendingTimers(), sockets: net.internet.openSockets() };
  };
  const decisions = new Map<string, AccessDecision>();
  const told: string[] = [];
  const state = { text: 'here' };
  const notifier = createNotifier({
    endpoint: home,
    clock,
    random: createFakeRandom(5),
    log: () => undefined,
    event: 'presence',
    contactUser: 'ada',
    contentTypes: [PIDF],
    isOurs: (target) => target.kind === 'sip' && target.user === 'ada',
    authorize: ({ uri }) => decisions.get(uri) ?? 'confirm',
    stateFor: (_watcher, { decision }) => ({ contentType: PIDF, bytes: bytes(decision === 'allow' ? state.text : 'nobody there') }),
    onWatcher: ({ uri, status, event }: NotifierWatcher) => void told.push(`${uri.slice(4, 7)} ${status} ${event}`),
    ...more,
  });
  const watch = (name: string, transport: 'udp' | 'tcp' = 'udp', expiresSeconds = 600) =>
    watchFrom(places.shift() ?? away, net, name, transport, expiresSeconds);
  return { net, clock, home, away, end, notifier, decisions, told, state, watch };
}

function watchFrom(
  endpoint: Endpoint,
  net: Awaited<ReturnType<typeof createTestInternet>>,
  name: string,
  transport: 'udp' | 'tcp',
  expiresSeconds: number,
) {
  const seen: string[] = [];
  const subscriber = createSubscriber({
    endpoint,
    clock: net.clock,
    random: createFakeRandom(name.length * 31 + name.charCodeAt(0)),
    log: () => undefined,
    address: sipUri(name, AWAY),
    event: 'presence',
  });
  const subscription: Subscription = subscriber.subscribe({
    target: { ...ADA, parameters: [{ name: 'transport', value: transport }] },
    accept: [PIDF],
    expiresSeconds,
    onNotify: ({ state, reason, body }) =>
      seen.push([state, reason, new TextDecoder().decode(body)].filter((part) => part !== '').join(' ')),
    onState: () => undefined,
  });
  return { seen, subscriber, subscription };
}

const uriOf = (name: string): string => `sip:${name}@${AWAY}`;

describe('a watcher', () => {
  it.each(['udp', 'tcp'] as const)('asks, is let in, sees changes, and is ended (%s)', async (transport) => {
    const { clock, end, notifier, decisions, told, state, watch } = await setUp();
    const { seen, subscriber } = watch('bob', transport);
    await clock.until(() => seen.length === 1);
    expect(notifier.watchers().map(({ uri, status, isFetch }) => ({ uri, status, isFetch }))).toEqual([
      { uri: uriOf('bob'), status: 'pending', isFetch: false },
    ]);
    decisions.set(uriOf('bob'), 'allow');
    notifier.authorizationChanged();
    await clock.until(() => seen.length === 2);
    for (const text of ['busy', 'away', 'gone']) {
      state.text = text;
      notifier.stateChanged();
    }
    await clock.until(() => seen.length === 3);
    await clock.advance(590_000);
    decisions.set(uriOf('bob'), 'block');
    notifier.authorizationChanged();
    await clock.until(() => seen.at(-1) === 'terminated rejected');
    expect({ seen, told }).toEqual({
      seen: ['pending', 'active here', 'active gone', 'active gone', 'terminated rejected'],
      told: ['bob pending subscribe', 'bob active approved', 'bob terminated rejected'],
    });
    await clock.run(subscriber.stop(), 5_000);
    await clock.run(notifier.stop(), 5_000);
    expect(await end()).toEqual({ timers: 0, sockets: 0 });
  });

  it('who is politely blocked hears the same at the same moments as of somebody who is away', async () => {
    const listen = async (decision: AccessDecision, text: string): Promise<string[]> => {
      const { clock, notifier, decisions, state, watch } = await setUp();
      state.text = text;
      const { seen, subscription } = watch('bob', 'udp', 200);
      const fetched: string[] = [];
      const times: string[] = [];
      await clock.until(() => seen.length === 1);
      await clock.advance(10_000);
      decisions.set(uriOf('bob'), decision);
      notifier.authorizationChanged();
      const startMs = clock.monotonicMs();
      for (let count = seen.length; clock.monotonicMs() - startMs < 400_000;) {
        await clock.advance(10);
        for (; count < seen.length; count++) times.push(`${clock.monotonicMs() - startMs} ${seen[count]}`);
      }
      subscription.refreshNow();
      fetched.push(...watch('bob', 'udp', 0).seen);
      await clock.advance(1_000);
      await clock.run(subscription.stop(), 5_000);
      return [...times, ...fetched, ...seen];
    };
    const polite = await listen('polite-block', 'something quite different');
    expect(polite.length).toBeGreaterThan(5);
    expect(polite).toEqual(await listen('allow', 'nobody there'));
  });

  it('who fetches while undecided waits for the answer; asking anew replaces the question', async () => {
    const { clock, notifier, told, watch } = await setUp();
    const first = watch('bob', 'udp', 0);
    await clock.until(() => first.seen.length === 1);
    expect(first.seen).toEqual(['terminated timeout']);
    expect(notifier.watchers().map(({ status, event, isFetch }) => ({ status, event, isFetch }))).toEqual([
      { status: 'waiting', event: 'timeout', isFetch: true },
    ]);
    const second = watch('bob');
    await clock.until(() => second.seen.length === 1);
    expect(told).toEqual(['bob waiting timeout', 'bob terminated subscribe', 'bob pending subscribe']);
  });

  it('who vanished is noticed, and its question kept', async () => {
    const { net, clock, notifier, decisions, watch } = await setUp();
    decisions.set(uriOf('cat'), 'allow');
    const pending = watch('bob');
    const active = watch('cat');
    await clock.until(() => pending.seen.length + active.seen.length === 2);
    await clock.advance(100);
    net.internet.cutOff(AWAY, ELSEWHERE);
    await clock.advance(700_000);
    expect(notifier.watchers().map(({ uri, status }) => [uri, status])).toEqual([[uriOf('bob'), 'waiting']]);
  });

  it('a stranger whose connection is gone is looked for nowhere else', async () => {
    const { net, clock, away, home, notifier } = await setUp();
    const elsewhere = await net.endpoint('192.0.2.40');
    const uri = { ...ADA, parameters: [{ name: 'transport', value: 'tcp' }] };
    const victim = sipUri('victim', '192.0.2.40', { parameters: [{ name: 'transport', value: 'tcp' }] });
    const contacts = [{ displayName: undefined, uri: victim, parameters: [] }];
    const headers = [
      { name: 'Event', value: 'presence' },
      { name: 'Expires', value: '600' },
    ];
    away.onRequest('NOTIFY', () => ({ status: 200 }), 'presence');
    await clock.run(
      away.send({ method: 'SUBSCRIBE', uri, from: address(sipUri('eve', AWAY)), to: address(ADA), contacts, headers }).outcome,
    );
    await clock.advance(1_000);
    net.internet.resetStreams(AWAY);
    await clock.advance(700_000);
    expect([notifier.watchers().map(({ status }) => status), elsewhere.counts, home.counts['connections-opened']]).toEqual([
      ['waiting'],
      {},
      undefined,
    ]);
    await elsewhere.stop();
  });

  it('a datagram in a made-up name leaves no question behind, and aims nothing at where it says', async () => {
    const { net, clock, home, away, notifier } = await setUp();
    const aimedAt: string[] = [];
    net.internet.onDatagram = ({ to, bytes: sent }) => {
      if (new TextDecoder().decode(sent).startsWith('NOTIFY')) aimedAt.push(to.address);
      return true;
    };
    const contacts = [{ displayName: undefined, uri: sipUri('victim', ELSEWHERE), parameters: [] }];
    const headers = [
      { name: 'Event', value: 'presence' },
      { name: 'Expires', value: '600' },
    ];
    const sent = { method: 'SUBSCRIBE', uri: ADA, from: address(sipUri('eve', AWAY)), to: address(ADA), contacts, headers };
    await clock.run(away.send(sent).outcome);
    expect(notifier.watchers().map(({ status }) => status)).toEqual(['pending']);
    net.internet.cutOff(AWAY);
    await clock.advance(60_000);
    expect([new Set(aimedAt), notifier.watchers(), home.counts['internal-errors']]).toEqual([new Set([AWAY]), [], undefined]);
  });

  it('a change reaches a thousand watchers, some at a time', async () => {
    const { clock, away, notifier, state } = await setUp({ authorize: () => 'allow', limits: { perWatcher: 1_000 } });
    const heardAtMs: number[] = [];
    away.onRequest(
      'NOTIFY',
      () => {
        heardAtMs.push(clock.monotonicMs());
        return { status: 200 };
      },
      'presence',
    );
    const bob = address(sipUri('bob', AWAY));
    const headers = [
      { name: 'Event', value: 'presence' },
      { name: 'Expires', value: '3600' },
    ];
    for (let index = 0; index < 1_000; index++) {
      void away.send({ method: 'SUBSCRIBE', uri: ADA, from: bob, to: address(ADA), contact: { user: 'bob' }, headers });
    }
    await clock.until(() => heardAtMs.length === 1_000);
    await clock.advance(10_000);
    heardAtMs.length = 0;
    state.text = 'busy';
    const startMs = clock.monotonicMs();
    notifier.stateChanged();
    await clock.until(() => heardAtMs.length === 1_000);
    await clock.advance(10_000);
    const perMoment = new Map<number, number>();
    for (const atMs of heardAtMs)
      perMoment.set(Math.floor((atMs - startMs) / 5), (perMoment.get(Math.floor((atMs - startMs) / 5)) ?? 0) + 1);
    expect(heardAtMs.length).toBe(1_000);
    expect(Math.max(...perMoment.values())).toBeLessThanOrEqual(100);
    expect(clock.monotonicMs() - startMs).toBeLessThan(11_000);
  });

  it('everybody hears at the end that it is over', async () => {
    const { clock, notifier, decisions, watch } = await setUp();
    decisions.set(uriOf('bob'), 'allow');
    const { seen } = watch('bob');
    await clock.until(() => seen.length === 1);
    await clock.run(notifier.stop('noresource'), 5_000);
    expect(seen.at(-1)).toBe('terminated noresource');
  });
});

describe('what is refused', () => {
  const request = (more: Partial<OutgoingRequest> = {}, user = 'bob', event = 'presence'): OutgoingRequest => ({
    method: 'SUBSCRIBE',
    uri: ADA,
    from: address(sipUri(user, AWAY)),
    to: address(ADA),
    contact: { user },
    headers: [
      { name: 'Event', value: event },
      { name: 'Expires', value: '600' },
    ],
    ...more,
  });
  const event = { name: 'Event', value: 'presence' };
  const statusOf = async ({ away, clock }: Awaited<ReturnType<typeof setUp>>, sent: OutgoingRequest): Promise<number> => {
    const outcome = await clock.run(away.send(sent).outcome);
    return outcome.kind === 'final' ? outcome.response.status : 0;
  };

  it.each<[string, OutgoingRequest, number]>([
    ['somebody else', request({ uri: sipUri('eve', HOME) }), 404],
    ['a dialog we do not know', request({ to: { ...address(ADA), parameters: [{ name: 'tag', value: 'x' }] } }), 481],
    ['too brief', request({ headers: [event, { name: 'Expires', value: '5' }] }), 423],
    ['types we do not have', request({ headers: [event, { name: 'Accept', value: 'text/html' }] }), 406],
    ['another package', request({}, 'bob', 'dialog'), 489],
    ['types in a range', request({ headers: [event, { name: 'Accept', value: 'text/html, application/*;q=0.5' }] }), 200],
  ])('%s', async (_name, sent, status) => {
    expect(await statusOf(await setUp(), sent)).toBe(status);
  });

  it('whom the policy forbids, without a subscription', async () => {
    const setting = await setUp({ authorize: () => 'forbid' });
    expect(await statusOf(setting, request())).toBe(403);
    expect(setting.notifier.watchers()).toEqual([]);
  });

  it.each<[string, Partial<NotifierOptions['limits']>, boolean]>([
    ['asks in a minute', { asksPerMinute: 3 }, true],
    ['strangers from one place', { strangersPerSource: 3 }, true],
    ['strangers', { strangers: 3 }, true],
    ['subscriptions', { subscriptions: 3 }, true],
    ['subscriptions of one watcher', { perWatcher: 3 }, false],
  ])('more than so many %s', async (_name, limits, areDifferent) => {
    const setting = await setUp({ limits: { ...limits } });
    setting.away.onRequest('NOTIFY', () => ({ status: 200 }), 'presence');
    const statuses: number[] = [];
    for (let index = 0; index < 5; index++) statuses.push(await statusOf(setting, request({}, areDifferent ? `bob${index}` : 'bob')));
    expect(statuses).toEqual([200, 200, 200, 503, 503]);
  });
});

describe('watcher information', () => {
  it('is told to ourselves, and to nobody else', async () => {
    const setting = await setUp();
    const { clock, home, away, notifier, watch } = setting;
    const winfo = createWatcherInfoNotifier({
      endpoint: home,
      clock,
      random: createFakeRandom(8),
      log: () => undefined,
      contactUser: 'ada',
      isOurs: (target) => target.kind === 'sip' && target.user === 'ada',
      of: notifier,
      package: 'presence',
      resource: `sip:ada@${HOME}`,
      isOurself: ({ uri }) => uri === `sip:ada@${HOME}`,
    });
    const follow = (self: ReturnType<typeof sipUri>) => {
      const heard: string[] = [];
      const parts = { endpoint: away, clock, random: createFakeRandom(self.user?.length ?? 0), log: () => undefined };
      const subscriber = createSubscriber({ ...parts, address: self, event: 'presence.winfo' });
      subscriber.subscribe({
        target: ADA,
        accept: ['application/watcherinfo+xml'],
        onNotify: ({ body }) => {
          const parsed = parseWatcherInfo(body);
          if (parsed.kind === 'failure') return;
          const { version, state, lists } = parsed.document;
          heard.push(
            `${version} ${state} ${lists.flatMap(({ watchers }) => watchers.map(({ uri, status, event }) => `${uri} ${status} ${event}`)).join()}`,
          );
        },
        onState: (next) => next.kind === 'failed' && next.failure.kind === 'status' && heard.push(String(next.failure.status)),
      });
      return { heard, subscriber };
    };
    const ada = follow(ADA);
    await clock.until(() => ada.heard.length === 1);
    const bob = watch('bob');
    await clock.until(() => bob.seen.length === 1);
    winfo.stateChanged();
    await clock.until(() => ada.heard.length === 2);
    expect(ada.heard).toEqual(['0 full ', `1 full ${uriOf('bob')} pending subscribe`]);
    await clock.run(ada.subscriber.stop(), 5_000);
    const eve = follow(sipUri('eve', AWAY));
    await clock.until(() => eve.heard.length === 1);
    expect(eve.heard).toEqual(['403']);
  });
});
