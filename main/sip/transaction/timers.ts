// The timers of RFC 3261 §17 (Table 4), RFC 6026 and RFC 4320: what starts each and how long it runs.

/** Estimate of the round trip. */
export const T1_MS = 500;
/** Longest interval between retransmissions of non-INVITE requests and of INVITE responses. */
export const T2_MS = 4_000;
/** How long a message may stay in the network. */
export const T4_MS = 5_000;
/** Timers B, F, H, J, L, M. */
export const TRANSACTION_LIFE_MS = 64 * T1_MS;
/** Timer D for unreliable transports: at least 32 s. */
export const TIMER_D_MS = 32_000;
/** RFC 3261 §17.2.1: a 100 for an INVITE the user part has not answered by then. */
export const TRYING_AFTER_MS = 200;
/** RFC 4320 §4.1: a 100 for other requests exactly when a client's Timer E reaches T2. */
export const NON_INVITE_TRYING_AFTER_MS = T1_MS + 2 * T1_MS + 4 * T1_MS;

/** `T` is the server's "100 is due", `X` its "the client has given up" (RFC 4320 §4.2); all others as the RFCs name them. */
export type TimerName = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | 'T' | 'X';

/** Which of a transaction's three waits a timer uses: only one of each slot runs at a time. */
export type TimerSlot = 'resend' | 'life' | 'end';

export const TIMER_SLOTS: Readonly<Record<TimerName, TimerSlot>> = {
  A: 'resend',
  E: 'resend',
  G: 'resend',
  T: 'resend',
  B: 'life',
  F: 'life',
  H: 'life',
  X: 'life',
  D: 'end',
  I: 'end',
  J: 'end',
  K: 'end',
  L: 'end',
  M: 'end',
};
