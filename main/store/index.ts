// What the store offers to main/accounts: opening, commits in groups, and the functions of each table family.
import type { AccountSettings } from '../../app/domain/account.ts';
import type { Conversation } from '../../app/domain/conversation.ts';
import type { Message, MessageFailure, MessageState } from '../../app/domain/message.ts';
import type { OwnPresence } from '../../app/domain/presence.ts';
import type { DecisionKind, Request, Watcher } from '../../app/domain/watcher.ts';

/** A database that can be asked. Given by `store.read`; every WritableDb is one too. */
export interface ReadableDb {
  readonly __readable: true;
}
/** A database inside a transaction. Given by `store.commit` only. */
export interface WritableDb extends ReadableDb {
  readonly __writable: true;
}

export type StoreFailureKind = 'full' | 'busy' | 'io' | 'corrupt' | 'read-only' | 'closed';
/** Thrown by read and rejected by commit when the machine fails. `reason` is a sentence for a person. */
export declare class StoreFailure extends Error {
  readonly kind: StoreFailureKind;
  readonly reason: string;
}

export interface Store {
  /** Resolves after the durable COMMIT. `work` sees only the database, must be synchronous and may be run a second time. */
  commit<T>(work: (db: WritableDb) => T): Promise<T>;
  read<T>(query: (db: ReadableDb) => T): T;
  /** Commits what is queued, then closes; later commits reject with kind 'closed'. Idempotent. */
  close(): void;
}
export type OpenFailureReason = 'newer-version' | 'not-ours' | 'corrupt' | 'locked' | 'not-writable' | 'full' | 'io';
export type OpenResult = { kind: 'ok'; store: Store } | { kind: 'failure'; reason: OpenFailureReason; text: string };
export interface OpenOptions {
  readonly nowMs: () => number;
  /** Runs the callback when this turn of the event loop has been read empty: setImmediate. */
  readonly defer: (callback: () => void) => void;
  readonly busyTimeoutMs?: number;
}
export declare function openStore(path: string, options: OpenOptions): OpenResult;

export interface StoredAccount {
  accountId: string;
  kind: 'sip' | 'nearby';
  address: string;
  settings: AccountSettings;
  createdAtMs: number;
}
export declare function listAccounts(db: ReadableDb): StoredAccount[];
export declare function getAccount(db: ReadableDb, of: { accountId: string }): StoredAccount | null;
/** null: this kind and address is there already. */
export declare function addAccount(db: WritableDb, account: Omit<StoredAccount, 'accountId'>): StoredAccount | null;
export declare function updateAccount(db: WritableDb, to: { accountId: string; settings: AccountSettings }): StoredAccount | null;
/** With everything that belongs to it. */
export declare function removeAccount(db: WritableDb, of: { accountId: string }): boolean;
/** Available without note when never saved. */
export declare function getOwnPresence(db: ReadableDb, of: { accountId: string }): OwnPresence;
export declare function saveOwnPresence(db: WritableDb, to: { accountId: string; ownPresence: OwnPresence }): void;

export interface StoredContact {
  contactId: string;
  accountId: string;
  address: string;
  name: string;
  createdAtMs: number;
}
export declare function listContacts(db: ReadableDb, of: { accountId: string }): StoredContact[];
export declare function getContact(db: ReadableDb, of: { contactId: string }): StoredContact | null;
export declare function findContact(db: ReadableDb, of: { accountId: string; address: string }): StoredContact | null;
/** null: there already. */
export declare function addContact(db: WritableDb, contact: Omit<StoredContact, 'contactId'>): StoredContact | null;
export declare function renameContact(db: WritableDb, to: { contactId: string; name: string }): StoredContact | null;
export declare function removeContact(db: WritableDb, of: { contactId: string }): boolean;

