// The random door: all randomness of the stack comes through here, so that tests can repeat a run by its seed.

export interface Random {
  /** `count` unpredictable bytes. */
  bytes(count: number): Uint8Array;
  /** A number in [0, 1), for jitter and weights; never for secrets. */
  fraction(): number;
  /** An unguessable token of at least `bits` bits (default 96), of letters and digits: tags, branches, Call-IDs, cnonces. */
  token(bits?: number): string;
}
