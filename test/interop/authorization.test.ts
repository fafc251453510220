// Who may see us, on a stock Kamailio that tells the presentity nothing after a rules change: each answer and what it does to the watcher,
// its end and its undoing, two devices, rules of others, a restart in the middle.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Contact } from '../../app/domain/contact.ts';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { type Person, People, askAndAnswer } from './support/people.ts';
import { simplePerson } from './support/simple-person.ts';

let server: DevelopmentServer;
let people: People;
beforeEach(async () => {
  server = await startServer();
  people = new People(server);
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

async function ask(watcher: Person, presentity: Person): Promise<string> {
  await watcher.app.call('addContact', { accountId: watcher.accountId, address: presentity.address });
  const { request } = await presentity.app.change('request-added', (change) => change.request.address === watcher.address);
  return request.requestId;
}

async function sees(watcher: Person, availability: string): Promise<void> {
  await watcher.app.change('contact-changed', ({ contact }) => contact.presence.availability === availability);
}

/** What the watcher's own NOTIFY makes of an answer. */
function hasEffect({ subscription, presence }: Contact, decision: string): boolean {
  if (decision === 'allow') return subscription.state === 'active' && presence.availability === 'available';
  return subscription.reason === 'rejected' && presence.availability === 'unknown';
}

test('pending at sign-in; allow brings presence to the watcher; undo takes it away and the question comes back', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  const requestId = await ask(ada, bob);
  await people.restart(bob);
  const waiting = await bob.app.call('listRequests', { accountId: bob.accountId });
  expect(waiting.requests.map((request) => [request.requestId, request.askedCount, request.isOneTime])).toEqual([[requestId, 1, false]]);
  await bob.app.call('decideRequest', { requestId, decision: 'allow' });
  await sees(ada, 'available');
  const { decision } = await bob.app.change('decision-changed', (change) => change.decision.confirmedState === 'active');
  expect([decision.address, decision.decision, decision.device, decision.isCurrent]).toEqual([ada.address, 'allow', 'This computer', true]);
  ada.app.changes.length = 0;
  bob.app.changes.length = 0;
  await bob.app.call('undoDecision', { decisionId: decision.decisionId });
  await bob.app.change('request-added', (change) => change.request.requestId === requestId);
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'unknown');
});

test('a request waits in the inbox over a restart of the app, and later keeps it', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await ada.app.call('addContact', { accountId: ada.accountId, address: bob.address });
  const { request } = await bob.app.change('request-added');
  await people.restart(bob);
  const before = await bob.app.call('listRequests', { accountId: bob.accountId });
  expect(before.requests.map(({ requestId, address }) => ({ requestId, address }))).toEqual([
    { requestId: request.requestId, address: ada.address },
  ]);
  await bob.app.call('decideRequest', { requestId: request.requestId, decision: 'later' });
  const after = await bob.app.call('listRequests', { accountId: bob.accountId });
  expect(after.requests.map(({ requestId, isPostponed }) => ({ requestId, isPostponed }))).toEqual([
    { requestId: request.requestId, isPostponed: true },
  ]);
  await ada.app.change('contact-changed', ({ contact }) => contact.subscription.state === 'pending');
});

test('a request made while the person was signed out is there at sign-in, once', async () => {
  const ada = await people.signIn('ada', 'tcp');
  await ada.app.call('addContact', { accountId: ada.accountId, address: 'sip:bob@example.test' });
  await ada.app.change('contact-changed', ({ contact }) => contact.subscription.state === 'pending');
  const bob = await people.signIn('bob', 'udp');
  await bob.app.change('request-added', ({ request }) => request.address === ada.address);
  await people.restart(bob);
  expect((await bob.app.call('listRequests', { accountId: bob.accountId })).requests).toHaveLength(1);
});

test('block: the watcher is told', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await askAndAnswer(ada, bob, 'block');
  const { contact } = await ada.app.change('contact-changed', (change) => change.contact.subscription.state === 'terminated');
  expect({ reason: contact.subscription.reason, availability: contact.presence.availability }).toEqual({
    reason: 'rejected',
    availability: 'unknown',
  });
});

