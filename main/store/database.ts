// The two faces of the open database: one that can be asked, one inside a transaction that can be changed. Statements are prepared once.
import type Database from 'better-sqlite3';

export type SqlValue = string | number | null;

/** A database that can be asked. Given by `store.read`; every WritableDb is one too. */
export interface ReadableDb {
  all<Row>(sql: string, ...values: SqlValue[]): Row[];
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  /** As `all`, each row the list of its columns: half the time where rows are many. */
  rows<Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]): Row[];
  /** The first of `rows`. */
  row<Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]): Row | undefined;
}

/** A database inside a transaction. Given by `store.commit` only, and dead after its work returned. */
export interface WritableDb extends ReadableDb {
  /** `id`: the row id of the row inserted last. */
  run(sql: string, ...values: SqlValue[]): { changes: number; id: number };
}

type Prepared = Database.Statement<SqlValue[], unknown>;

/**
 * WHY: with STAT4 compiled in, SQLite plans a SELECT of several tables anew at every call when a bare parameter is compared to a
 * column, which costs more than running it (8 µs of 9 for a join by keys). Behind a plus sign a parameter is an expression like
 * any other, the plan is kept, and the value is the same.
 */
function keepPlan(sql: string): string {
  return sql.startsWith('SELECT') ? sql.replaceAll('?', '+?') : sql;
}

/** Keeps one prepared statement per text; the texts are constants of this folder, so their number is bounded. */
function createStatementCache(db: Database.Database, mayWrite: boolean, isRaw = false): (sql: string) => Prepared {
  const prepared = new Map<string, Prepared>();
  return (sql) => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = db.prepare<SqlValue[]>(keepPlan(sql));
    if (!mayWrite && !fresh.readonly) throw new Error(`A reader tried to change the database: ${sql}`);
    if (isRaw) fresh.raw(true);
    prepared.set(sql, fresh);
    return fresh;
  };
}

export function createReadableDb(db: Database.Database): ReadableDb {
  const prepare = createStatementCache(db, false);
  const prepareRaw = createStatementCache(db, false, true);
  return {
    rows: <Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]) => prepareRaw(sql).all(...values) as unknown as Row[],
    row: <Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]) => prepareRaw(sql).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: SqlValue[]) => prepare(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: SqlValue[]) => prepare(sql).get(...values) as Row | undefined,
  };
}

/** Whether a transaction is open. */
export interface OpenState {
  isOpen: boolean;
}

/**
 * `state` is kept by who begins and ends transactions. WHY SQLite is not asked at each statement: that takes as long as a small
 * one. After one that failed it is asked, because SQLite may have ended the transaction by itself.
 */
export function createWritableDb(db: Database.Database, state: OpenState = { isOpen: true }): WritableDb {
  const prepare = createStatementCache(db, true);
  const prepareRaw = createStatementCache(db, true, true);
  const inTransaction = (sql: string, from = prepare): Prepared => {
    if (!state.isOpen) throw new Error(`Used outside of its commit: ${sql}`);
    return from(sql);
  };
  return {
    rows: <Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]) =>
      inTransaction(sql, prepareRaw).all(...values) as unknown as Row[],
    row: <Row extends readonly SqlValue[]>(sql: string, ...values: SqlValue[]) =>
      inTransaction(sql, prepareRaw).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: SqlValue[]) => inTransaction(sql).all(...values) as Row[],
    get: <Row>(sql: string, ...values: SqlValue[]) => inTransaction(sql).get(...values) as Row | undefined,
    run(sql, ...values) {
      const statement = inTransaction(sql);
      try {
        const { changes, lastInsertRowid } = statement.run(...values);
        return { changes, id: Number(lastInsertRowid) };
      } catch (error) {
        state.isOpen = db.inTransaction;
        throw error;
      }
    },
  };
}
