// What the person last said of themself, per account, so that a restart says the same.
import type { OwnPresence } from '../../app/domain/presence.ts';
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

type OwnPresenceRow = Required<Omit<OwnPresence, 'idleSinceMs'>>;
const COLUMNS = columnList<OwnPresenceRow>()('p', ['availability', 'note', 'activity', 'mood', 'place', 'sphere']);

/** Available without note or activity when never saved. */
export function getOwnPresence(db: ReadableDb, of: { accountId: string }): OwnPresence {
  const row = db.get<OwnPresenceRow>(`SELECT ${COLUMNS} FROM own_presence p WHERE p.account_id = ?`, rowId(of.accountId));
  return row ?? { availability: 'available', note: '', activity: '', mood: '', place: '', sphere: '' };
}

export function saveOwnPresence(db: WritableDb, to: { accountId: string; ownPresence: OwnPresence }): void {
  const { availability, note, activity, mood = '', place = '', sphere = '' } = to.ownPresence;
  db.run(
    'INSERT OR REPLACE INTO own_presence (account_id, availability, note, activity, mood, place, sphere) VALUES (?, ?, ?, ?, ?, ?, ?)',
    rowId(to.accountId),
    availability,
    note,
    activity,
    mood,
    place,
    sphere,
  );
}
