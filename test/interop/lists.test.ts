// Lists on a real Kamailio: a hundred contacts by one subscription, changes, a new member, and what happens without a list.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { PARTIAL_PRESENCE_TYPES } from '../../main/simple/document/partial-presence.ts';
import { PRESENCE_RULES_CONTENT_TYPE } from '../../main/simple/document/presence-rules.ts';
import { parsePidf } from '../../main/simple/document/pidf.ts';
import { RESOURCE_LISTS_CONTENT_TYPE, putEntries } from '../../main/simple/document/resource-lists.ts';
import { RLS_SERVICES_CONTENT_TYPE, putService } from '../../main/simple/document/rls-services.ts';
import type { ListWay } from '../../main/simple/event/list/choose-list-way.ts';
import { watchMembers } from '../../main/simple/event/list/watch-members.ts';
import type { MemberWatch, WatchMembersOptions } from '../../main/simple/event/list/watch-members.ts';
import { listElementUrl } from '../../main/simple/xcap/xcap-url.ts';
import { type SimplePerson, clock, simplePerson, until, uri } from './support/simple-person.ts';
import { decide } from '../support/decide.ts';

const CONTACTS = 100;
const contacts = Array.from({ length: CONTACTS }, (_, index) => `c${index}`);
const LISTS = { auid: 'resource-lists', contentType: RESOURCE_LISTS_CONTENT_TYPE };
const SERVICES = { auid: 'rls-services', contentType: RLS_SERVICES_CONTENT_TYPE };
const LIST_URI = 'sip:ada-contacts@example.test';

let server: DevelopmentServer;
let ada: SimplePerson;
let watch: MemberWatch | undefined;
beforeAll(async () => {
  const users = ['ada', 'zoe', ...contacts].map((name) => ({ name, password: `${name}-secret` }));
  server = await startServer({ users, authorizesEverybody: true });
  for (const name of contacts) await publishAs(name, `note of ${name}`);
}, 60_000);
afterAll(() => server.stop());
beforeEach(async () => {
  ada = await simplePerson(server, 'ada', 'tcp');
});
afterEach(async () => {
  await watch?.stop();
  watch = undefined;
  await ada.end();
});

/** INTEROP(Kamailio 5.6 with SQLite): answers 500 where another of its processes holds the database; who publishes tries again. */
async function publishAs(name: string, note: string): Promise<void> {
  const person = await simplePerson(server, name);
  let status = await person.publish(note);
  for (let tries = 0; status === 500 && tries < 5; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    status = await person.publish(note);
  }
  expect(status).toBe(200);
  await person.end();
}

const addressOf = (name: string): string => `sip:${name}@${server.domain}`;

/** Watches everybody; `notes` is what each says. */
function watchEverybody(
  more: Partial<WatchMembersOptions>,
  names: readonly string[] = contacts,
): { notes: Map<string, string>; states: Map<string, string>; ways: ListWay[] } {
  const notes = new Map<string, string>();
  const states = new Map<string, string>();
  const ways: ListWay[] = [];
  watch = watchMembers({
    subscriber: ada.subscriber('presence'),
    clock,
    log: (level, text) => void ada.log.push(`${level} ${text}`),
    accept: PARTIAL_PRESENCE_TYPES,
    onWay: (way) => ways.push(way),
    onNotify(member, notification) {
      const parsed = notification.body.length === 0 ? undefined : parsePidf(notification.body);
      if (parsed?.kind === 'ok') notes.set(member, parsed.document.tuples[0]?.notes[0]?.text ?? '');
    },
    onState: (member, state) => void states.set(member, state.kind),
    ...more,
  });
  watch.setMembers(names.map(addressOf));
  return { notes, states, ways };
}

const everybody = (): [string, string][] => contacts.map((name) => [addressOf(name), `note of ${name}`]);

async function storeLists(): Promise<void> {
  let lists: string | undefined;
  for (const name of contacts) {
    const edited = putEntries(lists, [{ uri: addressOf(name), displayName: name }]);
    if (edited.kind === 'ok') lists = edited.text;
  }
  expect(await ada.xcap.put(LISTS, lists ?? '', { kind: 'none' })).toMatchObject({ kind: 'stored' });
  const resourceList = listElementUrl(server.xcapRoot, ada.addressText, 'contacts');
  const services = putService(undefined, { uri: LIST_URI, resourceList, entries: [], packages: ['presence'] });
  if (services.kind === 'failure') throw new Error(services.reason);
  expect(await ada.xcap.put(SERVICES, services.text, { kind: 'none' })).toMatchObject({ kind: 'stored' });
}

