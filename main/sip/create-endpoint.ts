// Joins transports, transactions, locating and authentication into one user agent (RFC 3261 §8).
import type { Endpoint, EndpointOptions } from './endpoint.ts';

/** Opens the sockets of `options.listen`; rejects with the system's error when one cannot be opened. */
export function createEndpoint(options: EndpointOptions): Promise<Endpoint> {
  return Promise.reject(new Error(`not there yet: ${options.product}`));
}
