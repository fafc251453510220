// Column lists that cannot drift from their row types: a column too many or too few does not compile.

type EveryKeyOf<Row, Columns extends readonly string[]> = [Exclude<keyof Row, Columns[number]>] extends [never] ? unknown : never;

/**
 * `columnList<Row>()('m', ['a', 'b'])` gives `m.a, m.b`.
 * The names must be exactly the keys of Row.
 */
export function columnList<Row>() {
  return <const Columns extends readonly (keyof Row & string)[]>(table: string, columns: Columns & EveryKeyOf<Row, Columns>): string =>
    columns.map((column) => `${table}.${column}`).join(', ');
}

/** Ids are row ids inside and text outside. Text that is no row id becomes 0, which no row has. */
export function rowId(id: string): number {
  return /^[1-9][0-9]{0,14}$/.test(id) ? Number(id) : 0;
}
