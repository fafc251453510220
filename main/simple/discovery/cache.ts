// What one network told us of others: instances, where they are, what they say, each for its time (RFC 6762 §5.2, §10).
// Deterministic: time and luck come with each call, in monotonic milliseconds and as a fraction in [0, 1).
import type { Moment } from '../machine.ts';
import { UNHEARD, doubt, end, isHeldBack, renew, takeAsk } from './timed.ts';
import type { Timed } from './timed.ts';
import { MISSING_WAITS_MS, MOST_ADDRESSES_OF_HOST, MOST_INSTANCES, MOST_INSTANCES_OF_SENDER, WITHDRAWN_MS } from './limits.ts';
import { nameKey } from './record.ts';
import type { AddressRecord, DnsName, DnsPacket, DnsRecord, PtrRecord, Question, SrvRecord, TxtRecord } from './record.ts';
import { typeOfName, typeName } from './sip-types.ts';
import type { SipType } from './sip-types.ts';

/** An instance of which all is known. */
export interface Found {
  readonly type: SipType;
  /** Whose packet it was first heard in. */
  readonly sender: string;
  readonly label: string;
  readonly hostName: DnsName;
  readonly port: number;
  readonly strings: readonly Uint8Array[];
  readonly addresses: readonly string[];
}

interface Missing {
  tries: number;
  /** Infinity: nothing is missing, or asking is over. */
  askMs: number;
}

interface Instance {
  readonly type: SipType;
  readonly name: DnsName;
  readonly sender: string;
  readonly listed: Timed;
  srv: (Timed & { record: SrvRecord }) | undefined;
  txt: (Timed & { record: TxtRecord }) | undefined;
  readonly missing: Missing;
}

interface Host {
  readonly name: DnsName;
  readonly addresses: Map<string, Timed & { type: 'A' | 'AAAA' }>;
  readonly missing: Missing;
}

/** When something happens, and with what luck. */
export type When = Pick<Moment, 'monotonicMs' | 'fraction'>;

export class Cache {
  readonly #instances = new Map<string, Instance>();
  readonly #hosts = new Map<string, Host>();
  readonly #bySender = new Map<string, number>();
  #version = 0;
  #nextMs = Infinity;

