// Made-up accounts, contacts, conversations, requests and watchers for the window's tests: short, long, right-to-left and hostile ones.
import type { Account } from '../../../app/domain/account.ts';
import type { Contact } from '../../../app/domain/contact.ts';
import type { Conversation } from '../../../app/domain/conversation.ts';
import type { Message } from '../../../app/domain/message.ts';
import type { NearbyPeer } from '../../../app/domain/nearby.ts';
import type { Task } from '../../../app/domain/task.ts';
import type { Conflict, DecisionRecord, PolicyRule, Request, Watcher } from '../../../app/domain/watcher.ts';
import type { BlockedAddress } from '../../../renderer/state/blocked.svelte.ts';
import { makeBlocked, makeConflicts, makeDecision, makeDecisions, makeRules } from './fake-decisions.ts';

export const ACCOUNT_ID = 'account-1';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export interface FakeData {
  accounts: Account[];
  contacts: Contact[];
  conversations: Conversation[];
  messages: Map<string, Message[]>;
  requests: Request[];
  watchers: Watcher[];
  /** Newest first. */
  decisions: DecisionRecord[];
  conflicts: Conflict[];
  rules: PolicyRule[];
  blocked: BlockedAddress[];
  tasks: Task[];
  /** Requests that were answered, by address, so that undoing brings them back. */
  answered: Map<string, Request>;
  peers: NearbyPeer[];
  /** By address; '' for the account. */
  reporting: Map<string, { delivery: boolean | null; display: boolean | null; typing: boolean | null }>;
  /** By conversation; '' for all. */
  retention: Map<string, number | null>;
}

export function makeRest(): Omit<FakeData, 'accounts' | 'contacts' | 'conversations' | 'messages' | 'requests' | 'watchers'> {
  return {
    decisions: [],
    conflicts: [],
    rules: [],
    blocked: [],
    tasks: [],
    answered: new Map(),
    peers: [],
    reporting: new Map(),
    retention: new Map(),
  };
}

export function makeAccount(nowMs: number): Account {
  const ok = { state: 'ok', untilMs: nowMs + 9 * MINUTE_MS } as const;
  return {
    accountId: ACCOUNT_ID,
    kind: 'sip',
    address: 'sip:ada@example.org',
    settings: { displayName: 'Ada Byron' },
    registration: ok,
    publication: ok,
    watcherInfo: ok,
    policy: { state: 'ok' },
    contactList: { state: 'ok' },
    ownPresence: { availability: 'available', note: 'writing', activity: '' },
  };
}

type Seed = readonly [
  user: string,
  name: string,
  availability: Contact['presence']['availability'],
  note: string,
  state: Contact['subscription']['state'],
];

const SEEDS: readonly Seed[] = [
  ['bob', 'Bob Martin', 'busy', 'in a meeting', 'active'],
  ['carol', 'Carol Nwosu', 'away', '', 'active'],
  ['dave', 'Dave', 'offline', '', 'active'],
  ['erin', 'Erin O’Connor', 'available', 'Ask me anything about trains, timetables and the art of arriving', 'active'],
  ['faisal', 'فيصل العتيبي', 'available', 'في المكتب', 'active'],
  ['grace', 'Grace', 'unknown', '', 'pending'],
  ['heidi', 'Heidi Lehmann-Schwarzenegger von und zu Hohenlohe-Langenburg am Bodensee', 'silent', '', 'active'],
  ['ivan', 'Ivan', 'unknown', '', 'terminated'],
  ['noa', 'נועה לוי', 'away', '', 'active'],
  ['yuki', '山田 ゆき', 'available', '', 'active'],
];

