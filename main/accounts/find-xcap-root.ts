// Where an account's documents are kept: the XCAP root as given, else the usual places under its domain (RFC 4825 §6.1 leaves the discovery open).
import { createXcapClient } from '../simple/xcap/xcap-client.ts';
import type { XcapClient } from '../simple/xcap/xcap-client.ts';
import type { NodeKnowledge } from '../simple/xcap/store-one-rule.ts';
import type { XcapCapabilitiesResult, XcapFailure } from '../simple/xcap/xcap-result.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';

export type FoundRoot =
  | { readonly kind: 'found'; readonly client: XcapClient; readonly rootUrl: string; readonly capabilities: XcapCapabilitiesResult }
  /** Nobody there, and looking again soon will not help. */
  | { readonly kind: 'none'; readonly detail: string }
  /** It could not be asked. */
  | { readonly kind: 'unreachable'; readonly failure: XcapFailure };

/** SECURITY: only over TLS; a name that anybody on the way may answer for must not get the password’s digest. */
const PLACES = [(domain: string) => `https://xcap.${domain}/xcap-root`, (domain: string) => `https://${domain}/xcap-root`] as const;

const IP_LITERAL = /^(\[.*\]|[\d.]+)$/;

/** Roots to try, best first. */
export function xcapRootCandidates(given: string | undefined, domain: string): readonly string[] {
  if (given !== undefined) return [given];
  return IP_LITERAL.test(domain) ? [] : PLACES.map((place) => place(domain.toLowerCase()));
}

/**
 * Asks each candidate for its capabilities. A root that was given is believed whatever it says to that:
 * INTEROP(Kamailio 5.6) answers 500, having no such document.
 */
export async function findXcapRoot(world: AccountWorld): Promise<FoundRoot> {
  const given = world.server.xcapRoot;
  let detail = 'no place to look at';
  for (const rootUrl of xcapRootCandidates(given, world.uri.host)) {
    const client = createXcapClient({
      http: world.doors.http,
      random: world.doors.random,
      rootUrl,
      user: world.address,
      credentials: () => credentialsOf(world),
      caPem: world.server.caPem,
      nodes: nodeKnowledge(world),
    });
    const answer = await client.capabilities();
    const hasFailed = answer.kind === 'failed' && (answer.failure.kind === 'http' || answer.failure.kind === 'unauthenticated');
    if (answer.kind === 'capabilities' || (given !== undefined && !hasFailed))
      return { kind: 'found', client, rootUrl, capabilities: answer };
    client.stop();
    if (answer.kind === 'failed' && given !== undefined) return { kind: 'unreachable', failure: answer.failure };
    detail = `${rootUrl}: ${answer.kind === 'failed' ? answer.failure.kind : answer.kind}`;
  }
  return { kind: 'none', detail };
}

const NODES_FACT = 'xcap-nodes';

/** Whether the server stores single elements as they are written; kept with what is known of it. */
function nodeKnowledge(world: AccountWorld): NodeKnowledge {
  const { accountId, storage } = world;
  const fact = storage.read((db) => store.getServerFact(db, { accountId, name: NODES_FACT }));
  let works = fact === null ? undefined : fact === 'yes';
  return {
    get works() {
      return works;
    },
    learned(value) {
      if (works === value) return;
      works = value;
      const saved = storage.commit((db) => store.saveServerFact(db, { accountId, name: NODES_FACT, value: value ? 'yes' : 'no' }));
      inBackground(world, 'remembering how documents are stored', saved);
    },
  };
}

/** User and password as this account signs in with; undefined when there is no password. */
export function credentialsOf(world: AccountWorld): { user: string; password: string } | undefined {
  if (world.password === undefined) return undefined;
  return { user: world.stored.settings.authUser ?? world.uri.user ?? '', password: world.password };
}
