// Who answers those who want to see us. The one place where it is asked: what starts an account, and what its shared parts take from it.
import { politelyBlockedPresence } from '../simple/document/presence-filter.ts';
import { isNearbyAddress } from './nearby/make-address.ts';
import type { AccountWorld } from './account-world.ts';
import type { AgentTraits } from './agent-traits.ts';
import { createNearbyAgent } from './nearby/nearby-agent.ts';
import { peerRefusalWords } from './nearby/words.ts';
import { startOnlineParts } from './online-parts.ts';
import { signIn } from './sign-in.ts';
import type { PresenceAgent } from './presence-agent.ts';

interface AgentKind {
  readonly traits: AgentTraits;
  create(world: AccountWorld): PresenceAgent;
}

const KINDS: Readonly<Record<AccountWorld['presenceAgent'], AgentKind>> = {
  server: {
    traits: {
      needsPassword: true,
      isExact: false,
      waitsForPeers: false,
      takesCpim: () => false,
      refusalWords: () => undefined,
      awayDocument: () => undefined,
    },
    create: (world) => ({
      signIn: (events) => signIn(world, events),
      startOnlineParts: ({ endpoint }, lasting) => startOnlineParts(world, endpoint, lasting),
      stop: () => undefined,
    }),
  },
  self: {
    traits: {
      needsPassword: false,
      isExact: true,
      waitsForPeers: true,
      takesCpim: isNearbyAddress,
      refusalWords: peerRefusalWords,
      awayDocument: politelyBlockedPresence,
    },
    create: createNearbyAgent,
  },
};

export function createPresenceAgent(world: AccountWorld): PresenceAgent {
  return KINDS[world.presenceAgent].create(world);
}

export function traitsOf(presenceAgent: AccountWorld['presenceAgent']): AgentTraits {
  return KINDS[presenceAgent].traits;
}
