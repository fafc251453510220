// What a server turned out to do by what it does, in one sentence each: it lets everybody in, it keeps no rules, it passes over one.
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { agreement } from './decision-confirmation.ts';
import { shownWatcher } from './shown-watcher.ts';
import { NO_POLICY_SERVER } from './words.ts';

const AUTHORIZES_EVERYBODY =
  'This server lets everybody see your presence without asking you: people watch you whom no answer of yours lets in. Blocking them here may have no effect.';
// INTEROP(Kamailio 5.6): never hides devices, and shows everything again when the watcher renews its subscription.
const HIDES_BADLY =
  'This server hides parts of your presence only for a while: whom you let see a part may see all of it after some minutes. Only blocking is certain.';

export function noteNoPolicyServer(world: AccountWorld, isMissing: boolean): void {
  world.findings.set('no-xcap', isMissing ? NO_POLICY_SERVER : undefined);
}

/** Somebody whose answer was taken back a moment ago may still be in: servers take their time. */
const SETTLED_MS = 60_000;

/**
 * Whether one of these, who are all active, is let in by nothing: only where the rules are known (or there can be none) does that prove
 * something of the server.
 */
export function isLetInByNothing(world: AccountWorld, addresses: readonly string[]): boolean {
  if (world.traits.isExact) return false;
  const { accountId } = world;
  const hasNoRules = world.findings.all().some(({ kind }) => kind === 'no-xcap');
  if (!world.policy.isKnown && !hasNoRules) return false;
  const settledMs = world.doors.clock.nowMs() - SETTLED_MS;
  return world.storage.read((db) =>
    addresses.some((address) => {
      const watcher = store.getWatcher(db, { accountId, address });
      if (watcher === null || watcher.decision !== null) return false;
      if ((store.findDecisionRecord(db, { accountId, address })?.decidedAtMs ?? 0) > settledMs) return false;
      return hasNoRules || shownWatcher(world, watcher).byRule === 'everybody';
    }),
  );
}

/** `isOpen`: somebody is let in by nothing. Only what is known of everybody can take it back. */
export function noteOpenServer(world: AccountWorld, isOpen: boolean, isOfEverybody: boolean): void {
  if (isOpen) world.findings.set('authorizes-everybody', AUTHORIZES_EVERYBODY);
  else if (isOfEverybody) world.findings.set('authorizes-everybody', undefined);
}

/** Some time after the rules were stored: a decision that watcher information still contradicts is one the server does not heed. */
export function watchIgnoredRules(world: AccountWorld): void {
  if (world.traits.isExact) return;
  const { accountId } = world;
  const ignored = world.storage.read((db) => {
    const watching = new Set(store.listWatcherAddresses(db, world));
    return store.listDecisions(db, world).filter(({ address, decision, isPending, sphere }) => {
      if (isPending || sphere !== '' || !watching.has(address)) return false;
      return agreement(decision, store.getWatcher(db, { accountId, address })?.state ?? 'none') === 'contradicts';
    });
  });
  const [first, ...others] = ignored;
  if (first !== undefined) {
    const { address } = first;
    const words =
      others.length === 0
        ? `This server has your answer about ${address}, but does not act on it: what you see here under “Watching you now” is what is true.`
        : `This server has your answer about ${address} and ${others.length} more, but does not act on it: what you see here under “Watching you now” is what is true.`;
    return world.findings.set('ignores-rule', words);
  }
  world.findings.set('ignores-rule', undefined);
  noteHiding(world);
}

/** Whether somebody is shown a part only. */
export function hasHiddenParts(world: AccountWorld): boolean {
  return world.storage.read((db) => store.listDecisions(db, world)).some(({ decision, seen }) => decision === 'allow' && seen !== null);
}

/** Known without waiting: what this kind of server makes of parts that are hidden. An ignored answer weighs more, and stays said. */
export function noteHiding(world: AccountWorld): void {
  const said = world.findings.all().find(({ kind }) => kind === 'ignores-rule')?.reason;
  if (said !== undefined && said !== HIDES_BADLY) return;
  world.findings.set('ignores-rule', hasHiddenParts(world) && world.serverKind() === 'first-match' ? HIDES_BADLY : undefined);
}