  /** Takes what a response says. */
  take(packet: DnsPacket, sender: string, { monotonicMs: nowMs, fraction }: When): void {
    const records: readonly DnsRecord[] = [...packet.answers, ...packet.additionals];
    // WHY in this order: only what belongs to an instance that is listed is kept.
    for (const record of records) if (record.type === 'PTR') this.#takePtr(record, sender, nowMs, fraction);
    for (const record of records) if (record.type === 'SRV') this.#takeSrv(record, nowMs, fraction);
    for (const record of records) if (record.type === 'TXT') this.#takeTxt(record, nowMs, fraction);
    for (const record of records) if (record.type === 'A' || record.type === 'AAAA') this.#takeAddress(record, nowMs, fraction);
  }
  /** Nobody could be reached there (RFC 6762 §10.4): who says to be there is asked for, and forgotten when they do not answer. */
  doubt(address: string, port: number, nowMs: number): void {
    for (const { srv, listed } of this.#instances.values()) {
      if (srv?.record.port !== port || this.#hosts.get(nameKey(srv.record.target))?.addresses.has(address) !== true) continue;
      if (!listed.isDoubted) this.#wakeFor(doubt(listed, nowMs));
    }
  }
  /** Forgets what has ended, and says what is to be asked now. */
  sweep(when: When): Question[] {
    const questions = new Map<string, Question>();
    const ask: Ask = (name, type) => void questions.set(`${type} ${nameKey(name)}`, { name, type });
    this.#nextMs = Infinity;
    for (const [key, instance] of this.#instances) this.#sweepInstance(key, instance, when, ask);
    const used = new Set<string>();
    for (const { srv } of this.#instances.values()) if (srv !== undefined) used.add(nameKey(srv.record.target));
    for (const [key, host] of this.#hosts) {
      if (used.has(key)) this.#sweepHost(host, when, ask);
      else this.#hosts.delete(key);
    }
    return [...questions.values()];
  }
  /** When `sweep` has something to do next; Infinity: never. */
  nextMs(): number {
    return this.#nextMs;
  }
  /** RFC 6762 §7.1: what need not be told again. */
  knownAnswers(type: SipType, nowMs: number): PtrRecord[] {
    const known: PtrRecord[] = [];
    for (const { type: each, name, listed } of this.#instances.values()) {
      const leftMs = listed.endsMs - nowMs;
      if (each !== type || leftMs <= listed.ttlMs / 2) continue;
      known.push({ type: 'PTR', name: typeName(type), ttlSeconds: Math.floor(leftMs / 1_000), isUnique: false, target: name });
    }
    return known;
  }
  /** Oldest first. */
  found(): Found[] {
    const found: Found[] = [];
    for (const { type, name, sender, srv, txt } of this.#instances.values()) {
      const host = srv === undefined ? undefined : this.#hosts.get(nameKey(srv.record.target));
      if (srv === undefined || txt === undefined || host === undefined || host.addresses.size === 0) continue;
      const { port, target: hostName } = srv.record;
      found.push({
        type,
        sender,
        label: name[0] ?? '',
        hostName,
        port,
        strings: txt.record.strings,
        addresses: [...host.addresses.keys()],
      });
    }
    return found;
  }
  /** Grows with every change of what `found` gives. */
  version(): number {
    return this.#version;
  }

  #takePtr(record: PtrRecord, sender: string, nowMs: number, fraction: number): void {
    const type = typeOfName(record.name);
    if (type === undefined || record.target.length !== 4 || nameKey(record.target.slice(1)) !== nameKey(record.name)) return;
    const key = nameKey(record.target);
    const known = this.#instances.get(key);
    if (record.ttlSeconds === 0) {
      if (known !== undefined) this.#wakeFor(end(known.listed, nowMs + WITHDRAWN_MS));
      return;
    }
    if (known !== undefined) {
      this.#wakeFor(renew(known.listed, record.ttlSeconds, nowMs, fraction));
      if (known.missing.askMs === Infinity && isIncomplete(known)) this.#startMissing(known.missing, nowMs);
      return;
    }
    const count = this.#bySender.get(sender) ?? 0;
    if (this.#instances.size >= MOST_INSTANCES || count >= MOST_INSTANCES_OF_SENDER) return;
    this.#bySender.set(sender, count + 1);
    const listed = renew({ ...UNHEARD }, record.ttlSeconds, nowMs, fraction);
    const missing = this.#startMissing({ tries: 0, askMs: Infinity }, nowMs);
    this.#instances.set(key, { type, name: record.target, sender, listed, srv: undefined, txt: undefined, missing });
    this.#wakeFor(listed);
  }

  #startMissing(missing: Missing, nowMs: number): Missing {
    missing.tries = 0;
    missing.askMs = nowMs + MISSING_WAITS_MS[0];
    this.#wake(missing.askMs);
    return missing;
  }

  #takeSrv(record: SrvRecord, nowMs: number, fraction: number): void {
    const instance = this.#instances.get(nameKey(record.name));
    if (instance === undefined) return;
    if (record.ttlSeconds === 0) {
      if (instance.srv !== undefined) this.#wakeFor(end(instance.srv, nowMs + WITHDRAWN_MS));
      return;
    }
    const old = instance.srv?.record;
    if (old?.port !== record.port || nameKey(old.target) !== nameKey(record.target)) this.#version += 1;
    instance.srv = { ...renew({ ...UNHEARD }, record.ttlSeconds, nowMs, fraction), record };
    this.#wakeFor(instance.srv);
    const hostKey = nameKey(record.target);
    if (!this.#hosts.has(hostKey)) {
      const missing = this.#startMissing({ tries: 0, askMs: Infinity }, nowMs);
      this.#hosts.set(hostKey, { name: record.target, addresses: new Map(), missing });
    }
  }

  #takeTxt(record: TxtRecord, nowMs: number, fraction: number): void {
    const instance = this.#instances.get(nameKey(record.name));
    if (instance === undefined || record.ttlSeconds === 0) return;
    const old = instance.txt?.record.strings;
    if (old === undefined || Buffer.compare(Buffer.concat(old), Buffer.concat(record.strings)) !== 0) this.#version += 1;
    instance.txt = { ...renew({ ...UNHEARD }, record.ttlSeconds, nowMs, fraction), record };
    this.#wakeFor(instance.txt);
  }