test('politely block: the watcher sees somebody offline', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await askAndAnswer(ada, bob, 'politely-block');
  const { contact } = await ada.app.change('contact-changed', (change) => change.contact.subscription.state === 'active');
  expect(contact.presence.availability).toBe('offline');
});

test('a person who changes their mind: allow, then block', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await askAndAnswer(ada, bob, 'allow');
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available');
  await bob.app.call('decideWatcher', { accountId: bob.accountId, address: ada.address, decision: 'block' });
  await ada.app.change(
    'contact-changed',
    ({ contact }) => contact.subscription.state === 'terminated' && contact.presence.availability === 'unknown',
  );
});

test('allow until a moment: it ends by itself', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await askAndAnswer(ada, bob, 'allow', Date.now() + 4_000);
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available');
  await ada.app.change(
    'contact-changed',
    ({ contact }) => contact.subscription.state !== 'active' && contact.presence.availability === 'unknown',
  );
});

test('what the preview says is what the watcher gets: everything, and without notes and activities', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  const own = { accountId: bob.accountId, note: 'At my desk', activity: 'meeting', mood: 'happy', place: 'office' } as const;
  await bob.app.call('setOwnPresence', { ...own, availability: 'busy' });
  await askAndAnswer(ada, bob, 'allow');
  const seenAs = async (): Promise<unknown> => {
    const { presence } = await bob.app.call('previewWatcher', { accountId: bob.accountId, address: ada.address });
    return { ...presence, changedAtMs: 0 };
  };
  const gets = async (): Promise<unknown> => {
    const { contacts } = await ada.app.call('listContacts', { accountId: ada.accountId });
    return { ...contacts[0]?.presence, changedAtMs: 0 };
  };
  await sees(ada, 'busy');
  expect(await gets()).toEqual(await seenAs());
  ada.app.changes.length = 0;
  const seen = { notes: false, activities: false, place: true, devices: true };
  await bob.app.call('decideWatcher', { accountId: bob.accountId, address: ada.address, decision: 'allow', seen });
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.note === '' && contact.presence.activities.length === 0);
});

test('two devices of one person decide differently at once: both answers are kept, and the person chooses', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  const laptop = await people.signIn('bob', 'tcp');
  const requestId = await ask(ada, bob);
  const { request } = await laptop.app.change('request-added', (change) => change.request.address === ada.address);
  await Promise.all([
    bob.app.call('decideRequest', { requestId, decision: 'allow' }),
    laptop.app.call('decideRequest', { requestId: request.requestId, decision: 'block' }),
  ]);
  const asked = await Promise.race([bob, laptop].map(async (device) => ({ device, ...(await device.app.change('conflict-changed')) })));
  const { device, conflict } = asked;
  expect([conflict.address, new Set([conflict.ours.decision, conflict.theirs.decision])]).toEqual([
    ada.address,
    new Set(['allow', 'block']),
  ]);
  const other = device === bob ? laptop : bob;
  // The answer that came first stays in force until the person chose; their choice is the other one.
  await ada.app.change('contact-changed', ({ contact }) => hasEffect(contact, conflict.theirs.decision));
  other.app.forget();
  ada.app.forget();
  await device.app.call('resolveConflict', { conflictId: conflict.conflictId, keep: 'ours' });
  await other.app.change(
    'watcher-changed',
    ({ watcher }) => watcher.address === ada.address && watcher.decision === conflict.ours.decision,
    60_000,
  );
  // RFC 6665 §4.1.3: who was rejected asks no more by themself.
  const [contact] = (await ada.app.call('listContacts', { accountId: ada.accountId })).contacts;
  if (conflict.ours.decision === 'allow') await ada.app.call('askAgain', { contactId: contact?.contactId ?? '' });
  await ada.app.change('contact-changed', (change) => hasEffect(change.contact, conflict.ours.decision));
  await device.app.change('watcher-changed', ({ watcher }) => watcher.decision === conflict.ours.decision && watcher.isConfirmed);
}, 90_000);

