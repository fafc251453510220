// Accounts, own presence, contacts, requests, watchers, decisions and documents: every function, whole objects.
import { expect, test } from 'vitest';
import * as store from '../../../main/store/index.ts';
import { incoming, openAt, newDatabasePath, openTestStore } from './support/open-test-store.ts';

const FULL_SETTINGS = {
  displayName: 'Ada',
  authUser: 'ada',
  outboundProxy: 'sip:192.0.2.1:5060;transport=tcp',
  xcapRoot: 'http://192.0.2.1/xcap',
  caFile: '/ca.pem',
  transport: 'tls' as const,
};
const OF_ONE = { accountId: '1' };
const BOB = { accountId: '1', address: 'sip:bob@example.org' };

test('accounts: added once, changed, listed, removed with all they have', async () => {
  const db = openAt(newDatabasePath());
  const account = { kind: 'sip' as const, address: 'sip:ada@example.org', settings: FULL_SETTINGS, createdAtMs: 5 };
  expect(await db.commit((tx) => store.addAccount(tx, account))).toEqual({ accountId: '1', ...account });
  expect(await db.commit((tx) => store.addAccount(tx, account))).toBeNull();
  const changed = await db.commit((tx) => store.updateAccount(tx, { accountId: '1', settings: { displayName: 'A' } }));
  expect(changed).toEqual({ accountId: '1', ...account, settings: { displayName: 'A' } });
  expect(await db.commit((tx) => store.updateAccount(tx, { accountId: '9', settings: {} }))).toBeNull();
  expect(db.read((tx) => store.listAccounts(tx))).toEqual([changed]);
  expect(db.read((tx) => store.getAccount(tx, OF_ONE))).toEqual(changed);
  await db.commit((tx) => store.addIncomingMessage(tx, incoming({ text: 'gone' })));
  await db.commit((tx) => store.addContact(tx, { ...BOB, name: '', createdAtMs: 1 }));
  expect(await db.commit((tx) => store.removeAccount(tx, OF_ONE))).toBe(true);
  expect(await db.commit((tx) => store.removeAccount(tx, OF_ONE))).toBe(false);
  expect(db.read((tx) => [store.listAccounts(tx), store.listContacts(tx, OF_ONE), store.listConversations(tx, {})])).toEqual([[], [], []]);
  expect(await db.commit((tx) => store.searchMessages(tx, { query: 'gone', limit: 5 }))).toEqual([]);
  await db.commit((tx) => tx.run(`INSERT INTO message_word (message_word, rank) VALUES ('integrity-check', 1)`));
});

test('own presence: a default, then what was saved', async () => {
  const db = await openTestStore();
  const nothing = { note: '', activity: '', mood: '', place: '', sphere: '' };
  expect(db.read((tx) => store.getOwnPresence(tx, OF_ONE))).toEqual({ availability: 'available', ...nothing });
  const rich = { activity: 'on-the-phone', mood: 'happy', place: 'office', sphere: 'work' };
  const ownPresence = { availability: 'busy' as const, note: 'In a call', ...rich };
  await db.commit((tx) => store.saveOwnPresence(tx, { accountId: '1', ownPresence: { ...ownPresence, note: '' } }));
  await db.commit((tx) => store.saveOwnPresence(tx, { accountId: '1', ownPresence }));
  expect(db.read((tx) => store.getOwnPresence(tx, OF_ONE))).toEqual(ownPresence);
});

test('contacts: added once, found, renamed, removed', async () => {
  const db = await openTestStore();
  const bob = { contactId: '1', ...BOB, name: 'Bob', createdAtMs: 3 };
  expect(await db.commit((tx) => store.addContact(tx, { ...BOB, name: 'Bob', createdAtMs: 3 }))).toEqual(bob);
  expect(await db.commit((tx) => store.addContact(tx, { ...BOB, name: 'Bobby', createdAtMs: 4 }))).toBeNull();
  const named = await db.commit((tx) => store.renameContact(tx, { contactId: '1', name: 'Robert' }));
  expect(named).toEqual({ ...bob, name: 'Robert' });
  expect(db.read((tx) => store.listContacts(tx, OF_ONE))).toEqual([named]);
  expect(db.read((tx) => store.getContact(tx, { contactId: '1' }))).toEqual(named);
  expect(await db.commit((tx) => store.renameContact(tx, { contactId: 'x', name: '' }))).toBeNull();
  expect(await db.commit((tx) => store.removeContact(tx, { contactId: '1' }))).toBe(true);
  expect(db.read((tx) => store.getContact(tx, { contactId: '1' }))).toBeNull();
});