function contact(seed: Seed, nowMs: number): Contact {
  const [user, name, availability, note, state] = seed;
  const address = `sip:${user}@example.org`;
  const devices =
    user === 'bob'
      ? [
          { deviceId: 'd1', name: 'Laptop', availability: 'busy' as const, note: '', address },
          { deviceId: 'd2', name: 'Phone', availability: 'offline' as const, note: '', address },
        ]
      : [];
  return {
    contactId: `contact-${user}`,
    accountId: ACCOUNT_ID,
    address,
    name,
    presence: { availability, note, activities: [], devices, changedAtMs: availability === 'unknown' ? 0 : nowMs - 12 * MINUTE_MS },
    subscription: { state, sinceMs: nowMs - 2 * HOUR_MS, ...(state === 'terminated' ? { reason: 'rejected' } : {}) },
  };
}

let lastMessage = 0;
export function makeMessage(conversationId: string, address: string, atMs: number, more: Partial<Message> & { text: string }): Message {
  lastMessage += 1;
  const direction = more.direction ?? 'in';
  return {
    messageId: `message-${lastMessage}`,
    conversationId,
    accountId: ACCOUNT_ID,
    direction,
    address,
    contentType: 'text/plain',
    sentAtMs: atMs,
    storedAtMs: atMs,
    state: direction === 'in' ? 'read' : 'delivered',
    ...more,
  };
}

const HOSTILE =
  '<b>bold?</b> <img src=x onerror=alert(1)> \u0007bell \u202Egnitupmoc\u202C https://example.org/path?q=1. javascript:alert(1)';

function bobsMessages(conversationId: string, nowMs: number): Message[] {
  const at = (minutesAgo: number, more: Partial<Message> & { text: string }): Message =>
    makeMessage(conversationId, 'sip:bob@example.org', nowMs - minutesAgo * MINUTE_MS, more);
  return [
    at(3 * 24 * 60, { text: 'Have you seen the new timetable?' }),
    at(3 * 24 * 60 - 2, { direction: 'out', text: 'Not yet. Send it over?', state: 'displayed' }),
    at(26 * 60, { text: 'Here: https://trains.example.org/timetable(2026).pdf – page 3 is the one.' }),
    at(26 * 60 - 1, { text: 'And this one is odd:' }),
    at(26 * 60 - 1, { text: HOSTILE }),
    at(26 * 60 - 3, { direction: 'out', text: 'Thanks! I will look at it tonight.', state: 'delivered' }),
    at(70, { text: 'مرحبا، كيف حالك؟ see you at 10:00' }),
    at(64, { direction: 'out', text: 'Hi, are you around?', state: 'displayed' }),
    at(63, { text: 'Yes! Two minutes.' }),
    at(62, { text: `A long one. ${'All work and no play makes this paragraph rather long, which is why it is folded.\n'.repeat(40)}` }),
    at(30, { direction: 'out', text: 'Shall we say platform 9?', state: 'accepted' }),
    at(29, {
      direction: 'out',
      text: 'Or rather 10.',
      state: 'failed',
      failure: { code: 480, reason: 'Bob is not signed in anywhere, and the server keeps no messages.' },
    }),
    at(6, { text: 'Here is the plan for tomorrow: coffee first, then the archive, then we walk along the river.', state: 'received' }),
    at(5, { text: '👍', state: 'received' }),
  ];
}

export function makeConversation(
  conversationId: string,
  address: string,
  messages: readonly Message[],
  more: Partial<Conversation> = {},
): Conversation {
  return {
    conversationId,
    accountId: ACCOUNT_ID,
    address,
    displayName: '',
    lastMessage: messages.at(-1) ?? null,
    unreadCount: messages.filter((message) => message.state === 'received').length,
    draft: '',
    ...more,
  };
}

function request(user: string, displayName: string, askedAtMs: number, more: Partial<Request> = {}): Request {
  return {
    requestId: `request-${user}`,
    accountId: ACCOUNT_ID,
    address: `sip:${user}@example.net`,
    displayName,
    state: 'pending',
    firstSeenAtMs: askedAtMs - 8 * MINUTE_MS,
    lastSeenAtMs: askedAtMs,
    isPostponed: false,
    ...more,
  };
}