test('rules of another program stay byte for byte, and are listed', async () => {
  const foreign =
    '<cp:rule id="x1" ><cp:conditions><cp:identity><cp:one id="sip:dave@example.test"/></cp:identity></cp:conditions>' +
    '<cp:actions><pr:sub-handling>block</pr:sub-handling></cp:actions><cp:transformations/></cp:rule>';
  const other = await simplePerson(server, 'bob', 'tcp');
  const document =
    '<?xml version="1.0"?>\n<cp:ruleset xmlns:cp="urn:ietf:params:xml:ns:common-policy" ' +
    `xmlns:pr="urn:ietf:params:xml:ns:pres-rules">\n ${foreign}\n</cp:ruleset>`;
  const rules = { auid: 'org.openmobilealliance.pres-rules', filename: 'pres-rules', contentType: 'application/auth-policy+xml' };
  expect(await other.xcap.put(rules, document, { kind: 'none' })).toMatchObject({ kind: 'stored' });
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await askAndAnswer(ada, bob, 'allow');
  const stored = await other.xcap.get(rules);
  expect(stored.kind === 'document' && stored.text.includes(`\n ${foreign}\n`)).toBe(true);
  expect(stored.kind === 'document' && stored.text.includes(ada.address)).toBe(true);
  const { rules: listed } = await bob.app.call('listPolicyRules', { accountId: bob.accountId });
  expect(listed.filter(({ isOurs }) => !isOurs)).toEqual([
    { ruleId: 'x1', isOurs: false, subject: 'sip:dave@example.test', decision: 'block', untilMs: null, sphere: '', text: foreign },
  ]);
  await other.end();
});

test('the server is restarted in the middle: what was decided meanwhile is brought to it', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  const requestId = await ask(ada, bob);
  await server.halt('SIGKILL');
  await bob.app.call('decideRequest', { requestId, decision: 'allow' });
  await server.start();
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'available', 90_000);
}, 120_000);

test('a whole domain: allowed but one; a server that is no judge of domains lets in nobody else', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  const carol = await people.signIn('carol', 'tcp');
  await ask(ada, bob);
  const scope = { kind: 'domain' as const, domain: 'example.test', except: [carol.address] };
  await bob.app.call('decideScope', { accountId: bob.accountId, scope, decision: 'allow' });
  await sees(ada, 'available');
  await carol.app.call('addContact', { accountId: carol.accountId, address: bob.address });
  await bob.app.change('request-added', (change) => change.request.address === carol.address);
  const { contacts } = await carol.app.call('listContacts', { accountId: carol.accountId });
  expect(contacts.map(({ subscription }) => subscription.state)).toEqual(['pending']);
});

test('only at work: nobody sees us at home', async () => {
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  const requestId = await ask(ada, bob);
  await bob.app.call('setOwnPresence', { accountId: bob.accountId, availability: 'available', sphere: 'work' });
  await bob.app.call('decideRequest', { requestId, decision: 'allow', sphere: 'work' });
  await sees(ada, 'available');
  ada.app.changes.length = 0;
  await bob.app.call('setOwnPresence', { accountId: bob.accountId, availability: 'available', sphere: 'home' });
  await ada.app.change('contact-changed', ({ contact }) => contact.presence.availability === 'unknown');
});

test('a server that lets everybody in is recognised and said', async () => {
  await server.stop();
  server = await startServer({ authorizesEverybody: true });
  await people.end();
  people = new People(server);
  const ada = await people.signIn('ada', 'tcp');
  const bob = await people.signIn('bob', 'tcp');
  await ada.app.call('addContact', { accountId: ada.accountId, address: bob.address });
  const { account } = await bob.app.change('account-changed', (change) => (change.account.findings ?? []).length > 0);
  expect(account.findings?.map(({ kind }) => kind)).toEqual(['authorizes-everybody']);
  const { watchers } = await bob.app.call('listWatchers', { accountId: bob.accountId });
  expect(watchers.map(({ address, state, byRule }) => [address, state, byRule])).toEqual([[ada.address, 'active', 'everybody']]);
});
