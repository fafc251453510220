// What every flow of one account works with.
import type { Address } from '../../app/domain/address.ts';
import type { StoredAccount } from '../store/index.ts';
import type { SipUri } from '../sip/index.ts';
import type { ServerSettings } from './account-settings.ts';
import type { AccountStates } from './account-states.ts';
import type { AgentTraits } from './agent-traits.ts';
import type { Announce } from './broadcast.ts';
import type { DocumentThread } from './document-thread.ts';
import type { CoreDoors } from './doors.ts';
import type { ShownListWay } from './shown-list-way.ts';
import type { PolicyView } from './policy-view.ts';
import type { Findings } from './findings.ts';
import type { ServerKind } from './server-kind.ts';
import type { PeerTyping } from './peer-typing.ts';
import type { Storage } from './storage.ts';

export interface AccountWorld {
  readonly doors: CoreDoors;
  readonly storage: Storage;
  readonly announce: Announce;
  readonly accountId: string;
  /** Replaced where the account chose a port by itself. */
  stored: StoredAccount;
  readonly server: ServerSettings;
  /** Who answers those who want to see us: the account's server, or we ourselves. Read in choose-presence-agent.ts alone. */
  readonly presenceAgent: 'server' | 'self';
  /** What follows from that for the parts that both kinds share. */
  readonly traits: AgentTraits;
  /** Canonical. */
  readonly address: Address;
  readonly uri: SipUri;
  /** '' when there is none. */
  readonly displayName: string;
  readonly password: string | undefined;
  /** `urn:uuid:…` of this installation (RFC 5626 §4.1). */
  readonly instanceId: string;
  readonly states: AccountStates;
  /** Who is typing, of all accounts. */
  readonly typing: PeerTyping;
  /** Work on documents that may be large. */
  readonly documents: DocumentThread;
  /** The permission rules as the server has them. */
  readonly policy: PolicyView;
  /** What the server turned out to do. */
  readonly findings: Findings;
  /** How it reads rules; see server-kind.ts. */
  readonly serverKind: () => ServerKind;
  /** How contacts are watched; shown with the account. */
  readonly listWay: ShownListWay;
  /** Since when nobody touched this computer; undefined: somebody does, or nobody knows. */
  readonly idleSinceMs: () => number | undefined;
  /** After how long that is said; undefined: nobody told. */
  readonly idleAfterSeconds: () => number | undefined;
}

/** Our display name as options of the protocol parts take it. */
export function nameOption(world: AccountWorld): { displayName?: string } {
  return world.displayName === '' ? {} : { displayName: world.displayName };
}

/** Without it there is no signing in. It is read when the account opens. */
export function lacksPassword({ traits, password }: AccountWorld): boolean {
  return traits.needsPassword && password === undefined;
}

/** Work that nobody waits for: whatever it throws is logged once and harms nothing else. */
export function inBackground(world: AccountWorld, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => world.doors.log('error', `${world.address}: ${what} failed: ${errorText(error)}`));
}

export function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
