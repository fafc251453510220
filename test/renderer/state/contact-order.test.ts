// People in the order of their names: as if all were sorted anew, whatever changes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Contact } from '../../../app/domain/contact.ts';
import { mergeNamed, toNamed, type NamedContact } from '../../../renderer/state/contact-order.ts';
import { matchingPeople } from '../../../renderer/state/matching.ts';
import { startApp } from '../support/app.ts';

const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

function contact(contactId: string, name: string): Contact {
  return {
    contactId,
    accountId: 'a',
    address: `sip:${contactId}@example.org`,
    name,
    presence: { availability: 'unknown', note: '', activities: [], devices: [], changedAtMs: 0 },
    subscription: { state: 'off', sinceMs: 0 },
  };
}

describe('mergeNamed', () => {
  it('gives each contact once, by its newest name, in the order of names', () => {
    const name = fc.constantFrom('', 'Ada', 'ada', 'Äda', 'Bob', 'Zoë', 'zoe 10', 'zoe 9', 'Émile', '李');
    const batch = fc.uniqueArray(fc.tuple(fc.nat(30), name), { selector: ([id]) => id, maxLength: 30 });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
        const newest = new Map<string, NamedContact>();
        let list: readonly NamedContact[] = [];
        for (const changed of batches) {
          const named = changed.map(([id, called]) => toNamed(contact(`c${id}`, called)));
          for (const one of named) newest.set(one.contactId, one);
          list = mergeNamed(list, named);
        }
        const sorted = [...newest.values()].sort((a, b) => collator.compare(a.name, b.name) || (a.contactId < b.contactId ? -1 : 1));
        expect(list).toEqual(sorted);
      }),
    );
  });
});

describe('matchingPeople', () => {
  it('finds who was renamed by the new name alone', async () => {
    const { app, clock } = await startApp();
    const ids = (query: string): string[] => matchingPeople(app.contacts, query, 5).map((one) => one.contactId);
    app.contacts.applyContact(contact('zoe', 'Zoë Åström'));
    clock.advance(40);
    expect([ids('ASTROM zo'), ids('zoe@example.org'), ids('zoe nobody')]).toEqual([['zoe'], ['zoe'], []]);
    app.contacts.applyContact(contact('zoe', 'Yvonne'));
    clock.advance(40);
    expect([ids('astrom'), ids('yvonne')]).toEqual([[], ['zoe']]);
    app.contacts.applyRemoved('zoe');
    expect(ids('yvonne')).toEqual([]);
  });
});
