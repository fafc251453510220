// Asks the name servers in turn and remembers what they said for as long as they said it holds (RFC 1035 §7, RFC 2308).
import type { Clock } from '../clock.ts';
import type { NetworkAddress } from '../network.ts';
import type { Random } from '../random.ts';
import type { AskServer } from './ask-server.ts';
import { MOST_ALIASES } from './dns-answer.ts';
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
/** RFC 1035 §2.3.4, without the bytes of the first length and of the root. */
const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

interface Remembered {
  readonly records: readonly RecordOf[RecordType][];
  readonly untilMs: number;
}

export class DnsClient {
  readonly #options: DnsClientOptions;
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<readonly RecordOf[RecordType][]>>();
  /** SECURITY: by host, so that a domain whose own servers are silent or broken takes nobody else's names away. */
  readonly #silentUntilMs = new Map<string, number>();
  #bestServer = '';

  constructor(options: DnsClientOptions) {
    this.#options = options;
  }

  get hasServers(): boolean {
    return this.#options.servers().length > 0;
  }

  /** Empty where there is no such record; rejects where no server could say. */
  async query<Type extends RecordType>(type: Type, name: string): Promise<readonly RecordOf[Type][]> {
    if (!isName(name)) return [];
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
    this.#silentUntilMs.clear();
  }

  async #askAndRemember(key: string, type: RecordType, name: string): Promise<readonly RecordOf[RecordType][]> {
    const { clock } = this.#options;
    const host = hostOf(name);
    if (clock.monotonicMs() < (this.#silentUntilMs.get(host) ?? -Infinity)) throw new Error('the name servers do not answer');
    const reply = await this.#follow(type, name);
    if (reply.kind !== 'records') {
      makeRoom(this.#silentUntilMs);
      this.#silentUntilMs.set(host, clock.monotonicMs() + SILENCE_HOLDS_MS);
      throw new Error(reply.kind === 'failed' ? reply.reason : 'the name servers do not answer');
    }
    makeRoom(this.#remembered);
    const ttlSeconds = Math.min(reply.ttlSeconds, LONGEST_TTL_SECONDS);
    this.#remembered.delete(key);
    this.#remembered.set(key, { records: reply.records, untilMs: clock.monotonicMs() + ttlSeconds * 1_000 });
    return reply.records;
  }

  /** To the end of the aliases; nothing where there are more of them than is sane. */
  async #follow(type: RecordType, name: string): Promise<DnsReply> {
    let reply = await this.#askAll(type, name);
    let ttlSeconds = Infinity;
    for (let aliases = 0; reply.kind === 'alias' && aliases < MOST_ALIASES; aliases++) {
      ttlSeconds = Math.min(ttlSeconds, reply.ttlSeconds);
      reply = await this.#askAll(type, reply.name);
    }
    if (reply.kind === 'alias') return { kind: 'records', records: [], ttlSeconds };
    return reply.kind === 'records' ? { ...reply, ttlSeconds: Math.min(reply.ttlSeconds, ttlSeconds) } : reply;
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
        if (reply.kind !== 'records' && reply.kind !== 'alias') continue;
        this.#bestServer = keyOf(server);
        return reply;
      }
    }
    return reply;
  }
}

/** The oldest goes: a Map keeps its entries in the order they came. */
function makeRoom(map: Map<string, unknown>): void {
  if (map.size >= MOST_REMEMBERED) map.delete(map.keys().next().value ?? '');
}

/** Whether the DNS can have it. SECURITY: a question that cannot be printed as one must not be tried. */
function isName(name: string): boolean {
  const labels = name.replace(/\.$/, '').split('.');
  return name.length <= LONGEST_NAME && labels.every((label) => label !== '' && Buffer.byteLength(label) <= LONGEST_LABEL);
}

/** Whose service is asked for: the name without `_sip._udp` and the like. */
function hostOf(name: string): string {
  return name.toLowerCase().replace(/^(?:_[^.]*\.)+/, '');
}

function keyOf(server: NetworkAddress): string {
  return `${server.address} ${server.port}`;
}
