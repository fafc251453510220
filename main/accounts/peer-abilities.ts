// What each peer's programs can take, learned from their answers and messages and believed for a time (RFC 3261 §21.4.13, RFC 3428 §7).
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';

export type Ability =
  /** Takes message/cpim. */
  | 'cpim'
  /** Takes multipart/mixed, so several reports can go at once. */
  | 'mixed'
  /** Takes reports. */
  | 'reports'
  /** Takes typing notices. */
  | 'typing'
  /** Is a server that sends one text to many (RFC 5365). */
  | 'lists'
  /** Was asked by OPTIONS, whatever it said. */
  | 'asked';
export type Abilities = { readonly [name in Ability]?: boolean };

const DAY_MS = 24 * 3_600_000;
/** How long a yes and a no are believed: a no hides something from people, so it is tried again sooner. */
const BELIEVED_MS: Readonly<Record<Ability, { readonly yes: number; readonly no: number }>> = {
  cpim: { yes: 30 * DAY_MS, no: 7 * DAY_MS },
  mixed: { yes: 30 * DAY_MS, no: 7 * DAY_MS },
  reports: { yes: 30 * DAY_MS, no: 7 * DAY_MS },
  typing: { yes: 30 * DAY_MS, no: 7 * DAY_MS },
  lists: { yes: 7 * DAY_MS, no: DAY_MS },
  asked: { yes: DAY_MS, no: DAY_MS / 24 },
};

/** What is believed now; what is absent is not known. */
export function abilitiesOf(world: AccountWorld, address: string): Abilities {
  const of = { accountId: world.accountId, address, nowMs: world.doors.clock.nowMs() };
  const facts = world.storage.read((db) => store.listPeerFacts(db, of));
  return Object.fromEntries(facts.map(({ fact, value }) => [fact, value]));
}

/** Resolves when it is durable. What is believed already is not written again. */
export async function learnAbilities(world: AccountWorld, address: string, learned: Abilities): Promise<void> {
  const known = abilitiesOf(world, address);
  const fresh = (Object.keys(learned) as Ability[]).filter((name) => learned[name] !== undefined && learned[name] !== known[name]);
  if (fresh.length === 0) return;
  const nowMs = world.doors.clock.nowMs();
  await world.storage.commit((db) => {
    for (const fact of fresh) {
      const value = learned[fact] === true;
      const untilMs = nowMs + BELIEVED_MS[fact][value ? 'yes' : 'no'];
      store.savePeerFact(db, { accountId: world.accountId, address, fact, value, untilMs });
    }
  });
}

/** What is not believed any more goes. */
export async function forgetOldAbilities(world: AccountWorld): Promise<void> {
  const { accountId, doors, storage } = world;
  await storage.commit((db) => store.sweepPeerFacts(db, { accountId, nowMs: doors.clock.nowMs() }));
}

/** From an Accept: types in lower case without parameters. */
export function abilitiesFromTypes(types: readonly string[]): Abilities {
  const takes = (type: string): boolean =>
    types.some((range) => range === type || range === '*/*' || range === `${type.slice(0, type.indexOf('/'))}/*`);
  return {
    cpim: takes('message/cpim'),
    mixed: takes('multipart/mixed'),
    // WHY no `no`: many take these and list them nowhere.
    ...(takes('message/imdn+xml') && { reports: true }),
    ...(takes('application/im-iscomposing+xml') && { typing: true }),
  };
}

/** From an Allow: who takes no MESSAGE takes no notices either. */
export function abilitiesFromMethods(methods: readonly string[]): Abilities {
  return methods.includes('MESSAGE') ? {} : { typing: false, reports: false };
}

/** These say that a peer does not take this kind of thing; others speak of the moment or of the way. */
const REFUSING: ReadonlySet<number> = new Set([400, 403, 405, 406, 415, 420, 488, 489, 493, 501, 603, 606]);

export function isRefusedForGood(status: number): boolean {
  return REFUSING.has(status);
}
