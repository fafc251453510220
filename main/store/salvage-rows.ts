// Reading rows of a damaged table: page by page, around what cannot be read.
import type Database from 'better-sqlite3';

export type SalvagedRow = Record<string, string | number | null>;
/** Gets rows in ascending order of their key. */
export type TakeRows = (rows: readonly SalvagedRow[]) => void;

const PAGE_ROWS = 500;
/** A gap wider than this many row ids is taken for the end of the table. */
const GAP_LIMIT = 2 ** 24;

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** The smallest id after which a row can be read, given one (`bad`) where that fails. undefined: nothing more. */
function findReadable(canRead: (after: number) => boolean, bad: number): number | undefined {
  let [low, step] = [bad, 1];
  while (!canRead(low + step)) {
    low += step;
    step *= 2;
    if (step > GAP_LIMIT) return undefined;
  }
  let high = low + step;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (canRead(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Tables with row ids. Gives how many places could not be read. */
export function readByRowId(db: Database.Database, table: string, columns: readonly string[], take: TakeRows): number {
  const list = columns.map((column) => `"${column}"`).join(', ');
  const select = attempt(() =>
    db.prepare(`SELECT rowid AS salvaged_place, ${list} FROM "${table}" WHERE rowid > ? ORDER BY rowid LIMIT ?`),
  );
  if (select === undefined) return 1;
  const page = (after: number, count: number): SalvagedRow[] | undefined => attempt(() => select.all(after, count) as SalvagedRow[]);
  let [after, lost, size] = [0, 0, PAGE_ROWS];
  for (;;) {
    const rows = page(after, size);
    if (rows === undefined && size > 1) {
      size = Math.ceil(size / 8);
      continue;
    }
    if (rows === undefined) {
      lost += 1;
      const next = findReadable((place) => page(place, 1) !== undefined, after);
      if (next === undefined) return lost;
      after = next;
      continue;
    }
    take(rows);
    if (rows.length < size) {
      if (size === PAGE_ROWS || rows.length === 0) return lost;
    }
    after = Number(rows.at(-1)?.['salvaged_place'] ?? after);
    size = rows.length === size ? Math.min(PAGE_ROWS, size * 8) : size;
  }
}

/** Tables without row ids: from the beginning to the first place that cannot be read, then from the end. */
export function readFromBothEnds(
  db: Database.Database,
  { name: table, key }: { name: string; key: string },
  columns: readonly string[],
  take: TakeRows,
): number {
  const list = columns.map((column) => `"${column}"`).join(', ');
  const readAll = (order: string): boolean =>
    attempt(() => {
      for (const row of db.prepare(`SELECT ${list} FROM "${table}" ORDER BY ${order}`).iterate()) take([row as SalvagedRow]);
      return true;
    }) ?? false;
  if (readAll(key)) return 0;
  readAll(
    key
      .split(', ')
      .map((column) => `${column} DESC`)
      .join(', '),
  );
  return 1;
}
