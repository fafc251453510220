// Delivery and display reports (RFC 5438) that are still to be sent: they survive a crash as messages do.
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface Report {
  reportId: string;
  address: string;
  /** Message-ID of the message it is about. */
  imdnId: string;
  kind: 'delivery' | 'display';
  /** RFC 5438 §11.1: `delivered`, `displayed`, `failed`… */
  status: string;
  /** When the message was sent, as it said itself. */
  sentAtMs: number;
  createdAtMs: number;
  /** URI of who it was for before somebody on the way changed that; null: nobody did. */
  originalTo: string | null;
}

interface ReportRow {
  report_id: number;
  address: string;
  imdn_id: string;
  kind: 'delivery' | 'display';
  status: string;
  sent_at_ms: number;
  created_at_ms: number;
  original_to: string | null;
}
const COLUMNS = columnList<ReportRow>()('r', [
  ...(['report_id', 'address', 'imdn_id', 'kind', 'status', 'sent_at_ms', 'created_at_ms', 'original_to'] as const),
]);

/** Once for each message and kind. A display report says that it was delivered too: one that still waits is dropped. */
export function addReport(db: WritableDb, of: Omit<Report, 'reportId'> & { accountId: string }): void {
  const account = rowId(of.accountId);
  if (of.kind === 'display') {
    db.run(
      `DELETE FROM report WHERE account_id = ? AND address = ? AND imdn_id = ? AND kind = 'delivery' AND status = 'delivered'`,
      account,
      of.address,
      of.imdnId,
    );
  }
  db.run(
    `INSERT INTO report (account_id, address, imdn_id, kind, status, sent_at_ms, created_at_ms, original_to) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    account,
    of.address,
    of.imdnId,
    of.kind,
    of.status,
    of.sentAtMs,
    of.createdAtMs,
    of.originalTo,
  );
}

/** Oldest first. */
export function listReports(db: ReadableDb, of: { accountId: string; address: string; limit: number }): Report[] {
  return db
    .all<ReportRow>(
      `SELECT ${COLUMNS} FROM report r WHERE r.account_id = ? AND r.address = ? ORDER BY r.report_id LIMIT ?`,
      rowId(of.accountId),
      of.address,
      of.limit,
    )
    .map((row) => ({
      reportId: String(row.report_id),
      address: row.address,
      imdnId: row.imdn_id,
      kind: row.kind,
      status: row.status,
      sentAtMs: row.sent_at_ms,
      createdAtMs: row.created_at_ms,
      originalTo: row.original_to,
    }));
}

/** Whom reports wait for. */
export function listReportAddresses(db: ReadableDb, of: { accountId: string }): string[] {
  return db
    .all<{ address: string }>('SELECT DISTINCT address FROM report WHERE account_id = ?', rowId(of.accountId))
    .map(({ address }) => address);
}

export function removeReport(db: WritableDb, of: { reportId: string }): void {
  db.run('DELETE FROM report WHERE report_id = ?', rowId(of.reportId));
}

/** All of one peer, or those older than `createdBeforeMs` of the whole account. */
export function removeReports(db: WritableDb, of: { accountId: string } & ({ address: string } | { createdBeforeMs: number })): void {
  if ('address' in of) db.run('DELETE FROM report WHERE account_id = ? AND address = ?', rowId(of.accountId), of.address);
  else db.run('DELETE FROM report WHERE account_id = ? AND created_at_ms < ?', rowId(of.accountId), of.createdBeforeMs);
}
