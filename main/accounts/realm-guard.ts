// Who may ask for the password: only the account's own server (RFC 3261 §22.1: credentials belong to a realm).

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
