// Five people without a server, a headless process each, on the loopback interface: all find each other, ask, allow and chat in a ring; one is
// killed, one leaves; both are seen as gone, and come back.
import { afterAll, expect, test } from 'vitest';
import type { NearbyPerson } from './support/nearby-people.ts';
import { NearbyPeople, allow, arrived, exchange, gone, meet, shown, write } from './support/nearby-people.ts';

const people = new NearbyPeople();
afterAll(() => people.end());

test(
  'five find each other, ask, allow and chat in a ring; one is killed and one leaves: both are gone, and come back',
  { timeout: 240_000 },
  async () => {
    const names = ['Ada', 'Bob', 'Carol', 'Dave', 'Eve'];
    const all = await Promise.all(names.map((name) => people.start(name)));
    for (const [index, one] of all.entries()) for (const other of all.slice(index + 1)) await meet(one, other);
    expect(new Set(all.map(({ address }) => address)).size).toBe(names.length);

    const next = (index: number): NearbyPerson => all[(index + 1) % all.length]!;
    for (const [index, person] of all.entries()) {
      await allow(person, next(index));
      await exchange(person, next(index), `${person.name} to the next`);
      await exchange(next(index), person, `and back to ${person.name}`);
    }

    const [ada, bob, carol, dave] = all as [NearbyPerson, NearbyPerson, NearbyPerson, NearbyPerson];
    await Promise.all([bob.app.signal('SIGKILL'), dave.app.signal('SIGTERM')]);
    await Promise.all([shown(ada, bob, 'offline'), shown(carol, dave, 'offline')]);
    await Promise.all([ada, carol].flatMap((one) => [bob, dave].map((other) => gone(one, other))));
    await write(ada, bob, 'for later');
    await exchange(carol, ada, 'they are gone, are they?');

    await Promise.all([people.launch(bob), people.launch(dave)]);
    await arrived(ada, bob, 'for later');
    await Promise.all([shown(ada, bob, 'available'), shown(carol, dave, 'available')]);
    for (const [index, person] of all.entries()) await exchange(person, next(index), `${person.name} once more`);
  },
);