test('requests: seen first once, kept when postponed, asked again, answered, brought back', async () => {
  const db = await openTestStore();
  const seen = { ...BOB, displayName: 'Bob', state: 'pending' as const };
  const once = { askedCount: 1, isOneTime: false, remindAtMs: null };
  const request = { requestId: '1', ...seen, firstSeenAtMs: 10, lastSeenAtMs: 10, isPostponed: false, ...once };
  expect(await db.commit((tx) => store.saveRequest(tx, { ...seen, seenAtMs: 10 }))).toEqual({ request, isNew: true });
  const postponed = await db.commit((tx) => store.setRequestPostponed(tx, { requestId: '1', isPostponed: true, remindAtMs: 99 }));
  expect(postponed).toEqual({ ...request, isPostponed: true, remindAtMs: 99 });
  const again = await db.commit((tx) => store.saveRequest(tx, { ...seen, displayName: '', state: 'waiting', seenAtMs: 20 }));
  const kept = { ...request, state: 'waiting', lastSeenAtMs: 20, isPostponed: true, remindAtMs: 99 };
  expect(again).toEqual({ request: kept, isNew: false });
  const eve = await db.commit((tx) => store.saveRequest(tx, { ...seen, address: 'sip:eve@example.org', seenAtMs: 30 }));
  expect(db.read((tx) => store.listRequests(tx, OF_ONE))).toEqual([eve.request, kept]);
  expect(db.read((tx) => [store.getRequest(tx, { requestId: '1' }), store.findRequest(tx, BOB)])).toEqual([kept, kept]);
  const asked = async (seenAtMs: number, id: string, isOneTime = false): Promise<unknown> => {
    const { request: now, isNew } = await db.commit((tx) => store.saveRequest(tx, { ...seen, seenAtMs, subscriptionIds: [id], isOneTime }));
    return [now.askedCount, now.isOneTime, now.lastSeenAtMs, now.isPostponed, isNew];
  };
  expect(await asked(40, 'x')).toEqual([1, false, 40, true, false]);
  expect(await asked(50, 'x')).toEqual([1, false, 40, true, false]);
  expect(await asked(60, 'y', true)).toEqual([2, true, 60, false, false]);
  expect(await db.commit((tx) => store.answerRequest(tx, { requestId: '1', answeredAtMs: 70 }))).toBe(true);
  expect(await db.commit((tx) => store.answerRequest(tx, { requestId: '1', answeredAtMs: 71 }))).toBe(false);
  expect(db.read((tx) => [store.getRequest(tx, { requestId: '1' }), store.findRequest(tx, BOB)])).toEqual([null, null]);
  expect((await db.commit((tx) => store.reopenRequest(tx, BOB)))?.askedCount).toBe(2);
  expect(await db.commit((tx) => store.reopenRequest(tx, BOB))).toBeNull();
  await db.commit((tx) => store.answerRequest(tx, { requestId: '1', answeredAtMs: 80 }));
  expect(await asked(90, 'z')).toEqual([3, false, 90, false, true]);
});