/** Most recent first; those without messages last. */
export declare function listConversations(db: ReadableDb, of: { accountId?: string }): Conversation[];
export declare function getConversation(db: ReadableDb, of: { conversationId: string }): Conversation | null;
export declare function findConversation(db: ReadableDb, of: { accountId: string; address: string }): Conversation | null;
/** Makes it when there is none. */
export declare function openConversation(db: WritableDb, of: { accountId: string; address: string }): Conversation;
export declare function saveDraft(db: WritableDb, to: { conversationId: string; text: string }): Conversation | null;
/** Incoming messages received → read; `messages` are the ones that changed, oldest first. */
export declare function markRead(
  db: WritableDb,
  of: { conversationId: string },
): { conversation: Conversation; messages: Message[] } | null;

/** How a message is known on the wire. `imdnId`: RFC 5438 Message-ID. */
export interface MessageIdentity {
  callId: string;
  cseq: number;
  fromTag: string;
  imdnId: string | null;
}
export interface IncomingMessage {
  accountId: string;
  address: string;
  /** '' keeps the name known before. */
  displayName: string;
  text: string;
  contentType: string;
  sentAtMs: number;
  storedAtMs: number;
  identity: MessageIdentity;
  /** The same text for the same message: e.g. IMDN id, else a digest of sender, Call-ID, CSeq, From tag and body. */
  dedupeKey: string;
  /** Keys seen before this time do not count as duplicates. */
  dedupeSinceMs: number;
}
export type AddedMessage = { kind: 'added'; message: Message; conversation: Conversation };
/** `message` is the one stored the first time; null when it was deleted since. */
export type DuplicateMessage = { kind: 'duplicate'; message: Message | null };
export declare function addIncomingMessage(db: WritableDb, message: IncomingMessage): AddedMessage | DuplicateMessage;
/** Stored as `queued`. */
export declare function addOutgoingMessage(
  db: WritableDb,
  message: Omit<IncomingMessage, 'displayName' | 'dedupeKey' | 'dedupeSinceMs'>,
): AddedMessage;
/** null: no such message, or its state is not one of `from`. Without `failure` an earlier one is cleared. */
export declare function setMessageState(
  db: WritableDb,
  to: { messageId: string; from: readonly MessageState[]; state: MessageState; failure?: MessageFailure },
): Message | null;
export declare function setMessageIdentity(db: WritableDb, to: { messageId: string; identity: MessageIdentity }): void;
export declare function getMessageIdentity(db: ReadableDb, of: { messageId: string }): MessageIdentity | null;
export declare function getMessage(db: ReadableDb, of: { messageId: string }): Message | null;
/** Up to `limit` before the message `before` (default: the end), newest last. */
export declare function listMessages(db: ReadableDb, of: { conversationId: string; before?: string; limit: number }): Message[];
export declare function findMessageByImdnId(
  db: ReadableDb,
  of: { accountId: string; imdnId: string; direction: 'in' | 'out' },
): Message | null;
export declare function deleteMessage(db: WritableDb, of: { messageId: string }): Conversation | null;

export interface OutboxMessage {
  message: Message;
  identity: MessageIdentity;
}
/** Queued and sending messages in the order they were written. */
export declare function listOutbox(db: ReadableDb, of: { accountId: string; address?: string; limit: number }): OutboxMessage[];
/** The addresses that have something in the outbox, the longest waiting first. */
export declare function listOutboxAddresses(db: ReadableDb, of: { accountId: string }): string[];

/** `query` is what a person typed. `before`: a message id. Newest stored first. */
export declare function searchMessages(
  db: ReadableDb,
  of: { query: string; accountId?: string; conversationId?: string; before?: string; limit: number },
): (Message & { snippet: string })[];

/** First and postponed are kept when it is there already; `isNew` tells. */
export declare function saveRequest(
  db: WritableDb,
  to: { accountId: string; address: string; displayName: string; state: 'pending' | 'waiting'; seenAtMs: number },
): { request: Request; isNew: boolean };
export declare function listRequests(db: ReadableDb, of: { accountId: string }): Request[];
export declare function getRequest(db: ReadableDb, of: { requestId: string }): Request | null;
export declare function findRequest(db: ReadableDb, of: { accountId: string; address: string }): Request | null;
export declare function setRequestPostponed(db: WritableDb, to: { requestId: string; isPostponed: boolean }): Request | null;
export declare function removeRequest(db: WritableDb, of: { requestId: string }): boolean;

