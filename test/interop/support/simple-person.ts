// A person on the development server at the level of main/simple: a real endpoint, no app around it.
import type { DevelopmentServer } from '../../../build/server/server.ts';
import { PIDF_CONTENT_TYPE, printPidf } from '../../../main/simple/document/pidf.ts';
import { emptyTuple } from '../../../main/simple/document/presence-document.ts';
import type { Subscriber } from '../../../main/simple/event/subscriber.ts';
import { createSubscriber } from '../../../main/simple/event/subscriber.ts';
import { createNodeHttpClient } from '../../../main/simple/xcap/node-http-client.ts';
import { type XcapClient, createXcapClient } from '../../../main/simple/xcap/xcap-client.ts';
import type { Credentials, Endpoint, Outcome, SipUri } from '../../../main/sip/index.ts';
import { createNodeClock, createNodeRandom, parseUri } from '../../../main/sip/index.ts';
import { openEndpoint } from '../../support/open-endpoint.ts';

export const clock = createNodeClock();
const random = createNodeRandom();

export function uri(text: string): SipUri {
  const parsed = parseUri(text);
  if (parsed.kind === 'failure' || parsed.value.kind !== 'sip') throw new Error(`not a SIP URI: ${text}`);
  return parsed.value;
}

export interface SimplePerson {
  readonly address: SipUri;
  readonly addressText: string;
  readonly endpoint: Endpoint;
  readonly xcap: XcapClient;
  readonly log: string[];
  subscriber(event: string): Subscriber;
  /** Publishes an open tuple with this note; resolves with the status. */
  publish(note: string): Promise<number>;
  /** Stops subscribers, the endpoint and the XCAP client. */
  end(): Promise<void>;
}

export async function simplePerson(server: DevelopmentServer, name: string, transport: 'udp' | 'tcp' = 'udp'): Promise<SimplePerson> {
  const user = server.users.find((known) => known.name === name);
  if (user === undefined) throw new Error(`the server has no account ${name}`);
  const credentials = (): Credentials => ({ user: name, password: user.password });
  const log: string[] = [];
  const endpoint = await openEndpoint({
    clock,
    random,
    log: (level, text) => void log.push(`${level} ${text}`),
    listen: [{ protocol: 'udp', local: { address: server.host, port: 0 } }],
    outboundProxy: uri(server.proxy(transport)),
    supported: ['eventlist'],
    credentials,
  });
  const http = createNodeHttpClient({ clock });
  const addressText = `sip:${name}@${server.domain}`;
  const address = uri(addressText);
  const xcap = createXcapClient({ http, random, rootUrl: server.xcapRoot, user: addressText, credentials });
  const subscribers: Subscriber[] = [];
  return {
    address,
    addressText,
    endpoint,
    xcap,
    log,
    subscriber(event) {
      const subscriber = createSubscriber({
        endpoint,
        clock,
        random,
        log: (level, text) => void log.push(`${level} ${text}`),
        address,
        event,
      });
      subscribers.push(subscriber);
      return subscriber;
    },
    async publish(note) {
      const self = { displayName: undefined, uri: address, parameters: [] };
      const tuple = { ...emptyTuple('t1'), basic: 'open' as const, notes: [{ text: note, lang: '' }] };
      const text = printPidf({ entity: addressText, tuples: [tuple], persons: [], devices: [], notes: [] });
      const headers = [
        { name: 'Event', value: 'presence' },
        { name: 'Expires', value: '600' },
        { name: 'Content-Type', value: PIDF_CONTENT_TYPE },
      ];
      const body = new TextEncoder().encode(text);
      return statusOf(await endpoint.send({ method: 'PUBLISH', uri: address, from: self, to: self, headers, body }).outcome);
    },
    async end() {
      await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
      await endpoint.stop();
      xcap.stop();
      http.close();
    },
  };
}

function statusOf(outcome: Outcome): number {
  return outcome.kind === 'final' ? outcome.response.status : 0;
}

const HAPPENS_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 20;

/** Waits until it holds; `told` says what is there instead. */
export async function until(condition: () => boolean, told: () => string, withinMs = HAPPENS_WITHIN_MS): Promise<void> {
  for (const end = Date.now() + withinMs; !condition();) {
    if (Date.now() > end) throw new Error(`did not happen: ${told()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