test('watchers and decisions: two truths side by side', async () => {
  const db = await openTestStore();
  const said = { ...BOB, displayName: 'Bob', state: 'pending' as const, event: 'subscribe', seenAtMs: 5 };
  const undecided = {
    ...{ decision: null, decidedAtMs: null, untilMs: null, isConfirmed: false, confirmedAtMs: null },
    ...{ sinceMs: 5, byRule: '', sphere: '', seen: null },
  };
  const bob = { ...BOB, displayName: 'Bob', state: 'pending', event: 'subscribe', ...undecided };
  expect(await db.commit((tx) => store.saveWatcher(tx, said))).toEqual(bob);
  const decided = { ...BOB, decision: 'allow' as const, untilMs: 900, decidedAtMs: 7 };
  const more = { sphere: '', seen: null, except: [], fromScope: '' };
  const stored = { ...decided, ...more, confirmedAtMs: null, failure: null, isPending: true };
  expect(await db.commit((tx) => store.addDecision(tx, decided))).toEqual(stored);
  await db.commit((tx) => store.updateDecision(tx, { ...BOB, failure: 'No server.' }));
  const failed = { ...bob, decision: 'allow', decidedAtMs: 7, untilMs: 900, byRule: 'decision', failure: 'No server.' };
  expect(db.read((tx) => store.getWatcher(tx, BOB))).toEqual(failed);
  const confirmed = await db.commit((tx) => store.updateDecision(tx, { ...BOB, failure: null, isPending: false, confirmedAtMs: 8 }));
  expect(confirmed).toEqual({ ...stored, isPending: false, confirmedAtMs: 8 });
  expect(db.read((tx) => [store.getDecision(tx, BOB), ...store.listDecisions(tx, OF_ONE)])).toEqual([confirmed, confirmed]);
  const eve = { address: 'sip:eve@example.org', displayName: '', state: 'active' as const, event: 'approved' };
  await db.commit((tx) => store.forgetWatcher(tx, BOB));
  await db.commit((tx) => store.saveWatcher(tx, { accountId: '1', ...eve, seenAtMs: 9 }));
  const { sinceMs: _unknown, ...unmentioned } = bob;
  expect(db.read((tx) => store.listWatchers(tx, OF_ONE))).toEqual([
    {
      ...unmentioned,
      byRule: 'decision',
      displayName: '',
      state: 'none',
      event: '',
      decision: 'allow',
      decidedAtMs: 7,
      untilMs: 900,
      isConfirmed: true,
      confirmedAtMs: 8,
    },
    { accountId: '1', ...eve, ...undecided, sinceMs: 9 },
  ]);
  await db.commit((tx) => store.forgetWatcher(tx, { accountId: '1', address: eve.address }));
  expect(db.read((tx) => store.getWatcher(tx, { accountId: '1', address: eve.address }))).toBeNull();
});

test('decisions end, and the log keeps all of them', async () => {
  const db = await openTestStore();
  expect(db.read((tx) => store.nextDecisionEndMs(tx, OF_ONE))).toBeNull();
  await db.commit((tx) => store.addDecision(tx, { ...BOB, decision: 'block', untilMs: null, decidedAtMs: 1 }));
  const first = await db.commit((tx) => store.addDecision(tx, { ...BOB, decision: 'allow', untilMs: 50, decidedAtMs: 2 }));
  const eve = { accountId: '1', address: 'sip:eve@example.org' };
  await db.commit((tx) => store.addDecision(tx, { ...eve, decision: 'politely-block', untilMs: 60, decidedAtMs: 3 }));
  expect(db.read((tx) => store.nextDecisionEndMs(tx, OF_ONE))).toBe(50);
  expect(db.read((tx) => store.listEndedDecisions(tx, { accountId: '1', atMs: 50 }))).toEqual([first]);
  expect(await db.commit((tx) => store.endDecision(tx, { ...BOB, endedAtMs: 51 }))).toBe(true);
  expect(await db.commit((tx) => store.endDecision(tx, { ...BOB, endedAtMs: 52 }))).toBe(false);
  expect(db.read((tx) => store.getDecision(tx, BOB))).toBeNull();
  expect(await db.commit((tx) => store.updateDecision(tx, { ...BOB, failure: 'x' }))).toBeNull();
  await db.commit((tx) => store.updateDecision(tx, { ...eve, isPending: false, confirmedAtMs: 55, confirmedState: 'active' }));
  const log = db.read((tx) => store.listDecisionRecords(tx, { accountId: '1', query: '', limit: 3 })).map(store.shownRecord);
  const shared = { accountId: '1', displayName: '', sphere: '', seen: null, device: '' };
  const silent = { confirmedAtMs: null, confirmedState: '' };
  const ended = { decisionId: '4', address: BOB.address, decision: 'none', decidedAtMs: 51, untilMs: null };
  const polite = { decisionId: '3', address: eve.address, decision: 'politely-block', decidedAtMs: 3, untilMs: 60 };
  const allow = { decisionId: '2', address: BOB.address, decision: 'allow', decidedAtMs: 2, untilMs: 50 };
  expect(log).toEqual([
    { ...shared, ...silent, ...ended, isCurrent: true, canUndo: false },
    { ...shared, ...polite, confirmedAtMs: 55, confirmedState: 'active', isCurrent: true, canUndo: true },
    { ...shared, ...silent, ...allow, isCurrent: false, canUndo: false },
  ]);
  expect(db.read((tx) => store.findDecisionRecord(tx, { ...BOB, before: '2' }))?.decision).toBe('block');
});

