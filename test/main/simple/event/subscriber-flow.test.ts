// Subscriptions between two real endpoints (RFC 6665): NOTIFY in every order, refresh, ends of all kinds, server away and back.
import { describe, expect, it } from 'vitest';
import type { Dialog, SipRequest } from '../../../../main/sip/index.ts';
import { createSubscriber } from '../../../../main/simple/event/subscriber.ts';
import type { Notification, SubscribeOptions, SubscriptionState } from '../../../../main/simple/event/subscription.ts';
import { createTestInternet, sipUri } from '../../../support/endpoint-pair.ts';
import { createFakeRandom } from '../../../support/fake-random.ts';
import { ADA, BOB, CLIENT_ADDRESS, SERVER_ADDRESS, createScriptedServer, headerOf } from '../../../support/scripted-server.ts';

const PIDF = 'application/pidf+xml';

async function setUp(transport: 'udp' | 'tcp' = 'udp') {
  const net = createTestInternet();
  const server = await createScriptedServer(net);
  const outboundProxy = sipUri(undefined, SERVER_ADDRESS, { parameters: [{ name: 'transport', value: transport }] });
  const endpoint = await net.endpoint(CLIENT_ADDRESS, { outboundProxy });
  const subscriber = createSubscriber({
    endpoint,
    clock: net.clock,
    random: createFakeRandom(3),
    log: () => undefined,
    address: ADA,
    event: 'presence',
  });
  const states: SubscriptionState[] = [];
  const notified: Notification[] = [];
  const subscribe = (more: Partial<SubscribeOptions> = {}) =>
    subscriber.subscribe({
      target: BOB,
      accept: [PIDF],
      expiresSeconds: 600,
      onNotify: (notification) => notified.push(notification),
      onState: (state) => states.push(state),
      ...more,
    });
  const texts = (): string[] => notified.map((notification) => `${notification.state}:${new TextDecoder().decode(notification.body)}`);
  return { net, server, endpoint, subscriber, subscribe, states, notified, texts, clock: net.clock };
}

type Setting = Awaited<ReturnType<typeof setUp>>;

/** A presence agent that answers 200 and notifies right after, as `say` decides for each SUBSCRIBE. */
function agent({ server, clock }: Setting, say: (request: SipRequest, index: number) => string | undefined, expires = 600) {
  const dialogs: Dialog[] = [];
  server.script(
    'SUBSCRIBE',
    (request, index) => {
      const isRefresh = request.to.parameters.some((parameter) => parameter.name === 'tag');
      const dialog = isRefresh ? dialogs.at(-1) : server.dialogFor(request, `tag${index}`);
      const state = headerOf(request, 'Expires') === '0' ? 'terminated;reason=timeout' : say(request, index);
      clock.startTimer(5, () => {
        if (dialog === undefined || state === undefined) return;
        const text = state.startsWith('active') ? { contentType: PIDF, text: `<p${index}/>` } : {};
        const next = server.notify(dialog, 'presence', state, text).dialog;
        if (isRefresh) dialogs[dialogs.length - 1] = next;
        else dialogs.push(next);
      });
      const headers = [{ name: 'Expires', value: String(headerOf(request, 'Expires') === '0' ? 0 : expires) }];
      return { status: 200, headers, contact: { user: 'agent' }, ...(isRefresh ? {} : { toTag: `tag${index}` }) };
    },
    'presence',
  );
  return dialogs;
}