  #takeAddress(record: AddressRecord, nowMs: number, fraction: number): void {
    const host = this.#hosts.get(nameKey(record.name));
    if (host === undefined) return;
    const known = host.addresses.get(record.address);
    if (record.ttlSeconds === 0) {
      if (known !== undefined) this.#wakeFor(end(known, nowMs + WITHDRAWN_MS));
      return;
    }
    if (record.isUnique) {
      for (const [address, each] of host.addresses) {
        // RFC 6762 §10.2: older ones of this kind are of the past; a second's grace for answers in several packets.
        if (each.type === record.type && address !== record.address && each.receivedMs < nowMs - WITHDRAWN_MS)
          this.#wakeFor(end(each, nowMs + WITHDRAWN_MS));
      }
    }
    if (known === undefined && host.addresses.size >= MOST_ADDRESSES_OF_HOST) return;
    if (known === undefined) this.#version += 1;
    const timed = { ...renew(known ?? { ...UNHEARD }, record.ttlSeconds, nowMs, fraction), type: record.type };
    host.addresses.set(record.address, timed);
    this.#wakeFor(timed);
  }

  #forget(key: string, instance: Instance): void {
    this.#instances.delete(key);
    const count = (this.#bySender.get(instance.sender) ?? 1) - 1;
    if (count > 0) this.#bySender.set(instance.sender, count);
    else this.#bySender.delete(instance.sender);
    this.#version += 1;
  }

  /** One instance's turn: what has ended goes, what is to be asked is noted. */
  #sweepInstance(key: string, instance: Instance, { monotonicMs: nowMs, fraction }: When, ask: Ask): void {
    if (instance.listed.endsMs <= nowMs) return this.#forget(key, instance);
    if (takeAsk(instance.listed, nowMs, fraction)) ask(typeName(instance.type), 'PTR');
    for (const part of ['srv', 'txt'] as const) {
      const timed = instance[part];
      if (timed === undefined) continue;
      if (timed.endsMs <= nowMs) {
        instance[part] = undefined;
        this.#version += 1;
        // WHY: who left without a word was asked four times already; a PTR that comes again starts anew.
      } else if (takeAsk(timed, nowMs, fraction)) ask(instance.name, part === 'srv' ? 'SRV' : 'TXT');
    }
    if (takeMissing(instance.missing, nowMs, isIncomplete(instance) && !isHeldBack(instance.listed))) {
      if (instance.srv === undefined) ask(instance.name, 'SRV');
      if (instance.txt === undefined) ask(instance.name, 'TXT');
    }
    for (const timed of [instance.listed, instance.srv, instance.txt]) if (timed !== undefined) this.#wakeFor(timed);
    this.#wake(instance.missing.askMs);
  }

  #sweepHost(host: Host, { monotonicMs: nowMs, fraction }: When, ask: Ask): void {
    for (const [address, timed] of host.addresses) {
      if (timed.endsMs <= nowMs) {
        host.addresses.delete(address);
        this.#version += 1;
        continue;
      }
      if (takeAsk(timed, nowMs, fraction)) ask(host.name, timed.type);
      this.#wakeFor(timed);
    }
    if (takeMissing(host.missing, nowMs, host.addresses.size === 0)) {
      ask(host.name, 'A');
      ask(host.name, 'AAAA');
    }
    this.#wake(host.missing.askMs);
  }

  #wake(...moments: number[]): void {
    this.#nextMs = Math.min(this.#nextMs, ...moments);
  }

  #wakeFor(timed: Timed): void {
    this.#wake(timed.askMs, timed.endsMs);
  }
}

type Ask = (name: DnsName, type: Question['type']) => void;

function isIncomplete(instance: Instance): boolean {
  return instance.srv === undefined || instance.txt === undefined;
}

/** Whether to ask now for what is missing; sets when to ask next. */
function takeMissing(missing: Missing, nowMs: number, isMissing: boolean): boolean {
  if (missing.askMs > nowMs) return false;
  const waitMs = MISSING_WAITS_MS[missing.tries + 1];
  missing.tries += 1;
  missing.askMs = isMissing && waitMs !== undefined ? nowMs + waitMs : Infinity;
  return isMissing;
}
