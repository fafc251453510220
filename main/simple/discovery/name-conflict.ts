// Whether somebody else uses, or is about to use, a name that is ours (RFC 6762 §8.2, §9).
import { recordBytes, typeNumber } from './print-packet.ts';
import { nameKey } from './record.ts';
import type { DnsPacket, DnsRecord } from './record.ts';

export type Verdict =
  | 'none'
  /** Somebody has it. */
  | 'taken'
  /** Somebody probes for it in this moment, and the tie goes to them. */
  | 'lost';

/**
 * WHY only SRV records tell: each says whose computer it is, so that our own packets, which come back by every interface, are never
 * taken for a stranger's. Whoever claims a name of this kind says where it is.
 */
export function judgeNames(packet: DnsPacket, ours: readonly DnsRecord[]): Verdict {
  if (packet.isResponse) {
    const isTaken = [...packet.answers, ...packet.additionals].some((record) => record.ttlSeconds > 0 && isOthers(record, ours));
    return isTaken ? 'taken' : 'none';
  }
  for (const claim of packet.authorities) {
    if (!isOthers(claim, ours)) continue;
    const key = nameKey(claim.name);
    const theirs = packet.authorities.filter(({ name }) => nameKey(name) === key);
    const own = ours.filter(({ name }) => nameKey(name) === key);
    if (compareSets(own, theirs) < 0) return 'lost';
  }
  return 'none';
}

function isOthers(record: DnsRecord, ours: readonly DnsRecord[]): boolean {
  if (record.type !== 'SRV') return false;
  const key = nameKey(record.name);
  const own = ours.find(({ type, name }) => type === 'SRV' && nameKey(name) === key);
  return own?.type === 'SRV' && nameKey(own.target) !== nameKey(record.target);
}

/** RFC 6762 §8.2.1: in order, by class, type and data; who has the later one, or more of them, wins. All classes here are IN. */
export function compareSets(one: readonly DnsRecord[], other: readonly DnsRecord[]): number {
  const [ours, theirs] = [one, other].map((set) => set.map(comparable).sort(Buffer.compare)) as [Buffer[], Buffer[]];
  for (let index = 0; index < Math.min(ours.length, theirs.length); index += 1) {
    const order = Buffer.compare(ours[index] ?? Buffer.alloc(0), theirs[index] ?? Buffer.alloc(0));
    if (order !== 0) return order;
  }
  return ours.length - theirs.length;
}

function comparable(record: DnsRecord): Buffer {
  const type = typeNumber(record);
  return Buffer.concat([Buffer.from([type >> 8, type & 0xff]), recordBytes(record)]);
}
