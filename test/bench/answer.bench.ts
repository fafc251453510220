// MESSAGE from SIPp answered 200 by the bare endpoint, beside baresip in the same run: closed-loop rate, and processor time per message.
import { type BenchRow, type BenchTable, summarize } from './bench.ts';
import { type AnsweringPeer, startBaresip, startOurs } from './load/answering-peers.ts';
import { type LoadResult, closedLoop } from './load/closed-loop.ts';

/** One round takes some two seconds. */
const MESSAGES = 30_000;
const OUTSTANDING = 100;
const ROUNDS = 5;
/** Both are warm by then: code compiled, tables grown. */
const WARM_UP_ROUNDS = 1;

function rowsOf(peer: AnsweringPeer, results: readonly LoadResult[]): BenchRow[] {
  const flaws = results.filter(({ isFlawless }) => !isFlawless).length;
  const name = flaws === 0 ? peer.name : `${peer.name}, ${flaws} rounds with failures`;
  return [
    summarize(
      name,
      results.map(({ perSecond }) => perSecond),
      'messages/s',
    ),
    summarize(
      '  processor time for each',
      results.map(({ cpuMicrosecondsPerMessage }) => cpuMicrosecondsPerMessage),
      'µs',
    ),
  ];
}

function ratio(name: string, ours: readonly LoadResult[], theirs: readonly LoadResult[], of: (result: LoadResult) => number): BenchRow {
  return summarize(
    name,
    ours.map((own, round) => of(own) / of(theirs[round] ?? own)),
    'times',
  );
}

/** In turns, round by round, so that other work on the machine meets both. */
async function compareOver(transport: 'udp' | 'tcp', ours: AnsweringPeer, baresip: AnsweringPeer): Promise<BenchTable> {
  const own: LoadResult[] = [];
  const theirs: LoadResult[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const results = [await closedLoop(ours, transport, MESSAGES, OUTSTANDING), await closedLoop(baresip, transport, MESSAGES, OUTSTANDING)];
    if (round < 0) continue;
    own.push(...results.slice(0, 1));
    theirs.push(...results.slice(1));
  }
  const rows = [
    ...rowsOf(ours, own),
    ...rowsOf(baresip, theirs),
    ratio('  rate, ours / baresip', own, theirs, ({ perSecond }) => perSecond),
    ratio('  processor time, ours / baresip', own, theirs, ({ cpuMicrosecondsPerMessage }) => cpuMicrosecondsPerMessage),
  ];
  return { title: `MESSAGE over ${transport.toUpperCase()} answered 200, ${OUTSTANDING} outstanding`, rows };
}

export default async function bench(): Promise<readonly BenchTable[]> {
  const ours = await startOurs();
  const baresip = await startBaresip();
  try {
    return [await compareOver('tcp', ours, baresip), await compareOver('udp', ours, baresip)];
  } finally {
    await ours.stop();
    await baresip.stop();
  }
}
