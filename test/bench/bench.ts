// What every benchmark file works with: contenders measured in turns within one run, and the rows they yield.

export interface BenchRow {
  readonly name: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

export interface BenchTable {
  readonly title: string;
  readonly rows: readonly BenchRow[];
}

/** The default export of a `*.bench.ts` file. */
export type Bench = () => Promise<BenchTable | readonly BenchTable[]>;

/** Something whose rate is measured. `round` works for about `roundMs` and returns how much it did per second of processor time. */
export interface Contender {
  readonly name: string;
  round(): number | Promise<number>;
}

/** Long enough that a timer's grain and one garbage collection do not matter. */
const roundMs = 250;
const rounds = 7;

/**
 * A contender that calls `work` over and over; each call does `perCall` units. WHY processor time, its threads for garbage and
 * compilation included: on a machine with other work to do, it repeats where wall-clock time does not.
 */
export function contender(name: string, perCall: number, work: () => unknown): Contender {
  return {
    name,
    round: async () => {
      const startMs = performance.now();
      const startCpu = process.cpuUsage();
      let calls = 0;
      while (performance.now() - startMs < roundMs) {
        const done = work();
        if (done instanceof Promise) await done;
        calls += 1;
      }
      const { user, system } = process.cpuUsage(startCpu);
      return (calls * perCall * 1_000_000) / (user + system);
    },
  };
}

export function summarize(name: string, values: readonly number[], unit: string): BenchRow {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { name, median: middle, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN, unit };
}

/**
 * Measures the contenders round by round in turns, so that a machine that slows down does so for all of them. The first is ours:
 * behind each other one follows how many times faster ours was in the same round.
 */
export async function compare(contenders: readonly Contender[], unit: string): Promise<BenchRow[]> {
  const rates = contenders.map((): number[] => []);
  for (const each of contenders) for (let warm = 0; warm < 2; warm += 1) await each.round();
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, each] of contenders.entries()) rates[index]?.push(await each.round());
  }
  const own = rates[0] ?? [];
  return contenders.flatMap((each, index) => {
    const row = summarize(each.name, rates[index] ?? [], unit);
    if (index === 0) return [row];
    const ratios = own.map((rate, round) => rate / (rates[index]?.[round] ?? Number.NaN));
    return [row, summarize(`  ours / ${each.name}`, ratios, 'times')];
  });
}
