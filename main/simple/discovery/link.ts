// One network: its socket, what is known of it, what it is asked and told (RFC 6762 §5, §6).
import type { Clock, Log, NetworkAddress, Random, Timer } from '../../sip/index.ts';
import type { Moment } from '../machine.ts';
import { answersTo } from './answer-question.ts';
import { Cache } from './cache.ts';
import type { Found } from './cache.ts';
import { GATHER_MS, LEGACY_TTL_SECONDS, REOPEN_MS } from './limits.ts';
import type { Multicast, MulticastSocket } from './multicast.ts';
import { allow, FULL_ALLOWANCE } from './packet-allowance.ts';
import { createPendingAnswers } from './pending-answers.ts';
import { printPackets } from './print-packet.ts';
import { NO_QUESTION, stepQuestion } from './question-step.ts';
import { readPacket, recordCount } from './read-packet.ts';
import { EMPTY_PACKET } from './record.ts';
import type { DnsPacket, DnsRecord, Question } from './record.ts';
import { SIP_TYPES, typeName, typeOfName } from './sip-types.ts';

export interface LinkOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly multicast: Multicast;
  readonly log: Log;
  /** Our own address on it. */
  readonly interfaceAddress: string;
  /** What questions are answered with, our address there included. */
  readonly own: (interfaceAddress: string) => readonly DnsRecord[];
  /** The network can be used from now on. */
  readonly onOpened: () => void;
  /** Every packet, our own included. */
  readonly onHeard: (packet: DnsPacket) => void;
  /** `found` gives something else now. */
  readonly onChanged: () => void;
}

