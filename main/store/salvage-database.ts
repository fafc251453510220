// A damaged database: what can be read is copied row by row into a new one, which takes its place; the broken file is kept aside.
import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { JobFailure } from './history-job.ts';
import type { HistoryJob, JobContext, JobResult } from './history-job.ts';
import { migrate } from './migration/list.ts';
import { APPLICATION_ID, damageMark } from './open-store.ts';
import { readByRowId, readFromBothEnds } from './salvage-rows.ts';
import type { SalvagedRow } from './salvage-rows.ts';

/** Rows copied in one transaction. */
const COMMIT_ROWS = 20_000;

interface Table {
  readonly name: string;
  /** Of a table without row ids: its key. */
  readonly key: string | undefined;
}

/** Every table of the new database that holds something of its own: not those of the indexes, which are made anew. */
function tablesOf(db: Database.Database): Table[] {
  const tables = db.pragma('table_list') as { schema: string; name: string; type: string; wr: number }[];
  const own = tables.filter(
    ({ schema, name, type }) => schema === 'main' && type === 'table' && !name.startsWith('sqlite_') && name !== 'message_index',
  );
  return own.map(({ name, wr }) => ({ name, key: wr === 1 ? keyOf(db, name).join(', ') : undefined }));
}

function keyOf(db: Database.Database, table: string): string[] {
  const columns = db.pragma(`table_info("${table}")`) as { name: string; pk: number }[];
  return columns
    .filter(({ pk }) => pk > 0)
    .sort((one, other) => one.pk - other.pk)
    .map(({ name }) => name);
}

/** What belongs to a row that is lost, and cannot be shown without it, goes. */
function dropOrphans(db: Database.Database): void {
  for (const { name } of tablesOf(db)) {
    const references = db.pragma(`foreign_key_list("${name}")`) as { table: string; from: string; to: string | null }[];
    for (const { table: parent, from, to } of references) {
      const key = to ?? keyOf(db, parent)[0] ?? 'rowid';
      db.exec(`DELETE FROM "${name}" WHERE "${from}" IS NOT NULL AND "${from}" NOT IN (SELECT "${key}" FROM "${parent}")`);
    }
  }
}

/** Rows that refer to lost ones get something to belong to, and summaries are counted anew. */
const MEND = `
  INSERT INTO account (account_id, kind, address, created_at_ms)
    SELECT DISTINCT account_id, 'sip', 'sip:lost-account-' || account_id || '@invalid', 0 FROM message
    WHERE account_id NOT IN (SELECT account_id FROM account);
  INSERT INTO conversation (conversation_id, account_id, address)
    SELECT conversation_id, min(account_id), 'sip:lost-conversation-' || conversation_id || '@invalid' FROM message
    WHERE conversation_id NOT IN (SELECT conversation_id FROM conversation) GROUP BY conversation_id;
  UPDATE conversation SET
    unread_count = (SELECT count(*) FROM message m WHERE m.conversation_id = conversation.conversation_id AND m.state = 'received'),
    last_message_id = (SELECT message_id FROM message m WHERE m.conversation_id = conversation.conversation_id
      ORDER BY stored_at_ms DESC, message_id DESC LIMIT 1);`;

interface Copy {
  readonly from: Database.Database;
  readonly to: Database.Database;
  readonly context: JobContext;
  /** Rows taken so far. */
  rows: number;
}

function columnsOf(db: Database.Database, table: string): string[] {
  try {
    return (db.pragma(`table_info("${table}")`) as { name: string }[]).map(({ name }) => name);
  } catch {
    return [];
  }
}

function createTaker(copy: Copy, table: string, columns: readonly string[]): (rows: readonly SalvagedRow[]) => void {
  const { to, context } = copy;
  const places = columns.map(() => '?').join(', ');
  const insert = to.prepare(`INSERT OR IGNORE INTO "${table}" (${columns.map((column) => `"${column}"`).join(', ')}) VALUES (${places})`);
  return (rows) => {
    for (const row of rows) {
      try {
        insert.run(...columns.map((column) => row[column] ?? null));
      } catch (error) {
        // A row whose bytes make no sense: a text where a number must be. It is lost; a machine that fails is another matter.
        if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT'))) throw error;
      }
      copy.rows += 1;
      if (copy.rows % COMMIT_ROWS !== 0) continue;
      to.exec('COMMIT; BEGIN');
      context.progress(copy.rows, 0);
    }
  };
}

function copyTable(copy: Copy, { name, key }: Table): number {
  const known = new Set(columnsOf(copy.from, name));
  const columns = columnsOf(copy.to, name).filter((column) => known.has(column));
  if (columns.length === 0) return 0;
  const take = createTaker(copy, name, columns);
  return key === undefined ? readByRowId(copy.from, name, columns, take) : readFromBothEnds(copy.from, { name, key }, columns, take);
}

function copyAll(from: Database.Database, to: Database.Database, context: JobContext): JobResult['salvage'] {
  const copy: Copy = { from, to, context, rows: 0 };
  to.exec('BEGIN');
  const lostPlaces = tablesOf(to)
    .map((table) => copyTable(copy, table))
    .reduce((sum, lost) => sum + lost, 0);
  to.exec(MEND);
  dropOrphans(to);
  to.exec('COMMIT');
  const { count } = to.prepare('SELECT count(*) AS count FROM message').get() as { count: number };
  return { messages: count, lostPlaces };
}

function createEmpty(path: string): Database.Database {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  // SECURITY: readable for its owner only, from the first byte.
  closeSync(openSync(path, 'wx', 0o600));
  const db = new Database(path);
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma('foreign_keys = OFF');
  migrate(db);
  return db;
}

/** WHY read-only: closing it must not write the log into the broken file and remove the log. */
function tryOpen(path: string): Database.Database | undefined {
  try {
    const db = new Database(path, { fileMustExist: true, readonly: true });
    // WHY: a broken schema entry of one table must not hide the others.
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch {
    return undefined;
  }
}

/** A second name for the file, or, where the file system has none, another one. */
function keepAside(path: string, keptAs: string): void {
  try {
    linkSync(path, keptAs);
  } catch {
    renameSync(path, keptAs);
  }
}

/** The broken file keeps its log beside it; the new one must not be read with that. */
function putInPlace(freshPath: string, path: string, keptAs: string): void {
  const file = openSync(freshPath, 'r+');
  fsyncSync(file);
  closeSync(file);
  keepAside(path, keptAs);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${keptAs}-wal`);
  rmSync(`${path}-shm`, { force: true });
  renameSync(freshPath, path);
}

/**
 * The indexes of words are made anew afterwards, as of new messages. WHY the broken file stays in its place until the new one is whole:
 * whoever ends the program meanwhile must find it there at the next start, not an empty database.
 */
export function salvageDatabase({ keptAs }: HistoryJob & { kind: 'salvage' }, context: JobContext): JobResult['salvage'] {
  const { databasePath } = context;
  if (existsSync(keptAs)) throw new JobFailure('file', `There is a file ${keptAs} already.`);
  const freshPath = `${databasePath}.salvage`;
  const to = createEmpty(freshPath);
  const from = tryOpen(databasePath);
  let result: JobResult['salvage'] = { messages: 0, lostPlaces: 1 };
  try {
    if (from !== undefined) result = copyAll(from, to, context);
    to.pragma('synchronous = FULL');
    to.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    to.close();
    from?.close();
  }
  putInPlace(freshPath, databasePath, keptAs);
  rmSync(damageMark(databasePath), { force: true });
  return result;
}
