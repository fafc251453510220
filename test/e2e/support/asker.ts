// Somebody who asks to see a person's presence, without an app around them: a real endpoint that keeps each document as it came on the wire.
import type { DevelopmentServer } from '../../../build/server/server.ts';
import type { Notification, Subscription } from '../../../main/simple/event/subscription.ts';
import { createSubscriber } from '../../../main/simple/event/subscriber.ts';
import { createNodeRandom } from '../../../main/sip/index.ts';
import { clock, uri } from '../../interop/support/simple-person.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';

export interface Heard {
  /** `pending`, `active`, `terminated`. */
  readonly state: string;
  readonly reason: string;
  /** The document, '' for none. */
  readonly document: string;
}

export interface Asker {
  readonly address: string;
  /** What came, oldest first. */
  readonly heard: readonly Heard[];
  /** What holds now; undefined: nothing came yet. */
  readonly last: Heard | undefined;
  /** Asks for everything anew, in the same subscription. */
  refresh(): void;
  end(): Promise<void>;
}

export interface AskOptions {
  /** Who asks, e.g. `sip:ada@example.test`. */
  readonly address: string;
  /** Absent for somebody of another domain, whom the server cannot ask for one. */
  readonly password?: string;
  /** As they call themself. */
  readonly displayName?: string;
  /** One look instead of following (RFC 6665 §4.4.3). */
  readonly isOneTime?: boolean;
}

/** Subscribes to the presence of `whom`. */
export async function ask(server: DevelopmentServer, whom: string, options: AskOptions): Promise<Asker> {
  const { address, password, displayName, isOneTime = false } = options;
  const random = createNodeRandom();
  const self = uri(address);
  const endpoint = await openEndpoint({
    clock,
    random,
    listen: [{ protocol: 'udp', local: { address: server.host, port: 0 } }],
    outboundProxy: uri(server.proxy('udp')),
    credentials: () => (password === undefined || self.user === undefined ? undefined : { user: self.user, password }),
  });
  const subscriber = createSubscriber({
    ...{ endpoint, clock, random, address: self, event: 'presence', log: () => undefined },
    ...(displayName === undefined ? {} : { displayName }),
  });
  const heard: Heard[] = [];
  const subscription: Subscription = subscriber.subscribe({
    target: uri(whom),
    accept: ['application/pidf+xml'],
    ...(isOneTime ? { expiresSeconds: 0 } : {}),
    onNotify: ({ state, reason, body }: Notification) => heard.push({ state, reason, document: new TextDecoder().decode(body) }),
    onState: () => undefined,
  });
  return {
    address,
    heard,
    get last() {
      return heard.at(-1);
    },
    refresh: () => subscription.refreshNow(),
    async end() {
      await subscriber.stop();
      await endpoint.stop();
    },
  };
}
