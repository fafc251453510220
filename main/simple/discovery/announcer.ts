// One person's announcement on all networks: performs what its machine says (RFC 6762 §8, §9, §10.1).
import type { Clock, Log, Random } from '../../sip/index.ts';
import { createMachine } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { INITIAL_ANNOUNCEMENT, isAnswering, stepAnnouncement } from './announcement-step.ts';
import type { AnnouncementEffect, AnnouncementInput, AnnouncementState } from './announcement-step.ts';
import { judgeNames } from './name-conflict.ts';
import { hostRecord, ownRecords, withdrawn } from './own-records.ts';
import type { Announced, OwnRecords } from './own-records.ts';
import { EMPTY_PACKET, nameKey } from './record.ts';
import type { DnsName, DnsPacket, DnsRecord } from './record.ts';
import { instanceLabel, TYPE_LIST_NAME } from './sip-types.ts';

export interface AnnouncerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly hostName: DnsName;
  /** Sends on each network what `packet` makes for our address there. */
  readonly sendAll: (packet: (interfaceAddress: string) => DnsPacket) => void;
}

export class Announcer {
  readonly #options: AnnouncerOptions;
  readonly #machine: Machine<AnnouncementState, AnnouncementInput>;
  #announced: Announced;
  #records: OwnRecords;

  constructor(options: AnnouncerOptions, announced: Announced) {
    this.#options = options;
    this.#announced = announced;
    this.#records = ownRecords(announced, 1, options.hostName);
    this.#machine = createMachine<AnnouncementState, AnnouncementInput, AnnouncementEffect>({
      clock: options.clock,
      random: options.random,
      initial: INITIAL_ANNOUNCEMENT,
      step: stepAnnouncement,
      perform: (effect) => this.#perform(effect),
      deadline: ({ dueMs }) => dueMs,
      timerInput: { kind: 'timer' },
    });
    this.start();
  }

  get label(): string {
    return instanceLabel(this.#announced.uri, this.#machine.state.number);
  }

  /** Probes and announces, anew where it did already. */
  start(): void {
    this.#machine.input({ kind: 'start' });
  }

  /** Says goodbye where it was announced; nothing is sent after it. */
  stop(): void {
    const answers = this.goodbye();
    if (answers.length > 0) this.#options.sendAll(() => ({ ...EMPTY_PACKET, isResponse: true, answers }));
    this.#machine.input({ kind: 'stop' });
  }

  /** Tells something else under the same names. False where the names would be others. */
  change(announced: Announced): boolean {
    if (announced.uri !== this.#announced.uri || typesOf(announced) !== typesOf(this.#announced)) return false;
    this.#announced = announced;
    this.#renew();
    this.#machine.input({ kind: 'changed' });
    return true;
  }

  /** What questions are answered with; empty before the names are ours. */
  answers(): readonly DnsRecord[] {
    return isAnswering(this.#machine.state) ? [...this.#records.shared, ...this.#records.unique] : [];
  }

  /** The same as withdrawn, without the list of types: others still have them. */
  goodbye(): readonly DnsRecord[] {
    const listKey = nameKey(TYPE_LIST_NAME);
    return withdrawn(this.answers().filter(({ name }) => nameKey(name) !== listKey));
  }

  /** Takes any packet: somebody may want our names. */
  hear(packet: DnsPacket): void {
    const verdict = judgeNames(packet, this.#records.unique);
    if (verdict !== 'none') this.#machine.input({ kind: verdict });
  }

  #perform(effect: AnnouncementEffect): void {
    const { sendAll, hostName, log } = this.#options;
    const { shared, unique } = this.#records;
    switch (effect) {
      case 'probe':
        sendAll(() => this.#probe());
        break;
      case 'announce':
        sendAll((address) => ({ ...EMPTY_PACKET, isResponse: true, answers: [...shared, ...unique, hostRecord(hostName, address)] }));
        break;
      case 'renamed':
        this.#renew();
        log('info', `discovery: the name is taken, now known as ${this.label}`);
    }
  }

  #probe(): DnsPacket {
    const { unique } = this.#records;
    const names = new Map(unique.map(({ name }) => [nameKey(name), name]));
    const questions = [...names.values()].map((name) => ({ name, type: 'ANY' as const }));
    // RFC 6762 §8.1: claims carry no cache-flush bit.
    return { ...EMPTY_PACKET, questions, authorities: unique.map((record) => ({ ...record, isUnique: false })) };
  }

  #renew(): void {
    this.#records = ownRecords(this.#announced, this.#machine.state.number, this.#options.hostName);
  }
}

function typesOf({ services }: Announced): string {
  return services
    .map(({ type }) => type)
    .sort()
    .join();
}
