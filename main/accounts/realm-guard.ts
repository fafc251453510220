// Who may ask for the password: only the account's own server (RFC 3261 §22.1: credentials belong to a realm).

import type { SipUri, Uri } from '../sip/index.ts';

export interface RealmGuard {
  /** May the password answer a challenge of this realm? */
  allows(realm: string): boolean;
  /** Signing in is over: realms that asked until now are the server's own. */
  close(): void;
}

/**
 * SECURITY: a digest lets whoever asked for it guess the password at leisure. Until the registrar has answered, nothing but
 * REGISTER goes out, so a realm that asks by then is the registrar's or a proxy's on the way to it. Later realms must name the domain.
 */
export function createRealmGuard(domain: string): RealmGuard {
  const own = domain.toLowerCase();
  const learned = new Set<string>();
  let isOpen = true;
  return {
    allows(realm) {
      const name = realm.toLowerCase();
      if (isOpen) learned.add(realm);
      return learned.has(realm) || name === own || own.endsWith(`.${name}`) || name.endsWith(`.${own}`);
    },
    close() {
      isOpen = false;
    },
  };
}

/**
 * SECURITY: a 401 comes from whoever a request reached in the end (RFC 3261 §22.2), and a peer can name our domain as its realm. So it
 * gets an answer only where the request is for our own address or domain. A 407 may have an answer elsewhere too: our first hop takes
 * such an answer out, or refuses its nonce. INTEROP(Kamailio): it challenges everything but REGISTER with 407.
 */
export function isOwnTarget(own: SipUri, requestUri: Uri): boolean {
  if (requestUri.kind !== 'sip' || requestUri.host.toLowerCase() !== own.host.toLowerCase()) return false;
  return requestUri.user === undefined || requestUri.user === own.user;
}