function watcher(user: string, nowMs: number, more: Partial<Watcher>): Watcher {
  return {
    accountId: ACCOUNT_ID,
    address: `sip:${user}@example.org`,
    displayName: '',
    state: 'active',
    event: 'approved',
    decision: 'allow',
    decidedAtMs: nowMs - 20 * HOUR_MS,
    untilMs: null,
    isConfirmed: true,
    confirmedAtMs: nowMs - 20 * HOUR_MS,
    ...more,
  };
}

/** What a person who has used the app for a while sees. */
export function makeLivelyData(nowMs: number): FakeData {
  const messages = new Map<string, Message[]>([['c-bob', bobsMessages('c-bob', nowMs)]]);
  const short: readonly (readonly [string, number, Partial<Message> & { text: string }])[] = [
    ['carol', 90, { text: 'The minutes are in the shared folder, could you read them before noon?' }],
    ['dave', 60 * 50, { direction: 'out', text: 'See you next week', state: 'delivered' }],
    ['faisal', 200, { text: 'سأرسل لك الملف بعد قليل' }],
    ['heidi', 60 * 24 * 9, { text: 'Vielen Dank für die schnelle Antwort!' }],
    ['yuki', 60 * 30, { direction: 'out', text: 'ありがとう', state: 'failed', failure: { code: 0, reason: 'Nobody answered.' } }],
  ];
  for (const [user, minutesAgo, more] of short) {
    messages.set(`c-${user}`, [makeMessage(`c-${user}`, `sip:${user}@example.org`, nowMs - minutesAgo * MINUTE_MS, more)]);
  }
  const conversations = [...messages].map(([id, list]) =>
    makeConversation(id, `sip:${id.slice(2)}@example.org`, list, id === 'c-dave' ? { draft: 'And another thing: the' } : {}),
  );
  return {
    ...makeRest(),
    decisions: makeDecisions(nowMs),
    rules: makeRules(nowMs),
    blocked: makeBlocked(nowMs),
    accounts: [makeAccount(nowMs)],
    contacts: SEEDS.map((seed) => contact(seed, nowMs)),
    conversations,
    messages,
    requests: [
      request('mallory', 'Bob Martin \u202E(admin)', nowMs - 4 * MINUTE_MS, { askedCount: 7 }),
      request('oscar', 'Oscar', nowMs - 5 * HOUR_MS, { state: 'waiting', askedCount: 2, isOneTime: true }),
      request('peggy.longaddress.with.very.many.parts.in.its.user.name', '', nowMs - 30 * HOUR_MS),
      request('trent', 'Trent', nowMs - 60 * HOUR_MS, { isPostponed: true }),
    ],
    watchers: [
      watcher('bob', nowMs, { untilMs: nowMs + 3 * HOUR_MS, sinceMs: nowMs - 2 * HOUR_MS, byRule: 'decision' }),
      watcher('carol', nowMs, { sinceMs: nowMs - 26 * HOUR_MS, byRule: 'rule' }),
      watcher('erin', nowMs, { decision: 'politely-block', isConfirmed: false, confirmedAtMs: null, decidedAtMs: nowMs - 2 * MINUTE_MS }),
      watcher('ivan', nowMs, {
        decision: 'block',
        state: 'terminated',
        event: 'rejected',
        isConfirmed: false,
        confirmedAtMs: null,
        failure: 'The rules are locked by an administrator.',
      }),
    ],
  };
}

export function makeEmptyData(nowMs: number): FakeData {
  return {
    ...makeRest(),
    accounts: [makeAccount(nowMs)],
    contacts: [],
    conversations: [],
    messages: new Map(),
    requests: [],
    watchers: [],
  };
}

/** No account yet. */
export function makeNewData(): FakeData {
  return { ...makeRest(), accounts: [], contacts: [], conversations: [], messages: new Map(), requests: [], watchers: [] };
}