/** As the server last said, by watcher information. */
export interface ServerWatcher {
  address: string;
  displayName: string;
  state: Exclude<Watcher['state'], 'none'>;
  event: string;
}
export declare function saveWatcher(db: WritableDb, to: ServerWatcher & { accountId: string; seenAtMs: number }): Watcher;
/** Full state: those not in the list are forgotten (their decisions stay). */
export declare function replaceWatchers(
  db: WritableDb,
  to: { accountId: string; watchers: readonly ServerWatcher[]; seenAtMs: number },
): void;
export declare function forgetWatcher(db: WritableDb, of: { accountId: string; address: string }): void;
/** Joined with the current decisions, also of those the server does not mention. */
export declare function listWatchers(db: ReadableDb, of: { accountId: string }): Watcher[];
export declare function getWatcher(db: ReadableDb, of: { accountId: string; address: string }): Watcher | null;

export interface StoredDecision {
  accountId: string;
  address: string;
  decision: DecisionKind;
  untilMs: number | null;
  decidedAtMs: number;
  /** When watcher information agreed; null: not yet. */
  confirmedAtMs: number | null;
  failure: string | null;
  /** The server's rules do not have it yet. */
  isPending: boolean;
}
/** Appends to the log and becomes the current one: pending, unconfirmed. */
export declare function addDecision(
  db: WritableDb,
  decision: Pick<StoredDecision, 'accountId' | 'address' | 'decision' | 'untilMs' | 'decidedAtMs'>,
): StoredDecision;
/** Changes what is given of the current decision. null: there is none. */
export declare function updateDecision(
  db: WritableDb,
  to: { accountId: string; address: string } & Partial<Pick<StoredDecision, 'confirmedAtMs' | 'failure' | 'isPending'>>,
): StoredDecision | null;
export declare function getDecision(db: ReadableDb, of: { accountId: string; address: string }): StoredDecision | null;
export declare function listDecisions(db: ReadableDb, of: { accountId: string }): StoredDecision[];
/** Those with an end at or before `atMs`; the first to end first. */
export declare function listEndedDecisions(db: ReadableDb, of: { accountId: string; atMs: number }): StoredDecision[];
/** When the next decision ends; null: none does. */
export declare function nextDecisionEndMs(db: ReadableDb, of: { accountId: string }): number | null;
/** Ends the current one; the log notes it. */
export declare function endDecision(db: WritableDb, of: { accountId: string; address: string; endedAtMs: number }): boolean;
export interface DecisionLogEntry {
  address: string;
  decision: DecisionKind | 'ended';
  untilMs: number | null;
  atMs: number;
}
/** Newest first. */
export declare function listDecisionLog(db: ReadableDb, of: { accountId: string; limit: number }): DecisionLogEntry[];

/** An XCAP document as the server last gave or took it. `etag` null: the server has none (404). */
export interface StoredDocument {
  accountId: string;
  auid: string;
  url: string;
  etag: string | null;
  text: string;
  fetchedAtMs: number;
}
export declare function getDocument(db: ReadableDb, of: { accountId: string; url: string }): StoredDocument | null;
export declare function saveDocument(db: WritableDb, document: StoredDocument): void;
export declare function removeDocument(db: WritableDb, of: { accountId: string; url: string }): boolean;
/** One own edit not yet on the server; `edit` is the caller's JSON, replayed in order on each new base. */
export interface DocumentEdit {
  editId: string;
  accountId: string;
  auid: string;
  edit: string;
  createdAtMs: number;
}
export declare function addDocumentEdit(db: WritableDb, edit: Omit<DocumentEdit, 'editId'>): DocumentEdit;
export declare function listDocumentEdits(db: ReadableDb, of: { accountId: string; auid: string }): DocumentEdit[];
export declare function removeDocumentEdits(db: WritableDb, of: { editIds: readonly string[] }): void;