describe('subscriber', () => {
  it('subscribes, hears, refreshes in the dialog, unsubscribes, and leaves nothing behind', async () => {
    const setting = await setUp();
    const { net, server, endpoint, subscriber, subscribe, states, texts, clock } = setting;
    agent(setting, () => 'active;expires=600');
    const subscription = subscribe();
    expect(subscription.state).toEqual({ kind: 'working' });
    await clock.until(() => texts().length === 1);
    expect(states).toMatchObject([{ kind: 'active', untilMs: clock.nowMs() + 600_000 }]);
    await clock.advance(590_000);
    expect(texts()).toEqual(['active:<p0/>', 'active:<p1/>']);
    expect(server.requests[1]).toMatchObject({ callId: server.requests[0]?.callId, cseq: { number: 2 } });
    await clock.run(subscriber.stop(), 2_000);
    expect(headerOf(server.requests.at(-1)!, 'Expires')).toBe('0');
    expect(texts().length).toBe(2);
    await endpoint.stop();
    await server.stop();
    await clock.advance(100_000);
    expect({ timers: clock.pendingTimers(), sockets: net.internet.openSockets() }).toEqual({ timers: 0, sockets: 0 });
  });

  it('takes a NOTIFY that overtakes the 2xx', async () => {
    const { server, subscribe, states, texts, clock } = await setUp();
    server.script(
      'SUBSCRIBE',
      async (request) => {
        await server.notify(server.dialogFor(request, 'early'), 'presence', 'pending;expires=300').outcome;
        return { status: 200, headers: [{ name: 'Expires', value: '600' }], contact: { user: 'agent' }, toTag: 'early' };
      },
      'presence',
    );
    subscribe();
    await clock.until(() => texts().length === 1);
    await clock.advance(1_000);
    expect(states).toMatchObject([{ kind: 'pending' }]);
    await clock.advance(40_000);
    expect(server.requests.length).toBe(1);
  });

  it('answers 481 to forks, strangers and dead dialogs, 500 out of order, 400 without Subscription-State', async () => {
    const setting = await setUp();
    const { server, subscribe, texts, clock } = setting;
    const dialogs = agent(setting, () => 'active;expires=600');
    subscribe();
    await clock.until(() => texts().length === 1);
    const status = async (dialog: Dialog, state = 'active;expires=600'): Promise<number | string> => {
      const outcome = await clock.run(server.notify(dialog, 'presence', state).outcome);
      return outcome.kind === 'final' ? outcome.response.status : outcome.kind;
    };
    const dialog = dialogs[0]!;
    const otherFork = { ...dialog, localTag: 'other', local: { ...dialog.local, parameters: [{ name: 'tag', value: 'other' }] } };
    const newer = { ...dialog, localSequence: dialog.localSequence + 10 };
    expect([
      await status(otherFork),
      await status({ ...dialog, callId: 'stranger' }),
      await status(newer),
      await status(dialog),
      await status({ ...newer, localSequence: newer.localSequence + 1 }, ''),
      await status({ ...newer, localSequence: newer.localSequence + 2 }, 'terminated;reason=rejected'),
      await status({ ...newer, localSequence: newer.localSequence + 3 }),
    ]).toEqual([481, 481, 200, 500, 400, 200, 481]);
  });

  it('subscribes anew when a server forgot the dialog (481), and when the first NOTIFY never comes', async () => {
    const { server, subscribe, states, clock } = await setUp();
    server.script(
      'SUBSCRIBE',
      (request, index) => {
        if (index === 1) return { status: 481 };
        if (index !== 2)
          clock.startTimer(5, () => void server.notify(server.dialogFor(request, `tag${index}`), 'presence', 'active;expires=100'));
        return { status: 200, headers: [{ name: 'Expires', value: '100' }], contact: { user: 'agent' }, toTag: `tag${index}` };
      },
      'presence',
    );
    subscribe();
    await clock.until(() => states.at(-1)?.kind === 'active');
    await clock.until(() => server.requests.length === 3);
    expect(new Set(server.requests.map((request) => request.callId)).size).toBe(2);
    await clock.until(() => server.requests.length === 4, 40_000);
    await clock.until(() => states.at(-1)?.kind === 'active');
    expect(new Set(server.requests.map((request) => request.callId)).size).toBe(3);
  });

  it('does not storm a notifier that ends everything at once', async () => {
    const setting = await setUp();
    const { server, subscribe, clock } = setting;
    agent(setting, () => 'terminated;reason=deactivated');
    subscribe();
    await clock.advance(600_000);
    expect(server.requests.length).toBeGreaterThan(20);
    expect(server.requests.length).toBeLessThan(90);
  });

  it('leaves a refusal alone, until a late NOTIFY says that the rules changed', async () => {
    const setting = await setUp();
    const { server, subscribe, states, texts, clock } = setting;
    const dialogs = agent(setting, (_request, index) => (index === 0 ? 'terminated;reason=rejected' : 'active;expires=600'));
    subscribe();
    await clock.until(() => states.at(-1)?.kind === 'terminated');
    expect(states.at(-1)).toEqual({ kind: 'terminated', reason: 'rejected', retryAtMs: undefined });
    await clock.advance(3_600_000);
    expect(server.requests.length).toBe(1);
    await clock.run(server.notify(dialogs[0]!, 'presence', 'active;expires=600').outcome);
    await clock.until(() => states.at(-1)?.kind === 'active', 10_000);
    expect(texts().at(-1)).toBe('active:<p1/>');
  });

  it('fetches once with Expires: 0', async () => {
    const setting = await setUp();
    const { server, subscribe, states, texts, clock } = setting;
    server.script(
      'SUBSCRIBE',
      (request) => {
        const text = { contentType: PIDF, text: '<once/>' };
        clock.startTimer(5, () => void server.notify(server.dialogFor(request, 'once'), 'presence', 'terminated;reason=timeout', text));
        return { status: 200, headers: [{ name: 'Expires', value: '0' }], contact: { user: 'agent' }, toTag: 'once' };
      },
      'presence',
    );
    subscribe({ expiresSeconds: 0 });
    await clock.advance(700_000);
    expect({ count: server.requests.length, texts: texts(), states }).toEqual({
      count: 1,
      texts: ['terminated:<once/>'],
      states: [{ kind: 'terminated', reason: 'timeout', retryAtMs: undefined }],
    });
  });

  it.each(['udp', 'tcp'] as const)('is back within 30 s of its server over %s', async (transport) => {
    const setting = await setUp(transport);
    const { net, subscribe, states, clock } = setting;
    agent(setting, () => 'active;expires=60', 60);
    subscribe();
    await clock.until(() => states.at(-1)?.kind === 'active');
    net.internet.cutOff(SERVER_ADDRESS);
    net.internet.resetStreams(SERVER_ADDRESS);
    await clock.advance(300_000);
    expect(states.at(-1)?.kind).toBe('failed');
    net.internet.heal();
    await clock.until(() => states.at(-1)?.kind === 'active', 30_000);
  });

  it('never has more than twenty SUBSCRIBEs under way, and serves five hundred contacts', async () => {
    const setting = await setUp();
    const { net, server, subscribe, subscriber, clock } = setting;
    let inside = 0;
    let most = 0;
    server.script(
      'SUBSCRIBE',
      async (request, index) => {
        most = Math.max(most, ++inside);
        await new Promise<void>((resolve) => void clock.startTimer(20, resolve));
        inside--;
        if (headerOf(request, 'Expires') !== '0') {
          clock.startTimer(1, () => void server.notify(server.dialogFor(request, `tag${index}`), 'presence', 'active;expires=3600'));
        }
        return { status: 200, headers: [{ name: 'Expires', value: '3600' }], contact: { user: 'agent' }, toTag: `tag${index}` };
      },
      'presence',
    );
    const subscriptions = Array.from({ length: 500 }, (_, index) => subscribe({ target: sipUri(`user${index}`, SERVER_ADDRESS) }));
    await clock.until(() => subscriptions.every((subscription) => subscription.state.kind === 'active'), 5_000);
    expect(most).toBe(20);
    net.internet.cutOff(SERVER_ADDRESS);
    await clock.run(subscriber.stop(), 4_000);
  });
});
