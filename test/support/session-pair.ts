// Two or more user agents with sessions on an internet in memory, and message sessions for them to agree on.
import { createSessions, sdpDescription, sdpMedia } from '../../main/sip/index.ts';
import type {
  CallOptions,
  Endpoint,
  EndpointOptions,
  Invitation,
  Session,
  SessionDescription,
  Sessions,
  SessionsOptions,
  SipUri,
} from '../../main/sip/index.ts';
import { address, sipUri } from './endpoint-pair.ts';
import type { TestInternet } from './endpoint-pair.ts';
import { createFakeRandom } from './fake-random.ts';

export interface Party {
  readonly uri: SipUri;
  readonly endpoint: Endpoint;
  readonly sessions: Sessions;
}

export async function party(
  world: TestInternet,
  name: string,
  host: string,
  more: Partial<SessionsOptions> & { readonly endpointOptions?: Partial<EndpointOptions> } = {},
): Promise<Party> {
  const { endpointOptions = {}, ...sessionsOptions } = more;
  const endpoint = await world.endpoint(host, endpointOptions);
  const sessions = createSessions({
    endpoint,
    clock: world.clock,
    random: createFakeRandom(Number(host.split('.').at(-1)) * 17),
    log: (level, text) => void world.log.push(`${level} ${text}`),
    contact: { user: name },
    ...sessionsOptions,
  });
  return { uri: sipUri(name, host), endpoint, sessions };
}

/** A session of one message stream; `path` tells one description from another. */
export function messages(path: string, sessionId = '1', count = 1): SessionDescription {
  const one = sdpMedia({
    kind: 'message',
    port: 2855,
    protocol: 'TCP/MSRP',
    formats: ['*'],
    attributes: [
      { name: 'accept-types', value: 'text/plain' },
      { name: 'path', value: path },
    ],
  });
  return sdpDescription({ sessionId, address: '192.0.2.9', media: Array.from({ length: count }, () => one) });
}

/** The path of the description's first stream, and how often it was changed. */
export function pathOf(description: SessionDescription | undefined): string {
  if (description === undefined) return 'none';
  const path = description.media[0]?.attributes.find(({ name }) => name === 'path')?.value ?? '-';
  return `${path}/${description.origin.version}`;
}

export function callTo(from: Party, to: SipUri, more: Partial<CallOptions> = {}): CallOptions {
  return { uri: to, from: address(from.uri), to: address(to), offer: messages('a'), ...more };
}

/** Answers each invitation at once with the path `b`, or offers it. */
export function acceptAll(at: Party, taken: Session[] = []): void {
  at.sessions.onInvite((invitation: Invitation) => {
    taken.push(invitation.session);
    return { kind: 'accept', description: messages('b', '2') };
  });
}

/** What is left when all have stopped. */
export async function leftovers(
  world: TestInternet,
  ...parties: readonly Party[]
): Promise<{ timers: number; sockets: number; sessions: number }> {
  const sessions = parties.reduce((sum, one) => sum + one.sessions.size, 0);
  for (const one of parties) {
    one.sessions.close();
    await one.endpoint.stop();
  }
  await world.clock.advance(10);
  return { timers: world.clock.pendingTimers(), sockets: world.internet.openSockets(), sessions };
}
