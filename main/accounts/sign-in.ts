// Trigger: the program starts, an account is added or changed, or the person tries again.
// Result: an endpoint whose binding is kept at the registrar; a wrong password ends it with one sentence and no further try.
// RFC: 3261 §10, 5626 §4.
import { ACCEPTED_TYPES } from '../simple/page-mode/read-content.ts';
import { createRegistration } from '../simple/registration/registration.ts';
import type { Registration, RegistrationState } from '../simple/registration/registration.ts';
import type { Endpoint, Network, NetworkAddress, SipUri } from '../sip/index.ts';
import { createEndpoint, parameterValue } from '../sip/index.ts';
import { registrationPart } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { nameOption } from './account-world.ts';
import { credentialsOf } from './find-xcap-root.ts';
import { guardEndpoint } from './guarded-endpoint.ts';
import { createRealmGuard, isOwnTarget } from './realm-guard.ts';

export interface SignInEvents {
  /** The registrar's first word, good or bad (a wrong password apart): the other parts may start. */
  answered(): void;
  /** Signed in, at first or again after a failure or a lost connection. */
  signedIn(): void;
  /** The server cannot be reached; nothing gets through until `signedIn`. */
  cutOff(): void;
  /** User or password are wrong: nothing is tried again by itself. */
  refused(): void;
  /** The networks of this computer are others now: everything must begin anew. */
  moved(): void;
}

export interface SignedIn {
  readonly endpoint: Endpoint;
  /** What keeps us reachable. */
  readonly registration: Pick<Registration, 'start' | 'retryNow' | 'stop'>;
  /** The networks may be others now, or the computer slept. Default: `retryNow` does all there is to do. */
  networkChanged?(): void;
}

const ANY_ADDRESS: NetworkAddress = { address: '0.0.0.0', port: 0 };
const ANY_V6_ADDRESS: NetworkAddress = { address: '::', port: 0 };

/** Rejects when no socket can be opened at all. */
export async function signIn(world: AccountWorld, events: SignInEvents): Promise<SignedIn> {
  const { clock, random, network, log, product, version } = world.doors;
  const realms = createRealmGuard(world.uri.host);
  const outboundProxy = firstHop(world);
  const bare = await createEndpoint({
    clock,
    random,
    network,
    log: (level, text) => log(level, `${world.address}: ${text}`),
    product: `${product}/${version}`,
    listen: needsUdp(outboundProxy) ? anyAddresses(network).map((local) => ({ protocol: 'udp', local })) : [],
    outboundProxy,
    preferredTransport: world.server.transport,
    caPem: world.server.caPem,
    // Notifications of lists require it (RFC 4662 §4.2).
    supported: ['eventlist'],
    accept: ACCEPTED_TYPES,
    credentials: (realm) => (realms.allows(realm) ? credentialsOf(world) : undefined),
    answersServer: (requestUri) => isOwnTarget(world.uri, requestUri),
  });
  const endpoint = guardEndpoint(bare, clock, log);
  let last: RegistrationState['kind'] = 'off';
  let hasAnswered = false;
  let isRefused = false;

  function changed(state: RegistrationState): void {
    if (isRefused) return;
    const before = last;
    last = state.kind;
    world.states.set('registration', registrationPart(state));
    if (state.kind === 'working' || state.kind === 'off') return;
    if (state.kind === 'failed' && state.failure.kind === 'unauthenticated') {
      isRefused = true;
      return events.refused();
    }
    if (!hasAnswered) {
      hasAnswered = true;
      events.answered();
    }
    if (state.kind === 'ok') {
      realms.close();
      if (before !== 'ok') events.signedIn();
    } else if (state.failure.kind !== 'status') {
      events.cutOff();
    }
  }

  const registration = createRegistration({
    endpoint,
    clock,
    random,
    log,
    address: world.uri,
    instanceId: world.instanceId,
    ...nameOption(world),
    onState: changed,
  });
  return { endpoint, registration };
}

/**
 * Everything goes through the account's own server, also to other domains: it vouches for us there, and only it may ask for the
 * password (RFC 3261 §8.1.2, a pre-existing route).
 */
export function firstHop(world: Pick<AccountWorld, 'server' | 'uri'>): SipUri {
  const { outboundProxy, transport } = world.server;
  const hop: SipUri = outboundProxy ?? { ...world.uri, user: undefined };
  if (transport === undefined || parameterValue(hop.parameters, 'transport') !== undefined) return hop;
  return { ...hop, parameters: [...hop.parameters, { name: 'transport', value: transport }] };
}

/** IPv6 only where this computer has it: a socket for it could not be opened elsewhere. */
function anyAddresses(network: Network): readonly NetworkAddress[] {
  return network.localAddresses().some((address) => address.includes(':')) ? [ANY_ADDRESS, ANY_V6_ADDRESS] : [ANY_ADDRESS];
}

/** A named stream transport needs no datagram socket; without a name DNS may choose any. */
function needsUdp(hop: SipUri): boolean {
  const named = parameterValue(hop.parameters, 'transport')?.toLowerCase();
  return named === undefined || named === '' || named === 'udp';
}
