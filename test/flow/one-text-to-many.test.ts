// Promise: one text to several people is a message in each conversation; one request where the server offers lists (RFC 5365), singly else.
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { headerText } from '../../main/sip/index.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { messagesOf, sendUntil } from '../support/message-flow.ts';

let world: FlowWorld;
let ada: Person;
let accountId: string;
let asOne: { require: string | undefined; body: string }[];
beforeEach(async () => {
  world = await createFlowWorld();
  ada = await world.person('ada');
  accountId = await ada.signIn();
  asOne = [];
});
afterEach(() => world.end());

const PEOPLE = ['bob@example.test', 'sip:carol@example.test', 'im:bob@example.test'];

/** A server for lists that says it is one, and answers requests to it with `status`. */
function offerLists(status: number): void {
  world.server.registrar.refuse = (request) => {
    if (request.uri.kind !== 'sip' || request.uri.user !== undefined) return undefined;
    if (request.method === 'OPTIONS') return { status: 200, headers: [{ name: 'Supported', value: 'recipient-list-message' }] };
    asOne.push({ require: headerText(request, 'Require'), body: new TextDecoder().decode(request.body) });
    return { status };
  };
}

async function sendAndSettle(): Promise<string[]> {
  await ada.call('sendToMany', { accountId, addresses: PEOPLE, text: 'party!' });
  await world.clock.advance(20_000);
  return (await messagesOf(ada)).map(({ address, text, state }) => `${address} ${text} ${state}`).sort();
}
const accepted = ['sip:bob@example.test party! accepted', 'sip:carol@example.test party! accepted'];

it('singly where the server knows no lists', async () => {
  expect([await sendAndSettle(), world.server.registrar.kept.length]).toEqual([accepted, 2]);
});

it('as one request where it does, in which nobody sees the others', async () => {
  offerLists(202);
  expect([await sendAndSettle(), world.server.registrar.kept.length, asOne.length, asOne[0]?.require]).toEqual([
    accepted,
    0,
    1,
    'recipient-list-message',
  ]);
  for (const part of [
    'party!',
    'uri="sip:bob@example.test"',
    'uri="sip:carol@example.test"',
    'copyControl="bcc"',
    'Content-Disposition: recipient-list',
  ]) {
    expect(asOne[0]?.body).toContain(part);
  }
});

it('singly when the list is refused, and the list is not tried again', async () => {
  offerLists(403);
  const first = await sendAndSettle();
  await ada.call('sendToMany', { accountId, addresses: PEOPLE, text: 'again' });
  await world.clock.advance(20_000);
  expect([first, asOne.length, world.server.registrar.kept.length]).toEqual([accepted, 1, 4]);
});

it('a plain list that a server on the way got no answer for may have arrived: marked, and not sent again by itself', async () => {
  offerLists(408);
  const states = await sendAndSettle();
  expect([states, asOne.length, world.server.registrar.kept.length]).toEqual([
    ['sip:bob@example.test party! failed', 'sip:carol@example.test party! failed'],
    1,
    0,
  ]);
});

/** The list server never answers. The database as it was when the request came there is what a power cut leaves. */
async function crashWhileSending(betweenRuns: () => void = () => undefined): Promise<void> {
  const files = ['', '-wal'].map((ending) => ada.databaseFile + ending);
  world.server.registrar.refuse = (request) => {
    if (request.uri.kind !== 'sip' || request.uri.user !== undefined) return undefined;
    if (request.method === 'OPTIONS') return { status: 200, headers: [{ name: 'Supported', value: 'recipient-list-message' }] };
    asOne.push({ require: headerText(request, 'Require'), body: new TextDecoder().decode(request.body) });
    for (const file of files) if (existsSync(file)) copyFileSync(file, `${file}.kept`);
    return { status: 100 };
  };
  await ada.call('sendToMany', { accountId, addresses: PEOPLE, text: 'party!' });
  await world.until(() => asOne.length > 0);
  await ada.quit();
  world.server.registrar.refuse = undefined;
  rmSync(`${ada.databaseFile}-shm`, { force: true });
  for (const file of files) {
    if (existsSync(`${file}.kept`)) copyFileSync(`${file}.kept`, file);
    else rmSync(file, { force: true });
  }
  betweenRuns();
  ada.changes.length = 0;
  await ada.launch();
  await world.clock.advance(60_000);
}

function withDatabase(sql: string): void {
  const database = new Database(ada.databaseFile);
  database.exec(sql);
  database.close();
}

it('a plain list whose fate a crash took is marked, and goes to nobody twice unless the person wants it', async () => {
  await crashWhileSending();
  const after = await messagesOf(ada);
  expect(after.map(({ state, failure }) => [state, failure?.reason.includes('may have arrived'), failure?.by])).toEqual([
    ['failed', true, 'here'],
    ['failed', true, 'here'],
  ]);
  expect(world.server.registrar.kept).toHaveLength(0);
  await ada.call('resendMessage', { messageId: after[0]?.messageId ?? '' });
  await world.clock.advance(20_000);
  expect([(await messagesOf(ada)).map(({ state }) => state).sort(), world.server.registrar.kept.length]).toEqual([
    ['accepted', 'failed'],
    1,
  ]);
});

it('nor where nothing can be stored at the next start: the program opens all the same, and looks at it again', async () => {
  await crashWhileSending(() =>
    withDatabase(`CREATE TRIGGER full BEFORE UPDATE OF state ON message BEGIN SELECT RAISE(ABORT, 'disk full'); END`),
  );
  expect((await messagesOf(ada)).map(({ state }) => state)).toEqual(['sending', 'sending']);
  withDatabase('DROP TRIGGER full');
  await world.clock.advance(60_000);
  expect((await messagesOf(ada)).map(({ state, failure }) => [state, failure?.reason.includes('may have arrived')])).toEqual([
    ['failed', true],
    ['failed', true],
  ]);
  expect(world.server.registrar.kept).toHaveLength(0);
});

it('to people who take CPIM it goes again by itself, under the one Message-ID that the list had', async () => {
  for (const name of ['bob', 'carol'] as const) {
    const person = await world.person(name);
    const own = await person.signIn();
    await sendUntil(world, ada, { accountId, address: person.address, text: 'hello' }, 'accepted');
    await sendUntil(world, person, { accountId: own, address: ada.address, text: 'hello yourself' }, 'accepted');
    await sendUntil(world, ada, { accountId, address: person.address, text: 'now we know each other' }, 'accepted');
    await world.clock.advance(5_000);
    await person.quit();
  }
  await crashWhileSending();
  const ids = (text: string): string[] => [...text.matchAll(/imdn\.Message-ID: (.*?)\r/g)].map(([, id]) => id ?? '');
  const inList = ids(asOne[0]?.body ?? '');
  const singly = world.server.registrar.kept.flatMap(({ request }) => ids(new TextDecoder().decode(request.body)));
  expect([inList.length, singly]).toEqual([1, [inList[0], inList[0]]]);
});
