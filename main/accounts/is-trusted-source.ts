// Which incoming requests an account hears: by default only those that come through the server it is registered with (RFC 3261 §26.3.2.2).
import type { Flow, NetworkAddress } from '../sip/index.ts';

/** What the account trusts now: the flow its binding uses, and the addresses that its server has answered from. */
export interface TrustedSources {
  readonly flowIds: ReadonlySet<string>;
  readonly serverAddresses: ReadonlySet<string>;
}

export const NOBODY_TRUSTED: TrustedSources = { flowIds: new Set(), serverAddresses: new Set() };

/**
 * SECURITY: a stranger who finds our port could write as anybody. A connection counts by itself; on UDP, where every
 * peer shares one socket, the server's address counts (any port: servers send from several).
 */
export function isTrustedSource(request: { readonly flow: Flow; readonly source: NetworkAddress }, trusted: TrustedSources): boolean {
  if (request.flow.protocol !== 'udp' && trusted.flowIds.has(request.flow.id)) return true;
  return trusted.serverAddresses.has(request.source.address);
}

/** Also trust the server that just answered on `flow`. */
export function trustFlow(trusted: TrustedSources, flow: Flow): TrustedSources {
  return {
    flowIds: new Set([...trusted.flowIds, flow.id]),
    serverAddresses: new Set([...trusted.serverAddresses, flow.remote.address]),
  };
}
