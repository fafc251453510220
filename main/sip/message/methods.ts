// Methods (RFC 3261 §7.1 and the RFCs that register more).

/** Registered methods: known, so 405 where nobody takes them. Anything else is 501 (RFC 3261 §21.5.2). */
export const KNOWN_METHODS: ReadonlySet<string> = new Set([
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'REGISTER',
  'PRACK',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'INFO',
  'REFER',
  'MESSAGE',
  'UPDATE',
]);
