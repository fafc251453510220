// A hundred contacts by one subscription, through the whole app: Kamailio's list server under a name that the app does not know.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Contact } from '../../app/domain/contact.ts';
import { type DevelopmentServer, startServer } from '../../build/server/server.ts';
import { PRESENCE_RULES_CONTENT_TYPE } from '../../main/simple/document/presence-rules.ts';
import { RESOURCE_LISTS_CONTENT_TYPE, putEntries } from '../../main/simple/document/resource-lists.ts';
import { type Person, People } from './support/people.ts';
import { simplePerson } from './support/simple-person.ts';
import { decide } from '../support/decide.ts';

const CONTACTS = 100;
const WITHIN_MS = 15_000;
const names = Array.from({ length: CONTACTS }, (_, index) => `c${index}`);
/** The server’s record of the wire is that much late. */
const WIRE_LAG_MS = 600;
const LISTS = { auid: 'resource-lists', contentType: RESOURCE_LISTS_CONTENT_TYPE };
const RULES = { auid: 'pres-rules', contentType: PRESENCE_RULES_CONTENT_TYPE };
const LIST = 'sip:ada-contacts@example.test';
const nameOf = (address = ''): string => /:(.*)@/u.exec(address)?.[1] ?? '';
const addressOf = (name: string): string => `sip:${name}@example.test`;

let server: DevelopmentServer;
let people: People;
let ada: Person;
/** Of whom the list told, and who is not watched alone besides: INTEROP(Kamailio 5.6) loses some when many come at once. */
let inList: string[] = [];
beforeAll(async () => {
  const users = ['ada', ...names].map((name) => ({ name, password: `${name}-secret` }));
  // INTEROP(Kamailio 5.6): by its own name it is watched singly, for what the second test here shows.
  server = await startServer({ users, serverName: 'Lists' });
  people = new People(server);
  const before = await simplePerson(server, 'ada', 'tcp');
  let lists: string | undefined;
  for (const name of names) {
    const edited = putEntries(lists, [{ uri: addressOf(name), displayName: name }]);
    if (edited.kind === 'ok') lists = edited.text;
  }
  expect(await before.xcap.put(LISTS, lists ?? '', { kind: 'none' })).toMatchObject({ kind: 'stored' });
  await before.end();
  for (const name of names) {
    await answers(addressOf(name), 'allow');
    await publishes(addressOf(name), `note of ${name}`);
  }
  ada = await people.signIn('ada', 'tcp');
}, 60_000);
afterAll(async () => {
  await people.end();
  await server.stop();
});

/** Stores what somebody answers to ada. */
async function answers(address: string | undefined, subHandling: 'allow' | 'block'): Promise<void> {
  const rules = decide(undefined, { address: 'sip:ada@example.test', subHandling }, Date.now());
  if (rules.kind === 'failure') throw new Error(rules.reason);
  const person = await simplePerson(server, nameOf(address));
  expect(await person.xcap.put(RULES, rules.text, { kind: 'none' })).toMatchObject({ kind: 'stored' });
  await person.end();
}

async function publishes(address: string | undefined, note: string): Promise<void> {
  const person = await simplePerson(server, nameOf(address));
  expect(await person.publish(note)).toBe(200);
  await person.end();
}

/** By Call-ID, so that each subscription is told once. */
const knownDialogs = new Set<string>();

/** Whom the app asked for presence since the last time. The list server's own questions come from the server's port. */
async function newlyAsked(): Promise<string[]> {
  await sleep(WIRE_LAG_MS);
  const targets: string[] = [];
  for (const message of server.wire().split('====================')) {
    if (!message.startsWith('\ntag: rcv') || message.includes(`srcport: ${server.ports.sip}\n`)) continue;
    const target = /^SUBSCRIBE (\S+) SIP/mu.exec(message)?.[1];
    const dialog = /^Call-ID: *(\S+)/imu.exec(message)?.[1];
    if (target === undefined || dialog === undefined || knownDialogs.has(dialog)) continue;
    if (!/^Event: *presence\r?$/imu.test(message) || /^To:.*;tag=/imu.test(message)) continue;
    knownDialogs.add(dialog);
    targets.push(target);
  }
  return targets;
}

type Suits = (contacts: readonly Contact[]) => boolean;
const has =
  (note: string): Suits =>
  (contacts) =>
    contacts.some(({ presence }) => presence.note === note);
const isRejected: Suits = (contacts) => contacts.some(({ subscription }) => subscription.reason === 'rejected');
const areSeen =
  (count: number): Suits =>
  (contacts) =>
    contacts.filter(({ presence }) => presence.availability === 'available').length === count;

/** Waits until all of it holds; what is known of each then. */
async function untilContacts(...suits: readonly Suits[]): Promise<object[]> {
  const { app, accountId } = ada;
  const { contacts } = await app.until('listContacts', { accountId }, (output) => suits.every((suit) => suit(output.contacts)), WITHIN_MS);
  return contacts.map(({ address, subscription, presence }) => ({
    address,
    state: subscription.state,
    availability: presence.availability,
  }));
}

async function listWay(): Promise<unknown> {
  return (await ada.app.call('listAccounts', {})).accounts[0]?.listWay;
}

test('a hundred contacts come by one subscription, and what they change', async () => {
  await untilContacts(areSeen(CONTACTS));
  const asked = await newlyAsked();
  const alone = asked.filter((target) => target !== LIST);
  expect({ way: await listWay(), lists: asked.length - alone.length, areFewAlone: alone.length < CONTACTS / 2 }).toEqual({
    ...{ way: 'server-list', lists: 1, areFewAlone: true },
  });
  inList = names.map(addressOf).filter((address) => !alone.includes(address));
  await publishes(inList[0], 'changed');
  await untilContacts(has('changed'), areSeen(CONTACTS));
  expect(await newlyAsked()).not.toContain(inList[0]);
});

test('who blocks us is not told of by this list server; at the next sign-in the app asks that one alone', async () => {
  const blocker = inList[1];
  await answers(blocker, 'block');
  await publishes(inList[2], 'changed afterwards');
  // INTEROP(Kamailio 5.6): this is why it is watched singly where it says its name.
  expect(await untilContacts(has('changed afterwards'))).toContainEqual({ address: blocker, state: 'active', availability: 'available' });
  await newlyAsked();
  await people.restart(ada);
  const after = await untilContacts(isRejected, areSeen(CONTACTS - 1));
  expect(after).toContainEqual({ address: blocker, state: 'terminated', availability: 'unknown' });
  expect(await listWay()).toBe('server-list');
  expect(await newlyAsked()).toEqual(expect.arrayContaining([LIST, blocker]));
});

test('once it says its name, the list is given up and everybody is watched alone', async () => {
  await newlyAsked();
  ada.app.forget();
  await server.halt();
  const file = join(server.folder, 'kamailio.cfg');
  writeFileSync(file, readFileSync(file, 'utf8').replace('server_header="Server: Lists"', ''));
  await server.start();
  await ada.app.call('retryAccount', { accountId: ada.accountId });
  await ada.app.change('account-changed', ({ account }) => account.listWay === 'single', WITHIN_MS);
  const alone = new Set<string>();
  await expect
    .poll(async () => (await newlyAsked()).forEach((target) => alone.add(target)) ?? names.every((name) => alone.has(addressOf(name))), {
      timeout: WITHIN_MS,
    })
    .toBe(true);
  await untilContacts(isRejected, areSeen(CONTACTS - 1));
});
