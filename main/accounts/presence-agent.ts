// How an account comes online and what runs then, whoever answers its watchers. Which one it is: choose-presence-agent.ts.
import type { Nearby } from './nearby/nearby.ts';
import type { LastingParts, OnlineParts } from './online-parts.ts';
import type { SignedIn, SignInEvents } from './sign-in.ts';

export interface PresenceAgent {
  /** Only where there is no server. */
  readonly nearby?: Nearby;
  /** Rejects with SignInFailure where there are words for why not, else where no socket can be opened. */
  signIn(events: SignInEvents, lasting: LastingParts): Promise<SignedIn>;
  startOnlineParts(signedIn: SignedIn, lasting: LastingParts): OnlineParts;
  stop(): void;
}
