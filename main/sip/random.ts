// The random door: all randomness of the stack comes through here, so that tests can repeat a run by its seed.

/** Branches that begin so are unique across space and time (RFC 3261 §8.1.1.7). */
export const BRANCH_COOKIE = 'z9hG4bK';

export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array;
  /** A number in [0, 1), for jitter and weights; never for secrets. */
  fraction(): number;
  /** An unguessable token of at least `bits` bits (default 96), of letters and digits: tags, Call-IDs, cnonces. */
  token(bits?: number): string;
  /** The branch of a request of ours. SECURITY: nobody can guess the 96 bits behind its cookie, and answer in the peer's place. */
  branch(): string;
}
