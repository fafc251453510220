// Trigger: a message asked for reports and was stored, or was read. Result: its sender is told, a few reports at once, as long as they take them.
// RFC: 5438 §7.2.1, §8.3, §11. Reports wait in the store: they survive a crash and times without network.
import { originalToOf } from '../simple/page-mode/imdn-request.ts';
import { writeReports } from '../simple/page-mode/write-content.ts';
import type { CpimHeader } from '../simple/document/cpim.ts';
import { parseDateTime } from '../simple/document/date-time.ts';
import type { Imdn } from '../simple/document/imdn.ts';
import type { Message } from '../../app/domain/message.ts';
import type { Timer } from '../sip/index.ts';
import type { Report, WritableDb } from '../store/index.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import { inBackground } from './account-world.ts';
import { isBlocked } from './block-address.ts';
import type { Outbox } from './outbox.ts';
import { abilitiesOf, isRefusedForGood, learnAbilities } from './peer-abilities.ts';
import { mayTell } from './reporting-choice.ts';

/** How long the first report waits for others. A display report that comes meanwhile makes the delivery report needless. */
const GATHER_MS = 500;
/** Reports in one request; more of them come after it. */
const AT_ONCE = 20;
/** After a failure that may pass. */
const AGAIN_MS = 60_000;
/** Nobody waits longer for a report. */
const OLDEST_MS = 7 * 24 * 3_600_000;

export interface ReportSender {
  /** There may be reports for them: they go in a moment. */
  flushSoon(address: string): void;
  /** The account is online: all that wait go. */
  resume(): void;
  stop(): void;
}

export function createReportSender(world: AccountWorld, outbox: Outbox): ReportSender {
  const { clock } = world.doors;
  const { accountId } = world;
  const waits = new Map<string, Timer>();
  const underWay = new Set<string>();
  /** For whom more came while reports were under way to them. */
  const more = new Set<string>();
  let isStopped = false;

  function plan(address: string, delayMs: number): void {
    if (isStopped || waits.has(address)) return;
    const go = (): void => {
      waits.delete(address);
      // WHY: what is under way is still in the store, and would be told a second time.
      if (underWay.has(address)) return void more.add(address);
      underWay.add(address);
      const sending = send(address).finally(() => {
        underWay.delete(address);
        if (more.delete(address)) plan(address, GATHER_MS);
      });
      inBackground(world, 'reports', sending);
    };
    waits.set(address, clock.startTimer(delayMs, go));
  }

  async function send(address: string): Promise<void> {
    const { reports: takes, mixed } = abilitiesOf(world, address);
    const limit = mixed === true ? AT_ONCE : 1;
    const reports = world.storage.read((db) => store.listReports(db, { accountId, address, limit }));
    if (reports.length === 0) return;
    if (takes === false || isBlocked(world, address)) return world.storage.commit((db) => store.removeReports(db, { accountId, address }));
    const outcome = await outbox.sendSignal(address, { content: write(world, reports), isOnlyNow: false });
    // Offline: `resume` comes.
    if (outcome.kind === 'cancelled') return;
    if (outcome.kind === 'accepted') {
      await world.storage.commit((db) => reports.forEach((report) => store.removeReport(db, report)));
      return send(address);
    }
    const { failure } = outcome;
    if (failure.kind !== 'status' || !isRefusedForGood(failure.status)) return plan(address, AGAIN_MS);
    if (failure.status === 415 && reports.length > 1) {
      await learnAbilities(world, address, { mixed: false });
      return send(address);
    }
    await learnAbilities(world, address, { reports: false });
    await world.storage.commit((db) => store.removeReports(db, { accountId, address }));
  }

  return {
    flushSoon: (address) => plan(address, GATHER_MS),
    resume() {
      const createdBeforeMs = clock.nowMs() - OLDEST_MS;
      const addresses = world.storage.read((db) => store.listReportAddresses(db, { accountId }));
      if (addresses.length === 0) return;
      inBackground(
        world,
        'old reports',
        world.storage.commit((db) => store.removeReports(db, { accountId, createdBeforeMs })),
      );
      for (const address of addresses) plan(address, GATHER_MS);
    },
    stop() {
      isStopped = true;
      for (const timer of waits.values()) timer.cancel();
      waits.clear();
    },
  };
}

/**
 * DEVIATION(RFC 5438 §6.5): IMDN-Record-Route is not followed. SECURITY: a report goes to who wrote and nowhere else; an address that a message
 * names could be anybody's.
 */
function write(world: AccountWorld, reports: readonly Report[]): ReturnType<typeof writeReports> {
  const documents = reports.map(({ imdnId, kind, status, sentAtMs, originalTo }): Imdn => ({
    messageId: imdnId,
    dateTimeMs: sentAtMs,
    kind,
    status: status as Imdn['status'],
    recipientUri: world.address,
    originalRecipientUri: originalTo ?? undefined,
    subject: undefined,
  }));
  const envelope = {
    from: { displayName: '', uri: world.address },
    to: { displayName: '', uri: reports[0]?.address ?? world.address },
    sentAtMs: world.doors.clock.nowMs(),
    imdnId: world.doors.random.token(128),
  };
  return writeReports(documents, envelope, world.doors.random.token(128));
}

/** What reports repeat of a message's own wrapper: its DateTime, even one that we did not believe, and its Original-To. */
function saidInEnvelope(envelope: string | null, sentAtMs: number): Pick<Report, 'sentAtMs' | 'originalTo'> {
  const headers = envelope === null ? [] : (JSON.parse(envelope) as CpimHeader[]);
  const dateTime = headers.find(({ name, namespace }) => namespace === '' && name === 'DateTime');
  return { sentAtMs: parseDateTime(dateTime?.value) ?? sentAtMs, originalTo: originalToOf(headers) };
}

/** In the commit that marks them read: display reports for those that asked, unless the person keeps that to themself. Gives how many. */
export function promiseDisplayReports(db: WritableDb, world: AccountWorld, messages: readonly Message[]): number {
  let promised = 0;
  for (const message of messages) {
    const { messageId, address, sentAtMs } = message;
    const detail = store.getMessageDetail(db, { messageId });
    if (!detail.wantsDisplay) continue;
    store.addMessageDetail(db, { messageId, wantsDisplay: false, states: [{ state: 'read', atMs: world.doors.clock.nowMs() }] });
    const imdnId = store.getMessageIdentity(db, { messageId })?.imdnId ?? null;
    if (imdnId === null || !mayTell(world, address, 'display')) continue;
    const createdAtMs = world.doors.clock.nowMs();
    const about = { accountId: world.accountId, address, imdnId, ...saidInEnvelope(detail.envelope, sentAtMs) };
    store.addReport(db, { ...about, kind: 'display', status: 'displayed', createdAtMs });
    promised += 1;
  }
  return promised;
}
