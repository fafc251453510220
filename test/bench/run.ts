// Runs the benchmarks beside this file (all, or those whose names are given) and prints one table for each.
import { readdirSync } from 'node:fs';
import { cpus, release } from 'node:os';
import type { Bench, BenchRow, BenchTable } from './bench.ts';

function format(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function printTable({ title, rows }: BenchTable): void {
  const cells = rows.map((row: BenchRow) => [row.name, format(row.median), format(row.min), format(row.max), row.unit]);
  const table = [['', 'median', 'min', 'max', ''], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  process.stdout.write(`\n${title}\n`);
  for (const line of table) {
    const padded = line.map((cell, column) =>
      column === 0 || column === 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    process.stdout.write(`  ${padded.join('  ').trimEnd()}\n`);
  }
}

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.bench.ts'))
  .filter((name) => wanted.length === 0 || wanted.includes(name.slice(0, -'.bench.ts'.length)))
  .sort();

process.stdout.write(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${process.platform} ${release()}\n`);
let failures = 0;
for (const file of files) {
  try {
    const { default: bench } = (await import(`./${file}`)) as { default: Bench };
    const tables = await bench();
    for (const table of Array.isArray(tables) ? (tables as readonly BenchTable[]) : [tables as BenchTable]) printTable(table);
  } catch (error) {
    failures += 1;
    process.stdout.write(`\n${file}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}
process.exitCode = failures === 0 ? 0 : 1;
