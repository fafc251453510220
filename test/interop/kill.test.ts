// Killed without warning at a hundred random moments while messages go both ways and drafts are written: what was acknowledged is there, none twice, the database intact.
// KILL_SEED repeats a run's moments.
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Random } from '../../main/sip/random.ts';
import { createFakeRandom } from '../support/fake-random.ts';
import { HeadlessApp, temporaryProfile } from './support/headless-app.ts';
import type { LoadPeer } from './support/load-peer.ts';
import { LOAD_DOMAIN, pause, startLoadPeer } from './support/load-peer.ts';

const KILLS = 100;
/** Apps killed side by side. */
const LANES = 2;
const WRITERS = ['bob', 'carol', 'dave'];
/** A killed app had up to this long under load; some are killed while they still start. */
const LONGEST_RUN_MS = 400;
const STARTING_SHARE = 0.2;
const LONGEST_START_MS = 400;
const SETTLES_WITHIN_MS = 30_000;

interface Lane {
  readonly account: string;
  readonly profile: string;
  accountId: string;
  /** Texts whose call was answered: promised. */
  readonly promised: Set<string>;
  asked: number;
  /** The number of the last draft whose call was answered, and of the last one asked for. */
  draft: { promised: number; asked: number };
}

/** Asks the app to send until it dies. */
async function keepSending(app: HeadlessApp, lane: Lane): Promise<void> {
  try {
    for (;;) {
      const number = lane.asked++;
      const text = `from ${lane.account}, ${number}`;
      const address = `sip:${WRITERS[number % WRITERS.length] ?? ''}@${LOAD_DOMAIN}`;
      await app.call('sendMessage', { accountId: lane.accountId, address, text });
      lane.promised.add(text);
    }
  } catch {
    // It was killed: what was not answered may or may not be there.
  }
}

const DRAFT = /^draft (\d+)$/;

/** A draft is there when it is the last that was promised, or one asked for since. */
async function expectDraft(app: HeadlessApp, { accountId, draft }: Lane): Promise<string> {
  const opened = await app.call('openConversation', { accountId, address: `sip:draft@${LOAD_DOMAIN}` });
  const { conversationId, draft: text } = opened.conversation;
  const number = Number(DRAFT.exec(text)?.[1] ?? 0);
  expect([number >= draft.promised, number <= draft.asked]).toEqual([true, true]);
  return conversationId;
}

/** Asks the app to keep drafts, one after the other, until it dies. */
async function keepDrafting(app: HeadlessApp, lane: Lane, conversationId: string): Promise<void> {
  try {
    for (;;) {
      const number = ++lane.draft.asked;
      await app.call('saveDraft', { conversationId, text: `draft ${number}` });
      lane.draft.promised = number;
    }
  } catch {
    // It was killed.
  }
}

async function runAndKill(lane: Lane, random: Random): Promise<void> {
  const app = new HeadlessApp(lane.profile);
  if (random.fraction() < STARTING_SHARE) {
    await pause(random.fraction() * LONGEST_START_MS);
  } else {
    await app.ready();
    const conversationId = await expectDraft(app, lane);
    void keepSending(app, lane);
    void keepSending(app, lane);
    void keepDrafting(app, lane, conversationId);
    await pause(random.fraction() * LONGEST_RUN_MS);
  }
  expect(await app.signal('SIGKILL')).toBe(null);
}

async function setUp(peer: LoadPeer, account: string): Promise<Lane> {
  const profile = temporaryProfile();
  onTestFinished(() => profile.remove());
  const app = await new HeadlessApp(profile.path).ready();
  const settings = { address: account, password: 'secret', outboundProxy: peer.proxy, xcapRoot: 'http://127.0.0.1:9/' };
  const { accountId } = await app.call('addAccount', settings);
  await app.stop();
  return { account, profile: profile.path, accountId, promised: new Set(), asked: 0, draft: { promised: 0, asked: 0 } };
}

/** Starts it a last time, lets everything arrive, and ends it cleanly. */
async function settle(lane: Lane, peer: LoadPeer, writing: Promise<unknown>): Promise<void> {
  const app = await new HeadlessApp(lane.profile).ready();
  await expectDraft(app, lane);
  await writing;
  const end = Date.now() + SETTLES_WITHIN_MS;
  while ([...lane.promised].some((text) => !peer.received.has(text)) && Date.now() < end) await pause(50);
  await app.stop();
}

function readDatabase(profile: string): { texts: string[]; integrity: unknown; foreignKeys: unknown; summaries: unknown; real: unknown } {
  const db = new Database(join(profile, 'watchword.db'), { readonly: true });
  try {
    return {
      texts: db.prepare('SELECT text FROM message').pluck().all() as string[],
      integrity: db.pragma('integrity_check', { simple: true }),
      foreignKeys: db.pragma('foreign_key_check'),
      summaries: db.prepare('SELECT sum(unread_count) FROM conversation').pluck().get(),
      real: db.prepare(`SELECT count(*) FROM message WHERE state = 'received'`).pluck().get(),
    };
  } finally {
    db.close();
  }
}

test('nothing acknowledged is lost, nothing is there twice', { timeout: 180_000 }, async () => {
  const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
  process.stdout.write(`kill.test.ts: KILL_SEED=${seed}\n`);
  const random = createFakeRandom(seed);
  // WHY: most of an app's start is reading its sources; a clean run leaves them here ready for the next.
  const cache = mkdtempSync(join(tmpdir(), 'watchword-code-'));
  process.env['NODE_COMPILE_CACHE'] = cache;
  const peer = await startLoadPeer();
  onTestFinished(async () => {
    delete process.env['NODE_COMPILE_CACHE'];
    rmSync(cache, { recursive: true, force: true });
    await peer.stop();
  });
  const lanes: Lane[] = [];
  for (let number = 0; number < LANES; number++) lanes.push(await setUp(peer, `sip:app${number}@${LOAD_DOMAIN}`));
  const writing = Promise.all(lanes.flatMap(({ account }) => WRITERS.map((writer) => peer.write(account, writer))));
  const startedAtMs = Date.now();
  let left = KILLS;
  await Promise.all(
    lanes.map(async (lane) => {
      while (left-- > 0) await runAndKill(lane, random);
    }),
  );
  process.stdout.write(`kill.test.ts: ${KILLS} kills in ${Date.now() - startedAtMs} ms\n`);
  peer.endWriting();
  await Promise.all(lanes.map((lane) => settle(lane, peer, writing)));
  process.stdout.write(`kill.test.ts: ${peer.acknowledged.size} in, ${peer.received.size} out\n`);
  for (const lane of lanes) {
    const { texts, ...state } = readDatabase(lane.profile);
    const there = new Set(texts);
    const acknowledged = [...peer.acknowledged].filter((text) => text.startsWith(`to ${lane.account} `));
    expect({
      lostIn: acknowledged.filter((text) => !there.has(text)),
      lostOut: [...lane.promised].filter((text) => !there.has(text) || !peer.received.has(text)),
      twice: texts.length - there.size,
      sentAsTwo: [...peer.received].filter(([, identities]) => identities.size > 1).map(([text]) => text),
      ...state,
    }).toEqual({
      lostIn: [],
      lostOut: [],
      twice: 0,
      sentAsTwo: [],
      integrity: 'ok',
      foreignKeys: [],
      summaries: state.real,
      real: state.real,
    });
    const isBusy = [acknowledged.length, lane.promised.size, lane.draft.promised].map((count) => count > KILLS / LANES);
    expect(isBusy).toEqual([true, true, true]);
  }
});
