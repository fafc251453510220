// `npm run fuzz`: a million inputs by default. `-- --count N --seed N --target NAME` for others; the seed is printed to repeat a run.
import { setFlagsFromString } from 'node:v8';
import { parseArgs } from 'node:util';
import { runInNewContext } from 'node:vm';
import { type Finding, fuzz } from './fuzz.ts';
import { type FuzzTarget, targets } from './targets.ts';

/** For one input of at most 64 kB. Linear work is far below it, quadratic work far above. */
const LONGEST_MS = 100;
/** Tries of a slow input: only what is slow each time is the input's fault. */
const TRIES = 4;
/** The heap after a full collection may end this much above where it was after the first tenth. */
const MOST_GROWTH_BYTES = 16 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Milliseconds of the fastest of several tries. */
function fastest(target: FuzzTarget, input: Uint8Array): number {
  let best = Infinity;
  for (let left = TRIES; left > 0; left -= 1) {
    const startMs = performance.now();
    target.run(input);
    best = Math.min(best, performance.now() - startMs);
  }
  return best;
}

const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' }, target: { type: 'string' } } });
const count = Number(values.count ?? 1_000_000);
const seed = Number(values.seed ?? Date.now() % 2 ** 32);
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
console.log(`${count.toLocaleString('en')} inputs, seed ${seed}: ${chosen.map(({ name }) => name).join(', ')}`);

const startMs = performance.now();
let lastMs = startMs;
let heapAtFirst = 0;
const findings: Finding[] = fuzz({
  seed,
  count,
  targets: chosen,
  onInput(target, input, index) {
    if (index === Math.floor(count / 10)) heapAtFirst = heapBytes();
    const nowMs = performance.now();
    const tookMs = nowMs - lastMs;
    lastMs = nowMs;
    if (tookMs < LONGEST_MS) return undefined;
    const best = fastest(target, input);
    lastMs = performance.now();
    return best < LONGEST_MS ? undefined : `takes ${Math.round(best)} ms for ${input.length} bytes`;
  },
});
const growth = heapBytes() - heapAtFirst;

for (const { target, what, input } of findings) {
  console.log(`\n${target}: ${what}\ninput, ${input.length} bytes in base64: ${Buffer.from(input).toString('base64').slice(0, 4_000)}`);
}
if (growth > MOST_GROWTH_BYTES) console.log(`\nmemory grew by ${Math.round(growth / 1024)} kB`);
const isGood = findings.length === 0 && growth <= MOST_GROWTH_BYTES;
console.log(
  `\n${isGood ? 'nothing found' : 'FOUND SOMETHING'} in ${Math.round((performance.now() - startMs) / 1000)} s; memory grew by ${Math.round(growth / 1024)} kB`,
);
process.exitCode = isGood ? 0 : 1;
