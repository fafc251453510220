// Asks the name servers in turn and remembers what they said for as long as they said it holds (RFC 1035 §7, RFC 2308).
import type { Clock } from '../clock.ts';
import type { NetworkAddress } from '../network.ts';
import type { Random } from '../random.ts';
import type { AskServer } from './ask-server.ts';
import type { DnsReply, RecordOf, RecordType } from './dns-answer.ts';

export interface DnsClientOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly ask: AskServer;
  /** Read anew for each question: they change with the network. */
  readonly servers: () => readonly NetworkAddress[];
}

/** An account needs about ten names; the bound keeps a hostile one from growing it. */
const MOST_REMEMBERED = 512;
/** RFC 8767 §4 calls a day a sane limit for what a server asks to be kept. */
const LONGEST_TTL_SECONDS = 86_400;
const MOST_SERVERS = 3;
const ROUNDS = 2;
/** WHY: one URI needs several questions; where nobody answers the first, the others need not wait as long each. */
const SILENCE_HOLDS_MS = 5_000;

interface Remembered {
  readonly records: readonly RecordOf[RecordType][];
  readonly untilMs: number;
}

export class DnsClient {
  readonly #options: DnsClientOptions;
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<readonly RecordOf[RecordType][]>>();
  #bestServer = '';
  #silentUntilMs = -Infinity;

  constructor(options: DnsClientOptions) {
    this.#options = options;
  }

  get hasServers(): boolean {
    return this.#options.servers().length > 0;
  }

  /** Empty where there is no such record; rejects where no server could say. */
  async query<Type extends RecordType>(type: Type, name: string): Promise<readonly RecordOf[Type][]> {
    const key = `${type} ${name.toLowerCase()}`;
    const known = this.#remembered.get(key);
    if (known !== undefined && known.untilMs > this.#options.clock.monotonicMs()) return known.records as readonly RecordOf[Type][];
    const pending = this.#asking.get(key) ?? this.#askAndRemember(key, type, name).finally(() => this.#asking.delete(key));
    this.#asking.set(key, pending);
    return pending as Promise<readonly RecordOf[Type][]>;
  }

  /** The network changed: its names may mean something else now. */
  forget(): void {
    this.#remembered.clear();
    this.#silentUntilMs = -Infinity;
  }

  async #askAndRemember(key: string, type: RecordType, name: string): Promise<readonly RecordOf[RecordType][]> {
    const { clock } = this.#options;
    if (clock.monotonicMs() < this.#silentUntilMs) throw new Error('the name servers do not answer');
    const reply = await this.#askAll(type, name);
    if (reply.kind !== 'records') {
      this.#silentUntilMs = clock.monotonicMs() + SILENCE_HOLDS_MS;
      throw new Error(reply.kind === 'failed' ? reply.reason : 'the name servers do not answer');
    }
    // The oldest makes room: a Map keeps its entries in the order they came.
    if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value ?? '');
    const ttlSeconds = Math.min(reply.ttlSeconds, LONGEST_TTL_SECONDS);
    this.#remembered.delete(key);
    this.#remembered.set(key, { records: reply.records, untilMs: clock.monotonicMs() + ttlSeconds * 1_000 });
    return reply.records;
  }

  async #askAll(type: RecordType, name: string): Promise<DnsReply> {
    const { ask, random } = this.#options;
    const servers = this.#options.servers().slice(0, MOST_SERVERS);
    // The one that answered last comes first.
    servers.sort((a, b) => Number(keyOf(b) === this.#bestServer) - Number(keyOf(a) === this.#bestServer));
    let reply: DnsReply = { kind: 'failed', reason: 'no name server is known' };
    for (let round = 0; round < ROUNDS; round++) {
      for (const server of servers) {
        const [high = 0, low = 0] = random.bytes(2);
        reply = await ask(server, { type, name, id: high * 256 + low });
        if (reply.kind !== 'records') continue;
        this.#bestServer = keyOf(server);
        return reply;
      }
    }
    return reply;
  }
}

function keyOf(server: NetworkAddress): string {
  return `${server.address} ${server.port}`;
}
