// Ordering DNS records by priority, weight and preference (RFC 2782, RFC 3403 §4.1, RFC 3263 §4.1).
import type { NaptrRecord, SrvRecord, TransportProtocol } from '../network.ts';

/** By ascending priority; within one priority at random by weight, as RFC 2782 describes. `fraction` gives numbers in [0, 1). */
export function orderSrv(records: readonly SrvRecord[], fraction: () => number): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const priorities = [...new Set(records.map((record) => record.priority))].sort((a, b) => a - b);
  for (const priority of priorities) {
    // RFC 2782: those of weight 0 come first in the list, so that they have a small chance to be chosen at all.
    const left = records.filter((record) => record.priority === priority).sort((a, b) => a.weight - b.weight);
    while (left.length > 0) ordered.push(...takeByWeight(left, fraction));
  }
  return ordered;
}

function takeByWeight(left: SrvRecord[], fraction: () => number): SrvRecord[] {
  const total = left.reduce((sum, record) => sum + record.weight, 0);
  const chosen = Math.floor(fraction() * (total + 1));
  let sum = 0;
  const index = left.findIndex((record) => (sum += record.weight) >= chosen);
  return left.splice(Math.max(index, 0), 1);
}

/** RFC 3263 §4.1 and RFC 7118 §5.2: which transport a NAPTR service stands for. */
const SERVICES: Readonly<Record<string, TransportProtocol>> = {
  'sips+d2t': 'tls',
  'sip+d2t': 'tcp',
  'sip+d2u': 'udp',
  'sips+d2w': 'wss',
  'sip+d2w': 'ws',
};

export interface NaptrChoice {
  readonly protocol: TransportProtocol;
  /** The name to ask SRV records for. */
  readonly srvName: string;
}

/** Those we can use, in the order the domain wants. `isUsable` says which transports those are. */
export function orderNaptr(records: readonly NaptrRecord[], isUsable: (protocol: TransportProtocol) => boolean): NaptrChoice[] {
  const ordered = [...records].sort((a, b) => a.order - b.order || a.preference - b.preference);
  const choices: NaptrChoice[] = [];
  for (const record of ordered) {
    const protocol = SERVICES[record.service.toLowerCase()];
    if (protocol === undefined || record.flags.toLowerCase() !== 's' || !isUsable(protocol)) continue;
    choices.push({ protocol, srvName: record.replacement });
  }
  return choices;
}
