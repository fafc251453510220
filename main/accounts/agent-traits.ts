// What the shared parts of an account need to know of who answers its watchers.
import type { ProtocolFailure } from '../simple/outcome.ts';
import type { PresenceDocument } from '../simple/document/presence-document.ts';

export interface AgentTraits {
  /** Signing in needs one. */
  readonly needsPassword: boolean;
  /** The rules are read as RFC 4745 says, clock included. Otherwise it is learned what the server does. */
  readonly isExact: boolean;
  /** Nobody keeps a message for somebody who is away, so it waits here for as long as that takes. */
  readonly waitsForPeers: boolean;
  /** Whether this peer is believed to take message/cpim, and with it reports, before anything is known; who does not says 415. */
  readonly takesCpim: (address: string) => boolean;
  /** Why a message was refused, in words of this kind of account; undefined: in those for all (words.ts). */
  readonly refusalWords: (failure: ProtocolFailure) => string | undefined;
  /** What people are told who may not see, or while we are invisible. undefined: nothing at all, as servers do. */
  readonly awayDocument: (address: string) => PresenceDocument | undefined;
}