export class Link {
  readonly #options: LinkOptions;
  readonly #answers = createPendingAnswers();
  #cache = new Cache();
  #question = NO_QUESTION;
  #allowance = FULL_ALLOWANCE;
  #socket: MulticastSocket | undefined;
  #isClosed = false;
  #isTroubled = false;
  /** Grows with each try, so that a late one is recognized. */
  #opening = 0;
  #reopenMs = Infinity;
  #sweptMs = -Infinity;
  #seenVersion = 0;
  #timer: Timer | undefined;
  #armedForMs = Infinity;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.reopen();
  }

  get interfaceAddress(): string {
    return this.#options.interfaceAddress;
  }

  found(): readonly Found[] {
    return this.#cache.found();
  }

  /** As `Cache.doubt`. */
  doubt(address: string, port: number): void {
    this.#cache.doubt(address, port, this.#options.clock.monotonicMs());
    this.#arm();
  }

  /** Nothing is called after it. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#socket?.close();
  }

  /** A new socket in place of the old one: the interface may have been away. */
  reopen(): void {
    const number = (this.#opening += 1);
    this.#reopenMs = Infinity;
    this.#socket?.close();
    this.#socket = undefined;
    this.#options.multicast
      .open(this.#options.interfaceAddress, (bytes, from) => this.#onPacket(bytes, from))
      .then(
        (opened) => {
          if (this.#isClosed || number !== this.#opening) return opened.close();
          this.#socket = opened;
          this.#isTroubled = false;
          if (this.#question.dueMs !== undefined) this.ask(true);
          this.#options.onOpened();
        },
        (error: unknown) => {
          if (this.#isClosed || number !== this.#opening) return;
          this.#trouble(error);
          this.#reopenMs = this.#options.clock.monotonicMs() + REOPEN_MS;
          this.#arm();
        },
      );
  }

  /** Once, until it works again. */
  #trouble(error: unknown): void {
    if (!this.#isTroubled)
      this.#options.log(
        'warn',
        `discovery: ${this.#options.interfaceAddress} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      );
    this.#isTroubled = true;
  }

  /** To everybody, or to one; lost where the network cannot be used. */
  send(packet: DnsPacket, to?: NetworkAddress): void {
    if (this.#socket === undefined || this.#isClosed) return;
    for (const bytes of printPackets(packet)) this.#socket.send(bytes, (error) => this.#trouble(error), to);
  }

  #onPacket(bytes: Uint8Array, from: NetworkAddress): void {
    const nowMs = this.#options.clock.monotonicMs();
    const left = allow(this.#allowance, recordCount(bytes), nowMs);
    if (this.#isClosed || left === undefined) return;
    this.#allowance = left;
    const packet = readPacket(bytes);
    if (packet === undefined || this.#socket === undefined) return;
    if (packet.isResponse) {
      // RFC 6762 §6: a response from any other port is none.
      if (from.port !== this.#socket.port) return;
      this.#answers.told(packet.answers);
      if (this.#question.dueMs !== undefined) this.#cache.take(packet, from.address, this.#moment());
    } else if (from.port !== this.#socket.port) return this.#answerPlainClient(packet, from);
    else this.#answers.ask({ packet, asker: from.address }, this.#own(), nowMs, this.#options.random.fraction());
    this.#options.onHeard(packet);
    this.#sendAnswers(nowMs);
    this.#noteChange();
    this.#arm();
  }

  /** RFC 6762 §6.7: to the asker alone, in the form that a DNS client knows. */
  #answerPlainClient(packet: DnsPacket, from: NetworkAddress): void {
    const found = answersTo(packet.questions, this.#own(), []);
    if (found.answers.length === 0) return;
    const plain = (record: DnsRecord): DnsRecord => ({
      ...record,
      isUnique: false,
      ttlSeconds: Math.min(record.ttlSeconds, LEGACY_TTL_SECONDS),
    });
    const reply = { ...EMPTY_PACKET, id: packet.id, isResponse: true, questions: packet.questions };
    this.send({ ...reply, answers: found.answers.map(plain), additionals: found.additionals.map(plain) }, from);
  }

  #sendAnswers(nowMs: number): void {
    const due = this.#answers.take(nowMs);
    if (due.length === 0) return;
    const told = new Set(due);
    // DEVIATION(RFC 6762 §5.4): by multicast also where unicast is asked for: others on this computer share the port, and only one of them would hear it.
    const names = due.map(({ name }) => ({ name, type: 'ANY' as const }));
    const { additionals } = answersTo(names, this.#own(), []);
    this.send({ ...EMPTY_PACKET, isResponse: true, answers: due, additionals: additionals.filter((record) => !told.has(record)) });
  }

  /** Begins to ask who is there, anew where it did already; or stops and forgets. */
  ask(isWanted: boolean): void {
    if (!isWanted) {
      this.#cache = new Cache();
      this.#seenVersion = this.#cache.version();
    }
    [this.#question] = stepQuestion(this.#question, isWanted ? 'start' : 'stop', this.#moment());
    this.#arm();
  }

  #onTimer(): void {
    this.#armedForMs = Infinity;
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#reopenMs <= nowMs) this.reopen();
    this.#sendAnswers(nowMs);
    const [next, isDue] = stepQuestion(this.#question, 'timer', this.#moment());
    this.#question = next;
    const questions: Question[] = isDue ? SIP_TYPES.map((type) => ({ name: typeName(type), type: 'PTR' })) : [];
    if (this.#sweepMs() <= nowMs) {
      this.#sweptMs = nowMs;
      for (const each of this.#cache.sweep(this.#moment())) if (!isDue || each.type !== 'PTR') questions.push(each);
    }
    if (questions.length > 0) this.send({ ...EMPTY_PACKET, questions, answers: questions.flatMap((each) => this.#known(each, nowMs)) });
    this.#noteChange();
    this.#arm();
  }

  #own(): readonly DnsRecord[] {
    return this.#options.own(this.#options.interfaceAddress);
  }

  #known({ name, type }: Question, nowMs: number): readonly DnsRecord[] {
    const listed = type === 'PTR' ? typeOfName(name) : undefined;
    return listed === undefined ? [] : this.#cache.knownAnswers(listed, nowMs);
  }

  #noteChange(): void {
    if (this.#cache.version() === this.#seenVersion) return;
    this.#seenVersion = this.#cache.version();
    this.#options.onChanged();
  }

  #moment(): Moment {
    const { clock, random } = this.#options;
    return { nowMs: clock.nowMs(), monotonicMs: clock.monotonicMs(), fraction: random.fraction() };
  }

  /** WHY not at each record's own moment: many end in one second, and one look at all of them is enough. */
  #sweepMs(): number {
    return Math.max(this.#cache.nextMs(), this.#sweptMs + GATHER_MS);
  }

  #arm(): void {
    if (this.#isClosed) return;
    const nextMs = Math.min(
      this.#reopenMs,
      this.#question.dueMs ?? Infinity,
      this.#question.dueMs === undefined ? Infinity : this.#sweepMs(),
      this.#answers.nextMs(),
    );
    if (nextMs === this.#armedForMs) return;
    this.#timer?.cancel();
    this.#armedForMs = nextMs;
    this.#timer =
      nextMs === Infinity ? undefined : this.#options.clock.startTimer(nextMs - this.#options.clock.monotonicMs(), () => this.#onTimer());
  }
}
