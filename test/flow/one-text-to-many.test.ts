// Promise: one text to several people is a message in each conversation; one request where the server offers lists (RFC 5365), singly else.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { headerText } from '../../main/sip/index.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { messagesOf } from '../support/message-flow.ts';

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