describe('with a list on the server', () => {
  test('a hundred contacts come with one subscription; changes and new members follow', async () => {
    await storeLists();
    const { notes, states, ways } = watchEverybody({ serverList: uri(LIST_URI) });
    await until(
      () => notes.size === CONTACTS,
      () => `${notes.size} heard, ${ways.join()}, ${ada.log.slice(-5).join('\n')}`,
    );
    expect([...notes].sort()).toEqual(everybody().sort());
    expect({ ways, states: new Set(states.values()) }).toEqual({ ways: ['server-list'], states: new Set(['active']) });

    await publishAs('c7', 'seven changed');
    await until(
      () => notes.get(addressOf('c7')) === 'seven changed',
      () => JSON.stringify(notes.get(addressOf('c7'))),
    );

    await publishAs('zoe', 'newcomer');
    await ada.xcap.editDocument(LISTS, (text) => {
      const edited = putEntries(text, [{ uri: addressOf('zoe'), displayName: 'Zoe' }]);
      return edited.kind === 'ok' ? edited.text : text;
    });
    watch?.setMembers([...contacts, 'zoe'].map(addressOf));
    await until(
      () => notes.get(addressOf('zoe')) === 'newcomer',
      () => `zoe is ${states.get(addressOf('zoe'))}`,
      40_000,
    );
  });
});

describe('with permission rules', () => {
  test('who let us in is seen, and who has not decided is pending, also in a list', async () => {
    const strict = await startServer({ users: ['ada', 'bob', 'carol'].map((name) => ({ name, password: `${name}-secret` })) });
    const people = await Promise.all(['ada', 'bob'].map((name) => simplePerson(strict, name, 'tcp')));
    const [watcher, bob] = people;
    try {
      if (watcher === undefined || bob === undefined) throw new Error('nobody there');
      const rules = decide(undefined, { address: watcher.addressText, subHandling: 'allow' }, Date.now());
      if (rules.kind === 'failure') throw new Error(rules.reason);
      const policy = { auid: 'pres-rules', contentType: PRESENCE_RULES_CONTENT_TYPE };
      expect(await bob.xcap.put(policy, rules.text, { kind: 'none' })).toMatchObject({ kind: 'stored' });
      expect(await bob.publish('let in')).toBe(200);
      const service = { uri: LIST_URI, resourceList: undefined, entries: ['bob', 'carol'].map(addressOf), packages: ['presence'] };
      const services = putService(undefined, service);
      if (services.kind === 'failure') throw new Error(services.reason);
      expect(await watcher.xcap.put(SERVICES, services.text, { kind: 'none' })).toMatchObject({ kind: 'stored' });
      const { notes, states, ways } = watchEverybody({ subscriber: watcher.subscriber('presence'), serverList: uri(LIST_URI) }, [
        'bob',
        'carol',
      ]);
      await until(
        () => notes.size === 1 && states.get(addressOf('carol')) === 'pending',
        () => JSON.stringify([...notes, ...states, ways]),
      );
      expect({ notes: [...notes], ways, states: Object.fromEntries(states) }).toEqual({
        notes: [[addressOf('bob'), 'let in']],
        ways: ['server-list'],
        states: { [addressOf('bob')]: 'active', [addressOf('carol')]: 'pending' },
      });
    } finally {
      await watch?.stop();
      watch = undefined;
      await Promise.all(people.map((person) => person.end()));
      await strict.stop();
    }
  });
});

describe('without a list on the server', () => {
  test('it asks for one in the request, is refused, and watches each alone', async () => {
    const { notes, ways } = watchEverybody({ serverList: uri('sip:no-such-list@example.test'), listServer: uri('sip:example.test') });
    await until(
      () => notes.size === CONTACTS,
      () => `${notes.size} heard, ${ways.join()}\n${ada.log.slice(-5).join('\n')}`,
    );
    notes.delete(addressOf('c7'));
    expect([...notes].sort()).toEqual(
      everybody()
        .filter(([address]) => address !== addressOf('c7'))
        .sort(),
    );
    expect(ways).toEqual(['request-contained', 'single']);
  });
});
