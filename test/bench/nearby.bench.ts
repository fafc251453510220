// People without a server: two hundred who appear at once as the app sees them, a thousand watchers told of one change, and the way from nothing
// to the first message.
import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { hostRecord, ownRecords } from '../../main/simple/discovery/own-records.ts';
import { printPackets } from '../../main/simple/discovery/print-packet.ts';
import { EMPTY_PACKET } from '../../main/simple/discovery/record.ts';
import { HeadlessApp, temporaryProfile } from '../interop/support/headless-app.ts';
import { sipUri, textMessage } from '../support/endpoint-pair.ts';
import { type BenchTable, summarize } from './bench.ts';
import { openEndpoint } from '../support/open-endpoint.ts';

const HOST = '127.0.0.1';
const GROUP = '224.0.0.251';
const PEOPLE = 200;
const WATCHERS = 1_000;
const APPEARANCES = 3;
const CHANGES = 3;
const FIRST_MESSAGES = 3;
/** RFC 3856 §6.10: nobody is told of two changes within five seconds. */
const BETWEEN_CHANGES_MS = 5_500;
const GIVE_UP_MS = 20_000;
/** RFC 6762 §8.3: everybody says it again, as packets are lost where all speak at once. */
const SAID_AGAIN_MS = 1_000;
/** Sent in one turn of the loop. */
const AT_ONCE = 10;

interface Report {
  readonly listed?: number;
  readonly cpuMs?: number;
  readonly pauseMs?: number;
  readonly rssBytes?: number;
  readonly accountId?: string;
  readonly address?: string;
  readonly port?: number;
  readonly isAnswered?: boolean;
  readonly isCost?: boolean;
}

class Agent {
  readonly #profile = temporaryProfile();
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting = new Set<(report: Report) => void>();

  constructor(multicastPort: number) {
    const program = join(import.meta.dirname, 'load/nearby-agent.ts');
    const words = [program, this.#profile.path, String(multicastPort), String(PEOPLE)];
    this.#child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      for (const waiting of [...this.#waiting]) waiting(JSON.parse(line) as Report);
    });
  }

  say(line: object): void {
    this.#child.stdin.write(`${JSON.stringify(line)}\n`);
  }

  /** The next report that suits. */
  next(suits: (report: Report) => boolean): Promise<Report> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the app told nothing like that')), GIVE_UP_MS);
      const waiting = (report: Report): void => {
        if (!suits(report)) return;
        clearTimeout(late);
        this.#waiting.delete(waiting);
        resolve(report);
      };
      this.#waiting.add(waiting);
    });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    await ended;
    this.#profile.remove();
  }
}

async function startAgent(multicastPort: number): Promise<{ agent: Agent; ready: Report }> {
  const agent = new Agent(multicastPort);
  const ready = await agent.next(({ port }) => port !== undefined && port > 0);
  return { agent, ready };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function announcements(): Uint8Array[] {
  return Array.from({ length: PEOPLE }, (_, index) => {
    const host = [`bench${index}`, 'local'];
    const services = (['_sips._tcp', '_sipuri._tcp', '_sipuri._udp'] as const).map((type) => ({ type, port: 5070 }));
    const { shared, unique } = ownRecords({ name: `Person ${index}`, uri: `sip:person${index}@bench.example`, services }, 1, host);
    const answers = [...shared, ...unique, hostRecord(host, `127.0.${index >> 8}.${index & 255}`)];
    return printPackets({ ...EMPTY_PACKET, isResponse: true, answers });
  }).flat();
}

/** From the first packet to the list with everybody in it, as the page gets it. */
async function appear(multicastPort: number): Promise<{ tookMs: number; cpuMs: number; pauseMs: number }> {
  const { agent } = await startAgent(multicastPort);
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(multicastPort, '0.0.0.0', resolve));
  socket.setMulticastInterface(HOST);
  await pause(1_500);
  agent.say({ reset: true });
  await pause(50);
  const all = agent.next(({ listed = 0 }) => listed >= PEOPLE);
  const startMs = performance.now();
  const packets = announcements();
  const say = async (): Promise<void> => {
    for (const [index, bytes] of packets.entries()) {
      socket.send(bytes, multicastPort, GROUP);
      if (index % AT_ONCE === 0) await pause(1);
    }
  };
  await say();
  const again = setInterval(() => void say(), SAID_AGAIN_MS);
  const { cpuMs = Number.NaN, pauseMs = Number.NaN } = await all;
  const tookMs = performance.now() - startMs;
  clearInterval(again);
  await pause(100);
  socket.close();
  await agent.stop();
  return { tookMs, cpuMs, pauseMs };
}

