// What the store offers to main/accounts: opening, commits in groups, and the functions of each table family.
export type { ReadableDb, WritableDb } from './database.ts';
export { StoreFailure } from './store-failure.ts';
export type { StoreFailureKind } from './store-failure.ts';
export { damageMark, openStore, QUICK_CHECK_BYTES } from './open-store.ts';
export type { OpenFailureReason, OpenOptions, OpenResult, Store } from './open-store.ts';
export { tryWrite } from './try-write.ts';
export * from './accounts.ts';
export * from './own-presence.ts';
export * from './contacts.ts';
export {
  acceptConversation,
  findConversation,
  getConversation,
  listConversations,
  markRead,
  openConversation,
  saveDraft,
} from './conversations.ts';
export * from './add-message.ts';
export * from './messages.ts';
export type { MessageExtra } from './message-row.ts';
export * from './message-detail.ts';
export * from './peer-facts.ts';
export * from './peer-keys.ts';
export * from './blocked.ts';
export * from './reporting.ts';
export * from './reports.ts';
export { findMessageByImdnId, getMessageIdentity, setMessageIdentity } from './message-identity.ts';
export type { MessageIdentity } from './message-identity.ts';
export { findSeenMessage } from './message-seen.ts';
export type { SeenMessage } from './message-seen.ts';
export * from './outbox.ts';
export * from './requests.ts';
export * from './watchers.ts';
export * from './decisions.ts';
export * from './decision-records.ts';
export type { DecisionTerms } from './decision-terms.ts';
export { NO_TERMS } from './decision-terms.ts';
export * from './conflicts.ts';
export * from './server-facts.ts';
export * from './documents.ts';
export { searchMessages } from './search.ts';
export type { FoundMessage, SearchOf } from './search.ts';
export { getIndexProgress, indexSome, isIndexBehind, resetIndexes } from './index-words.ts';
export { isPurgeWanted, purgeStep, vacuumStep } from './purge-index.ts';
export * from './delete-messages.ts';
export * from './retention.ts';
export { importMessages } from './import-messages.ts';
export type { ImportCounts } from './import-messages.ts';
export { createHistoryThread } from './history-thread.ts';
export type { HistoryThread, RunningJob } from './history-thread.ts';
export { createSearchBeside } from './search-beside.ts';
export type { SearchBeside } from './search-beside.ts';
export { JobFailure } from './history-job.ts';
export type { ExportFormat, HistoryJob, HistoryRecord, JobResult } from './history-job.ts';