/** The lively one, with everything that is seldom: a conflict, what the server does not do, unknown senders, references, quotes. */
export function makeTroubledData(nowMs: number): FakeData {
  const data = makeLivelyData(nowMs);
  data.conflicts = makeConflicts(nowMs);
  data.accounts = data.accounts.map((account) => ({
    ...account,
    findings: [
      {
        kind: 'ignores-rule',
        reason: 'The server does not heed your rule for Erin: Erin still sees you. Your answer is kept and tried again.',
      },
      { kind: 'no-xcap', reason: 'This server keeps no rules, so it may forget your answers; they are kept here.' },
    ],
  }));
  const add = (id: string, address: string, list: Message[], more: Partial<Conversation>): void => {
    data.messages.set(id, list);
    data.conversations.push(makeConversation(id, address, list, more));
  };
  const stranger = 'sip:stranger@example.com';
  add(
    'c-stranger',
    stranger,
    [makeMessage('c-stranger', stranger, nowMs - HOUR_MS, { text: 'Win a prize at https://example.com now', state: 'received' })],
    {
      isUnknown: true,
      displayName: 'Lucky Winner',
    },
  );
  const bobs = data.messages.get('c-bob') ?? [];
  const bob = (minutesAgo: number, more: Partial<Message> & { text: string }): Message =>
    makeMessage('c-bob', 'sip:bob@example.org', nowMs - minutesAgo * MINUTE_MS, more);
  bobs.push(
    bob(4, { text: '> Shall we say platform 9?\n\nPlatform 9 it is.', state: 'received' }),
    bob(3, {
      text: '',
      contentType: 'message/external-body',
      state: 'received',
      reference: { name: 'plan.pdf', size: 482_113, type: 'application/pdf', state: 'offered' },
    }),
    bob(2, { text: 'Sent while you were away.', state: 'received', wasStored: true }),
  );
  data.conversations = data.conversations.map((one) =>
    one.conversationId === 'c-bob' ? makeConversation('c-bob', one.address, bobs, { isTyping: true }) : one,
  );
  return data;
}

/** Thousands of everything. */
export function makeLargeData(nowMs: number): FakeData {
  const data = makeLivelyData(nowMs);
  const states = ['available', 'away', 'busy', 'offline', 'silent'] as const;
  for (let at = 0; at < 10_000; at += 1) {
    data.contacts.push(contact([`person${at}`, `Person ${at}`, states[at % states.length] ?? 'offline', '', 'active'], nowMs));
  }
  const many: Message[] = [];
  for (let at = 10_000; at > 0; at -= 1) {
    const text =
      at % 7 === 0
        ? `Number ${at}, with a few more words in it so that it takes up several lines here and there.\nAnd a second line.`
        : `Number ${at}`;
    many.push(
      makeMessage('c-carol', 'sip:carol@example.org', nowMs - at * 7 * MINUTE_MS, { text, direction: at % 3 === 0 ? 'out' : 'in' }),
    );
  }
  data.messages.set('c-carol', many);
  data.conversations = data.conversations.map((one) =>
    one.conversationId === 'c-carol' ? makeConversation('c-carol', one.address, many) : one,
  );
  for (let at = 0; at < 2_000; at += 1) {
    const address = `sip:person${at}@example.org`;
    const one = makeMessage(`c-many-${at}`, address, nowMs - (at + 10) * HOUR_MS, { text: `Hello number ${at}` });
    data.messages.set(`c-many-${at}`, [one]);
    data.conversations.push(makeConversation(`c-many-${at}`, address, [one]));
  }
  for (let at = 0; at < 5_000; at += 1) {
    data.requests.push(request(`asker${at}`, `Asker ${at}`, nowMs - (at + 61) * HOUR_MS));
    data.watchers.push(watcher(`watcher${at}`, nowMs, { sinceMs: nowMs - at * MINUTE_MS }));
    data.decisions.push(makeDecision(`sip:watcher${at}@example.org`, 'allow', nowMs - (at + 80) * HOUR_MS));
  }
  return data;
}