test('conflicts and what was learned of a server', async () => {
  const db = await openTestStore();
  const terms = { untilMs: null, sphere: '', seen: null, except: [] };
  const conflict = {
    ...BOB,
    displayName: 'Bob',
    ours: { ...terms, decision: 'allow' as const, decidedAtMs: 3 },
    theirs: { ...terms, decision: 'none' as const, seenAtMs: 4 },
  };
  const added = await db.commit((tx) => store.addConflict(tx, conflict));
  expect(added).toEqual({ conflictId: '1', ...conflict });
  expect(db.read((tx) => [...store.listConflicts(tx, OF_ONE), store.getConflict(tx, added), store.findConflict(tx, BOB)])).toEqual([
    ...[added, added, added],
  ]);
  expect(store.shownConflict(added).theirs).toEqual({ decision: 'later', untilMs: null, seenAtMs: 4 });
  await db.commit((tx) => store.removeConflict(tx, added));
  expect(db.read((tx) => store.listConflicts(tx, OF_ONE))).toEqual([]);
  await db.commit((tx) => store.saveServerFact(tx, { accountId: '1', name: 'way', value: 'single' }));
  expect(db.read((tx) => store.getServerFact(tx, { accountId: '1', name: 'way' }))).toBe('single');
  await db.commit((tx) => store.forgetServerFacts(tx, OF_ONE));
  expect(db.read((tx) => store.getServerFact(tx, { accountId: '1', name: 'way' }))).toBeNull();
});

test('documents and the own edits that wait for the server', async () => {
  const db = await openTestStore();
  const document = { accountId: '1', auid: 'pres-rules', url: 'http://x/pres-rules/a', etag: '"1"', text: '<a/>', fetchedAtMs: 4 };
  await db.commit((tx) => store.saveDocument(tx, document));
  await db.commit((tx) => store.saveDocument(tx, { ...document, etag: null, text: '' }));
  expect(db.read((tx) => store.getDocument(tx, document))).toEqual({ ...document, etag: null, text: '' });
  expect(await db.commit((tx) => store.removeDocument(tx, document))).toBe(true);
  expect(db.read((tx) => store.getDocument(tx, document))).toBeNull();
  const edit = { accountId: '1', auid: 'pres-rules', edit: '{"allow":"sip:bob@example.org"}', createdAtMs: 6 };
  const one = await db.commit((tx) => store.addDocumentEdit(tx, edit));
  const two = await db.commit((tx) => store.addDocumentEdit(tx, { ...edit, createdAtMs: 7 }));
  expect([one, two]).toEqual([
    { editId: '1', ...edit },
    { editId: '2', ...edit, createdAtMs: 7 },
  ]);
  expect(db.read((tx) => store.listDocumentEdits(tx, edit))).toEqual([one, two]);
  await db.commit((tx) => store.removeDocumentEdits(tx, { editIds: ['1'] }));
  expect(db.read((tx) => store.listDocumentEdits(tx, edit))).toEqual([two]);
});
