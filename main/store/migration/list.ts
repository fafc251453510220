// All migrations in order; the database's user_version counts how many of them it has had.
import type Database from 'better-sqlite3';
import { createFirstTables } from './0001-first-tables.ts';
import { createWordIndex } from './0002-word-index.ts';
import { createSearchIndexes } from './0003-search-indexes.ts';
import { addMessageExtras } from './0004-message-extras.ts';
import { createDecisionRecords } from './0005-decision-records.ts';
import { createNearby } from './0006-nearby.ts';
import { makeMessagesLean } from './0007-lean-messages.ts';
import { foldMoreLetters } from './0008-folded-letters.ts';
import { countRefusedByAnswer } from './0009-refused-by-answer.ts';
import { addOriginalRecipient } from './0010-original-recipient.ts';

export type Migration = (db: Database.Database) => void;

/** Only ever append: a migration that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  createFirstTables,
  createWordIndex,
  createSearchIndexes,
  addMessageExtras,
  createDecisionRecords,
  createNearby,
  makeMessagesLean,
  foldMoreLetters,
  countRefusedByAnswer,
  addOriginalRecipient,
];

/** Brings the database to `version` (default: the newest). Each step is one transaction, with its version number. */
export function migrate(db: Database.Database, version = MIGRATIONS.length): void {
  const steps = MIGRATIONS.slice(0, version);
  for (const [index, step] of steps.entries()) {
    db.transaction(() => {
      // WHY read inside: another process may have done this step meanwhile.
      if (Number(db.pragma('user_version', { simple: true })) > index) return;
      step(db);
      db.pragma(`user_version = ${index + 1}`);
    }).immediate();
  }
}
