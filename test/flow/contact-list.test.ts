// Promise: the contact list is the same on all devices of a person, however long it is: what another one did to it on the server appears here,
// and what is here only is brought there.
import { afterEach, expect, it } from 'vitest';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

const LIST = ['resource-lists', 'sip:ada@example.test'] as const;
/** More than are taken over in one commit. */
const MANY = 230;

function listOf(names: readonly (readonly [user: string, name: string])[]): string {
  const entries = names.map(([user, name]) => `<entry uri="sip:${user}@example.test"><display-name>${name}</display-name></entry>`);
  return `<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="contacts">${entries.join('')}</list></resource-lists>`;
}

const MANY_NAMES = Array.from({ length: MANY }, (_, at) => [`p${at}`, `Person ${at}`] as const);

async function contactsOf(person: Person, accountId: string): Promise<string[]> {
  const { contacts } = await person.call('listContacts', { accountId });
  return contacts.map(({ address, name }) => `${name} <${address}>`).sort();
}

function contactChanges({ changes }: Person, type: 'contact-changed' | 'contact-removed'): Set<string> {
  return new Set(
    changes.flatMap((change) =>
      change.type !== type ? [] : [change.type === 'contact-removed' ? change.contactId : change.contact.contactId],
    ),
  );
}

function puts({ server }: FlowWorld): number {
  return server.documents.exchanges.filter((exchange) => /^PUT resource-lists 20/.test(exchange)).length;
}

it('takes over a long list, its removals and names, and brings what is here only', { timeout: 60_000 }, async () => {
  world = await createFlowWorld();
  const { documents } = world.server;
  const ada = await world.person('ada');
  const accountId = await ada.signIn();
  documents.put(...LIST, listOf(MANY_NAMES));
  await ada.call('retryAccount', { accountId });
  await world.until(() => contactChanges(ada, 'contact-changed').size === MANY, 60_000);
  expect(await contactsOf(ada, accountId)).toEqual(MANY_NAMES.map(([user, name]) => `${name} <sip:${user}@example.test>`).sort());

  const putsBefore = puts(world);
  documents.put(...LIST, listOf([['p7', 'Grace']]));
  const { contactId } = await ada.call('addContact', { accountId, address: 'carol@example.test', name: 'Carol' });
  await world.until(() => contactChanges(ada, 'contact-removed').size === MANY - 1, 60_000);
  await world.clock.advance(10_000);
  expect(await contactsOf(ada, accountId)).toEqual(['Carol <sip:carol@example.test>', 'Grace <sip:p7@example.test>']);
  expect(documents.text(...LIST)).toBe(
    listOf([
      ['p7', 'Grace'],
      ['carol', 'Carol'],
    ]),
  );
  expect(puts(world)).toBe(putsBefore + 1);
  expect(contactChanges(ada, 'contact-removed').has(contactId)).toBe(false);
});

it('what was added while the server was away goes there in one request', { timeout: 60_000 }, async () => {
  world = await createFlowWorld();
  const { documents } = world.server;
  const ada = await world.person('ada');
  const accountId = await ada.signIn();
  documents.isReachable = false;
  for (const [user, name] of MANY_NAMES) await ada.call('addContact', { accountId, address: `${user}@example.test`, name });
  // What is under way fails, too.
  await world.clock.advance(100);
  const putsBefore = puts(world);
  documents.isReachable = true;
  await ada.call('retryAccount', { accountId });
  await world.until(() => documents.text(...LIST) !== undefined, 60_000);
  await world.clock.advance(10_000);
  expect(documents.text(...LIST)).toContain(listOf(MANY_NAMES));
  expect(puts(world)).toBe(putsBefore + 1);
  expect(await contactsOf(ada, accountId)).toHaveLength(MANY);
});