async function tellWatchers(multicastPort: number) {
  const { agent, ready } = await startAgent(multicastPort);
  const { accountId = '', address = '', port = 0 } = ready;
  const allowed = agent.next(({ isAnswered }) => isAnswered === true);
  agent.say({ call: 'decideScope', input: { accountId, scope: { kind: 'everybody' }, decision: 'allow' } });
  await allowed;
  const endpoint = await openEndpoint({
    listen: [{ protocol: 'tcp', local: { address: HOST, port: 0 } }],
  });
  let told = 0;
  let wanted = WATCHERS;
  let done: () => void = () => undefined;
  const everybody = (): Promise<void> => new Promise((resolve) => (done = resolve));
  endpoint.onRequest(
    'NOTIFY',
    () => {
      if (++told === wanted) done();
      return { status: 200 };
    },
    'presence',
  );
  const cost = async (): Promise<Report> => {
    const report = agent.next(({ isCost }) => isCost === true);
    agent.say({ cost: true });
    return report;
  };
  const target = sipUri(/sip:([^@]*)@/.exec(address)?.[1], HOST, { port, parameters: [{ name: 'transport', value: 'tcp' }] });
  const before = await cost();
  const first = everybody();
  const headers = [
    { name: 'Event', value: 'presence' },
    { name: 'Expires', value: '3600' },
  ];
  for (let index = 0; index < WATCHERS; index += 100) {
    const some = Array.from({ length: 100 }, (_, more) => {
      const { uri, from, to } = textMessage(sipUri(`watcher${index + more}`, HOST), target, '');
      return endpoint.send({ method: 'SUBSCRIBE', uri, from, to, headers, contact: { user: 'watcher' } }).outcome;
    });
    const outcomes = await Promise.all(some);
    const refused = outcomes.find((outcome) => outcome.kind !== 'final' || outcome.response.status !== 200);
    if (refused !== undefined) throw new Error(`a SUBSCRIBE: ${JSON.stringify(refused).slice(0, 300)}`);
  }
  await first;
  const after = await cost();
  const rounds: { tookMs: number; cpuMs: number; pauseMs: number }[] = [];
  for (let change = 0; change < CHANGES; change += 1) {
    await pause(BETWEEN_CHANGES_MS);
    told = 0;
    wanted = WATCHERS;
    agent.say({ reset: true });
    await pause(20);
    const all = everybody();
    const startMs = performance.now();
    agent.say({
      call: 'setOwnPresence',
      input: { accountId, availability: change % 2 === 0 ? 'busy' : 'available', note: `change ${change}` },
    });
    await all;
    const tookMs = performance.now() - startMs;
    const { cpuMs = Number.NaN, pauseMs = Number.NaN } = await cost();
    rounds.push({ tookMs, cpuMs, pauseMs });
  }
  await agent.stop();
  await endpoint.stop();
  return { rounds, bytesEach: ((after.rssBytes ?? Number.NaN) - (before.rssBytes ?? Number.NaN)) / WATCHERS };
}

/** Two fresh profiles, from the start of both processes to the first message on the other side; what a person does is counted. */
async function firstMessage(): Promise<{ tookMs: number; steps: number }> {
  const profiles = [temporaryProfile(), temporaryProfile()];
  let steps = 0;
  const startMs = performance.now();
  const apps = profiles.map(({ path }) => new HeadlessApp(path));
  try {
    const people = await Promise.all(
      apps.map(async (app, index) => {
        await app.ready();
        // One step: Start nearby, with a name.
        steps += 1;
        return app.call('addAccount', { kind: 'nearby', displayName: `Bench ${process.pid} ${index}`, interfaces: [HOST] });
      }),
    );
    const [ada, bob] = apps as [HeadlessApp, HeadlessApp];
    const { peers } = await ada.change('nearby-changed', (change) =>
      change.peers.some(({ displayName }) => displayName === `Bench ${process.pid} 1`),
    );
    const peer = peers.find(({ displayName }) => displayName === `Bench ${process.pid} 1`);
    // Two steps: the person chosen, the text sent.
    steps += 2;
    await ada.call('sendMessage', { accountId: people[0]?.accountId ?? '', address: peer?.address ?? '', text: 'hello' });
    await bob.change('message-added', ({ message }) => message.text === 'hello');
    return { tookMs: performance.now() - startMs, steps };
  } finally {
    await Promise.all(apps.map((app) => app.stop()));
    for (const profile of profiles) profile.remove();
  }
}

export default async function bench(): Promise<readonly BenchTable[]> {
  const multicastPort = 20_000 + (process.pid % 10_000);
  const appearances: Awaited<ReturnType<typeof appear>>[] = [];
  for (let count = 0; count < APPEARANCES; count += 1) appearances.push(await appear(multicastPort));
  const { rounds, bytesEach } = await tellWatchers(multicastPort);
  const firsts: Awaited<ReturnType<typeof firstMessage>>[] = [];
  for (let count = 0; count < FIRST_MESSAGES; count += 1) firsts.push(await firstMessage());
  const of = <K extends string>(values: readonly Readonly<Record<K, number>>[], name: K): number[] => values.map((value) => value[name]);
  return [
    {
      title: `${PEOPLE} people with three ways each appear at once, as the app sees them`,
      rows: [
        summarize('until all are on the list the page gets (0.2 s of it is gathering)', of(appearances, 'tookMs'), 'ms'),
        summarize('processor time of the app', of(appearances, 'cpuMs'), 'ms'),
        summarize('longest pause of its loop', of(appearances, 'pauseMs'), 'ms'),
      ],
    },
    {
      title: `${WATCHERS.toLocaleString('en')} watchers are told of one change`,
      rows: [
        summarize('until all were told', of(rounds, 'tookMs'), 'ms'),
        summarize('processor time of the app', of(rounds, 'cpuMs'), 'ms'),
        summarize('longest pause of its loop', of(rounds, 'pauseMs'), 'ms'),
        summarize('memory of a watcher, after all came at once', [bytesEach / 1_000], 'kB'),
      ],
    },
    {
      title: 'From two fresh profiles to the first message',
      rows: [
        summarize('from the start of both to the message on the other side', of(firsts, 'tookMs'), 'ms'),
        summarize('what two people do for it', of(firsts, 'steps'), 'steps'),
      ],
    },
  ];
}
