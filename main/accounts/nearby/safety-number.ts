// The safety number: two people who see the same one have each other's keys and nobody's in between. The idea is the numeric fingerprint of
// the well-known secure messengers (Signal, WhatsApp): digits of an iterated hash over both keys.
import { pbkdf2Sync } from 'node:crypto';

/**
 * SECURITY: 30 digits are 99 bits. Who wants to stand in between needs two keys whose numbers meet, which by birthday takes 2^50 tries of
 * so many hashes each; RFC 8018 §5.2 is that iterated hash, run natively.
 */
const ITERATIONS = 1_000;
const GROUPS = 6;
/** So that its remainder by 100,000 is as good as even. */
const BYTES_OF_GROUP = 5;
const SALT = 'safety number, version 1';

/** Of two keys as flows tell them, in any order; the same text for the same two, e.g. `04213 99120 …`, six groups of five digits. */
export function safetyNumber(first: string, second: string): string {
  const both = first < second ? `${first} ${second}` : `${second} ${first}`;
  const hash = pbkdf2Sync(both, SALT, ITERATIONS, GROUPS * BYTES_OF_GROUP, 'sha512');
  return Array.from({ length: GROUPS }, (_, group) => {
    const value = hash.readUIntBE(group * BYTES_OF_GROUP, BYTES_OF_GROUP);
    return String(value % 100_000).padStart(5, '0');
  }).join(' ');
}
