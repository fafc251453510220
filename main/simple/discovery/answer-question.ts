// Which of our records answer a question, and which the asker knows already (RFC 6762 §6, §7.1, RFC 6763 §12).
import { recordBytes } from './print-packet.ts';
import { nameKey } from './record.ts';
import type { DnsRecord, Question } from './record.ts';

export interface OwnAnswers {
  readonly answers: readonly DnsRecord[];
  /** What the asker will want next. */
  readonly additionals: readonly DnsRecord[];
}

/** Equal for records that say the same, whatever their time to live. */
export function recordKey(record: DnsRecord): string {
  const content = Buffer.from(recordBytes(record)).toString('latin1');
  // Names are compared without case, texts with it.
  return `${record.type} ${nameKey(record.name)} ${record.type === 'TXT' ? content : content.toLowerCase()}`;
}

/** `known`: what the asker listed with at least half of its time left counts as told (RFC 6762 §7.1). */
export function answersTo(questions: readonly Question[], own: readonly DnsRecord[], known: readonly DnsRecord[]): OwnAnswers {
  const wanted = questions.map(({ name, type }) => ({ key: nameKey(name), type }));
  const answers = distinct(
    own.filter((record) => {
      const key = nameKey(record.name);
      return wanted.some((each) => each.key === key && (each.type === 'ANY' || each.type === record.type));
    }),
  );
  const left = withoutKnown(answers, known);
  return { answers: left, additionals: additionalsFor(left, own) };
}

/** Those of `answers` that are not in `known`. */
export function withoutKnown(answers: readonly DnsRecord[], known: readonly DnsRecord[]): readonly DnsRecord[] {
  if (known.length === 0 || answers.length === 0) return answers;
  const ttls = new Map(known.map((record) => [recordKey(record), record.ttlSeconds]));
  return answers.filter((record) => (ttls.get(recordKey(record)) ?? -1) < record.ttlSeconds / 2);
}

function additionalsFor(answers: readonly DnsRecord[], own: readonly DnsRecord[]): readonly DnsRecord[] {
  const told = new Set<DnsRecord>(answers);
  const more: DnsRecord[] = [];
  const queue = [...answers];
  for (let record = queue.shift(); record !== undefined; record = queue.shift()) {
    if (record.type !== 'PTR' && record.type !== 'SRV') continue;
    const target = nameKey(record.target);
    for (const each of own) {
      // WHY no lists: whoever asks for the types there are has not asked who is there.
      if (told.has(each) || each.type === 'PTR' || nameKey(each.name) !== target) continue;
      told.add(each);
      more.push(each);
      queue.push(each);
    }
  }
  return more;
}

function distinct(records: readonly DnsRecord[]): DnsRecord[] {
  return [...new Map(records.map((record) => [recordKey(record), record])).values()];
}
