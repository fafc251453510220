// Two user agents on an internet in memory, and short ways to write their requests.
import type { Endpoint, EndpointOptions, NameAddr, OutgoingRequest, SipUri } from '../../main/sip/index.ts';
import { createFakeClock } from './fake-clock.ts';
import type { FakeClock } from './fake-clock.ts';
import { createFakeRandom } from './fake-random.ts';
import { createMemoryInternet } from './memory-network.ts';
import type { MemoryInternet } from './memory-network.ts';
import type { LinkQuality } from './memory-world.ts';
import { openEndpoint, udpAndTcp } from './open-endpoint.ts';

export interface TestInternet {
  readonly clock: FakeClock;
  readonly internet: MemoryInternet;
  readonly log: string[];
  endpoint(address: string, options?: Partial<EndpointOptions>): Promise<Endpoint>;
}

export function createTestInternet(quality: Partial<LinkQuality> = {}, seed = 1): TestInternet {
  const clock = createFakeClock();
  const random = createFakeRandom(seed);
  const internet = createMemoryInternet(clock, random, quality);
  const log: string[] = [];
  return {
    clock,
    internet,
    log,
    endpoint: (address, options = {}) =>
      openEndpoint({
        clock,
        random: createFakeRandom(seed + address.length + Number(address.split('.').at(-1))),
        network: internet.host(address),
        log: (level, text) => void log.push(`${level} ${text}`),
        listen: udpAndTcp(address, 5060),
        ...options,
      }),
  };
}

export function sipUri(user: string | undefined, host: string, more: Partial<SipUri> = {}): SipUri {
  return { kind: 'sip', scheme: 'sip', user, password: undefined, host, port: undefined, parameters: [], headers: [], ...more };
}

export function address(uri: SipUri): NameAddr {
  return { displayName: undefined, uri, parameters: [] };
}

/** A MESSAGE with a text. */
export function textMessage(from: SipUri, to: SipUri, text: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return {
    method: 'MESSAGE',
    uri: to,
    from: address(from),
    to: address(to),
    headers: [{ name: 'Content-Type', value: 'text/plain' }],
    body: new TextEncoder().encode(text),
    ...more,
  };
}
