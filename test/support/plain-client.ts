// Another SIP program on the network of a nearby world: UDP and TCP only, no key; it writes, watches, and answers what it gets.
import { createSubscriber } from '../../main/simple/event/subscriber.ts';
import type { Notification, Subscription, SubscriptionState } from '../../main/simple/event/subscription.ts';
import type { Endpoint, EndpointOptions, SipRequest, SipUri } from '../../main/sip/index.ts';
import { sipUri, textMessage } from './endpoint-pair.ts';
import { createFakeRandom } from './fake-random.ts';
import type { NearbyPerson, NearbyWorld } from './nearby-world.ts';
import { openEndpoint, udpAndTcp } from './open-endpoint.ts';

export interface PlainClient {
  readonly uri: SipUri;
  /** As text, e.g. `sip:zoe@192.0.2.77`. */
  readonly address: string;
  readonly endpoint: Endpoint;
  /** Texts it was sent. */
  readonly texts: string[];
  /** Status of the answer, 0 where there is none. `user`: another one than the person's. */
  write(to: NearbyPerson, text: string, more?: { readonly user?: string; readonly from?: SipUri }): Promise<number>;
  /** `expiresSeconds` 0: one look. */
  watch(whom: NearbyPerson, expiresSeconds?: number, event?: string, more?: WatchAs): Promise<PlainWatch>;
  stop(): Promise<void>;
}

export interface WatchAs {
  /** In whose name; default: its own. */
  readonly as?: SipUri;
  /** By TLS, which is on the next port. */
  readonly isSecure?: boolean;
}

export interface PlainWatch {
  readonly subscription: Subscription;
  readonly states: SubscriptionState['kind'][];
  /** Each NOTIFY with its time since the SUBSCRIBE, in ms. */
  readonly heard: { readonly atMs: number; readonly notification: Notification; readonly text: string }[];
  stop(): Promise<void>;
}

export async function createPlainClient(
  world: NearbyWorld,
  { user = 'zoe', host = '192.0.2.77', options = {} }: { user?: string; host?: string; options?: Partial<EndpointOptions> } = {},
): Promise<PlainClient> {
  const { clock, internet } = world;
  const random = createFakeRandom(host.length * 31 + Number(host.split('.').at(-1)));
  const endpoint = await openEndpoint({
    ...{ clock, random },
    network: internet.host(host),
    product: 'Other/1.0',
    listen: udpAndTcp(host, 5060),
    ...options,
  });
  const uri = sipUri(user, host);
  const texts: string[] = [];
  endpoint.onRequest('MESSAGE', ({ message }: { message: SipRequest }) => {
    texts.push(new TextDecoder().decode(message.body));
    return { status: 200 };
  });
  const placeOf = async (person: NearbyPerson, whom?: string): Promise<SipUri> =>
    sipUri(whom ?? /sip:([^@]*)@/.exec(person.address)?.[1], person.host, { port: await listenPortOf(person) });
  return {
    ...{ uri, endpoint, texts },
    address: `sip:${user}@${host}`,
    async write(to, text, more = {}) {
      const request = textMessage(more.from ?? uri, await placeOf(to, more.user), text);
      const outcome = await clock.run(endpoint.send(request).outcome);
      return outcome.kind === 'final' ? outcome.response.status : 0;
    },
    async watch(whom, expiresSeconds = 600, event = 'presence', { as = uri, isSecure = false } = {}) {
      const subscriber = createSubscriber({ endpoint, clock, random, log: () => undefined, address: as, event });
      const states: SubscriptionState['kind'][] = [];
      const heard: PlainWatch['heard'] = [];
      const startMs = clock.monotonicMs();
      const subscription = subscriber.subscribe({
        target: isSecure ? secure(await placeOf(whom)) : await placeOf(whom),
        accept: [event === 'presence' ? 'application/pidf+xml' : 'application/watcherinfo+xml'],
        expiresSeconds,
        onNotify: (notification) =>
          heard.push({ atMs: clock.monotonicMs() - startMs, notification, text: new TextDecoder().decode(notification.body) }),
        onState: (state) => states.push(state.kind),
      });
      return { subscription, states, heard, stop: () => clock.run(subscriber.stop()) };
    },
    stop: () => endpoint.stop(),
  };
}

function secure(uri: SipUri): SipUri {
  return { ...uri, port: (uri.port ?? 0) + 1, parameters: [{ name: 'transport', value: 'tls' }] };
}

/** Of UDP and TCP. */
export async function listenPortOf(person: NearbyPerson): Promise<number> {
  const { accounts } = await person.call('listAccounts', {});
  return accounts.find(({ accountId }) => accountId === person.accountId)?.settings.listenPort ?? 0;
}
