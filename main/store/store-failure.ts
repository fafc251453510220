// What can go wrong below the store, as one exception with a kind and a sentence for a person. SQLite's result codes are mapped here.

export type StoreFailureKind = 'full' | 'busy' | 'io' | 'corrupt' | 'read-only' | 'closed';

const SENTENCES: Readonly<Record<StoreFailureKind, string>> = {
  full: 'The disk is full. Free some space; nothing that was stored is lost.',
  busy: 'Another program is using the message database. Close it; it is tried again by itself.',
  io: 'The disk reports errors. The message database can not be read or written.',
  corrupt: 'The message database is damaged.',
  'read-only': 'The message database can not be written. Check the permissions of the profile folder.',
  closed: 'The message database is closed.',
};

/** Longest prefix first where one contains another. https://sqlite.org/rescode.html */
const KIND_BY_CODE: readonly (readonly [prefix: string, kind: StoreFailureKind])[] = [
  ['SQLITE_FULL', 'full'],
  ['SQLITE_BUSY', 'busy'],
  ['SQLITE_LOCKED', 'busy'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_READONLY', 'read-only'],
  ['SQLITE_PERM', 'read-only'],
  ['SQLITE_CANTOPEN', 'read-only'],
  ['SQLITE_IOERR', 'io'],
  ['SQLITE_NOMEM', 'io'],
];

/** The machine failed, not the program. `reason` is a sentence for a person, `message` adds the technical text. */
export class StoreFailure extends Error {
  readonly kind: StoreFailureKind;
  readonly reason: string;

  constructor(kind: StoreFailureKind, detail = '', cause?: unknown) {
    super(detail === '' ? SENTENCES[kind] : `${SENTENCES[kind]} (${detail})`, { cause });
    this.name = 'StoreFailure';
    this.kind = kind;
    this.reason = SENTENCES[kind];
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** SQLite's machine failures become StoreFailure; everything else (a bug, a failed constraint) stays as it is. */
export function toStoreFailure(error: unknown): unknown {
  const code = codeOf(error);
  const kind = KIND_BY_CODE.find(([prefix]) => code.startsWith(prefix))?.[1];
  return kind === undefined ? error : new StoreFailure(kind, `${code}: ${(error as Error).message}`, error);
}
