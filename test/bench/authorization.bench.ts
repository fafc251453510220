// Benchmark: thousands of watchers in one document, and a policy of ten thousand rules edited in one place; how long each takes, and for how
// long at a time the main process is held meanwhile.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountWorld } from '../../main/accounts/account-world.ts';
import { createAccountStates } from '../../main/accounts/account-states.ts';
import { combineWatchers } from '../../main/accounts/combine-watchers.ts';
import { createDocumentThread } from '../../main/accounts/document-thread.ts';
import { createPolicyView } from '../../main/accounts/policy-view.ts';
import { saveWatchers } from '../../main/accounts/save-watchers.ts';
import { createFindings } from '../../main/accounts/findings.ts';
import { createShownListWay } from '../../main/accounts/shown-list-way.ts';
import { createStorage } from '../../main/accounts/storage.ts';
import { decideAll } from '../../main/simple/document/presence-rules.ts';
import { EMPTY_WATCHER_TABLE, stepWatcherInfo } from '../../main/simple/document/watcher-info-merge.ts';
import { printWatcherInfo } from '../../main/simple/document/watcher-info.ts';
import { createNodeClock } from '../../main/sip/index.ts';
import * as store from '../../main/store/index.ts';
import type { BenchTable } from './bench.ts';
import { summarize } from './bench.ts';

const WATCHERS = 5_000;
const RULES = 10_000;
const ROUNDS = 7;
const OWN = 'sip:ada@example.org';
/** What the main process may be held at most, by what is promised. */
const PROMISED_MS = 50;

function ownTimeMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * How long the event loop was held at most while `work` ran, and how long that took. WHY processor time of this thread: on a machine with
 * other work to do, it repeats where wall-clock time does not.
 */
async function watch(work: () => Promise<unknown>): Promise<{ tookMs: number; heldMs: number }> {
  let heldMs = 0;
  let lastMs = ownTimeMs();
  let isRunning = true;
  const tick = (): void => {
    const nowMs = ownTimeMs();
    heldMs = Math.max(heldMs, nowMs - lastMs);
    lastMs = nowMs;
    if (isRunning) setImmediate(tick);
  };
  setImmediate(tick);
  const startMs = performance.now();
  await work();
  const tookMs = performance.now() - startMs;
  tick();
  isRunning = false;
  return { tookMs, heldMs };
}

/** An account without a network: what storing needs. */
function offlineWorld(storage: AccountWorld['storage'], announce: AccountWorld['announce']): AccountWorld {
  const clock = createNodeClock();
  const nothing = (): void => undefined;
  const doors = { clock, log: nothing, defer: (act: () => void) => void setImmediate(act) };
  const parts = {
    ...{ doors, storage, announce, accountId: '1', address: OWN, displayName: '', password: undefined, instanceId: 'urn:uuid:1' },
    states: createAccountStates(nothing),
    documents: createDocumentThread(),
    policy: createPolicyView({ nowMs: () => clock.nowMs(), sphere: () => '' }),
    findings: createFindings(nothing),
    traits: { isExact: false },
    listWay: createShownListWay(nothing),
    serverKind: () => 'unknown' as const,
    idleSinceMs: () => undefined,
    idleAfterSeconds: () => undefined,
  };
  return parts as unknown as AccountWorld;
}

async function manyWatchers(world: AccountWorld, version: number): Promise<void> {
  const watchers = Array.from({ length: WATCHERS }, (_, index) => ({
    id: `subscription-${version}-${index}`,
    uri: `sip:watcher${index}@example.org`,
    displayName: `Watcher ${index}`,
    status: index % 2 === version % 2 ? ('pending' as const) : ('active' as const),
    event: 'subscribe' as const,
    expirationSeconds: 600,
    durationSubscribedSeconds: index,
  }));
  const lists = [{ resource: OWN, package: 'presence', watchers }];
  const body = new TextEncoder().encode(printWatcherInfo({ version, state: 'full', lists }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { tookMs, heldMs } = await watch(async () => {
    const parsed = await world.documents.run('watcher-info', { body }, body.length);
    if (parsed.kind === 'failure') throw new Error(parsed.reason);
    const step = stepWatcherInfo(EMPTY_WATCHER_TABLE, parsed.document);
    await saveWatchers(world, combineWatchers(step.state.lists, OWN, world.doors.clock.nowMs()), true);
    world.storage.read((db) => store.listRequests(db, world));
  });
  measured.watchersTook.push(tookMs);
  measured.watchersHeld.push(heldMs);
}

const measured = { watchersTook: [] as number[], watchersHeld: [] as number[], editTook: [] as number[], editHeld: [] as number[] };

async function editPolicy(world: AccountWorld, text: string, round: number): Promise<void> {
  const edit = { kind: 'decide', address: `sip:watcher${round}@example.org`, subHandling: 'block', before: null };
  const context = { nowMs: 1_800_000_000_000, sphere: '', isExact: false };
  const { tookMs, heldMs } = await watch(async () => {
    const applied = await world.documents.run('apply-policy', { text, edits: [JSON.stringify(edit)], context }, text.length);
    if (applied.kind === 'failure') throw new Error(applied.reason);
  });
  measured.editTook.push(tookMs);
  measured.editHeld.push(heldMs);
}

/** Fills the profile in the folder and measures; answers how many changes were told, and the policy that was edited. */
async function measureIn(folder: string): Promise<{ readonly told: number; readonly policy: string }> {
  const opened = store.openStore(join(folder, 'bench.db'), { defer: (act) => void setImmediate(act) });
  if (opened.kind === 'failure') throw new Error(opened.text);
  let told = 0;
  const world = offlineWorld(
    createStorage(opened.store, { raise: () => undefined, clear: () => undefined }, createNodeClock()),
    () => void told++,
  );
  await world.storage.commit((db) => store.addAccount(db, { kind: 'sip', address: OWN, settings: {}, createdAtMs: 1 }));
  const decisions = Array.from({ length: RULES }, (_, index) => ({
    address: `sip:person${index}@example.org`,
    subHandling: 'allow' as const,
  }));
  const policy = decideAll(undefined, { decisions, withdrawn: [] }, 1);
  if (policy.kind === 'failure') throw new Error(policy.reason);
  for (let round = 0; round < ROUNDS; round++) {
    await manyWatchers(world, round);
    await editPolicy(world, policy.text, round);
  }
  await world.documents.end();
  opened.store.close();
  return { told, policy: policy.text };
}

export default async function bench(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-bench-'));
  const { told, policy } = await measureIn(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
  if (told < WATCHERS) throw new Error(`only ${told} changes were told`);
  return {
    title: `Authorization: the main process is to be held for no more than ${PROMISED_MS} ms at a time`,
    rows: [
      summarize(`${WATCHERS} watchers in one document: read, stored, told`, measured.watchersTook, 'ms'),
      summarize('  held at most', measured.watchersHeld, 'ms'),
      summarize(`a policy of ${RULES} rules (${Math.round(policy.length / 1024)} KiB): one decision changed`, measured.editTook, 'ms'),
      summarize('  held at most', measured.editHeld, 'ms'),
    ],
  };
}
