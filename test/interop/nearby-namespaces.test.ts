// Two computers on one link, without a server: IPv4 and IPv6 link-local, a link that goes down and up, another address. Where the machine
// allows no network namespaces, the test's name says so and why.
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { makeNamespaces } from './support/namespaces.ts';
import type { Namespaces } from './support/namespaces.ts';
import type { NearbyPerson } from './support/nearby-people.ts';
import { NearbyPeople, allow, arrived, exchange, listed, meet, shown, texts, write } from './support/nearby-people.ts';

const made = makeNamespaces('n');
let people = new NearbyPeople();

afterEach(async () => {
  if (typeof made !== 'string') made.setUp(0, true);
  await people.end();
  people = new NearbyPeople();
});
afterAll(() => {
  if (typeof made !== 'string') made.remove();
});

/** Ada and Bob, each on a computer of their own, as the app chooses networks by itself unless said otherwise. */
async function twoComputers(link: Namespaces, interfaces: readonly [readonly string[], readonly string[]]): Promise<NearbyPerson[]> {
  const ada = await people.start('Ada', { command: link.command(0), interfaces: interfaces[0] });
  const bob = await people.start('Bob', { command: link.command(1), interfaces: interfaces[1] });
  await meet(ada, bob);
  return [ada, bob];
}

const registration = (person: NearbyPerson, state: string): Promise<unknown> =>
  person.app.change('account-changed', ({ account }) => account.registration.state === state, 60_000);

if (typeof made === 'string') {
  test(`two computers cannot be made here, as network namespaces are not allowed: ${made}`, () => {
    expect(() => execFileSync('ip', ['netns', 'add', `ww${process.pid}probe`], { stdio: 'pipe' })).toThrow();
  });
} else {
  describe('two computers on one link', () => {
    const both = [made.addresses(0), made.addresses(1)] as const;

    test.each([
      ['IPv4', 0],
      ['IPv6 link-local', 1],
    ])('find each other, ask, allow and chat by %s alone', async (_, index) => {
      const [ada, bob] = await twoComputers(made, [[both[0][index]!], [both[1][index]!]]);
      const { location } = await listed(ada!, bob!, ({ isHere }) => isHere);
      await allow(ada!, bob!);
      await exchange(ada!, bob!, 'over there?');
      await exchange(bob!, ada!, 'here');
      expect([
        location?.startsWith(index === 0 ? '10.77.0.2:' : '[fe80::77:2%near]:'),
        (await listed(ada!, bob!, () => true)).trust,
      ]).toEqual([true, 'pinned']);
    });

    test('the link goes down and up: presence goes, messages wait, all comes back by itself, once', async () => {
      const [ada, bob] = await twoComputers(made, [[], []]);
      await allow(ada!, bob!);
      await allow(bob!, ada!);
      await exchange(ada!, bob!, 'before');
      for (const person of [ada!, bob!]) person.app.forget();

      made.setUp(0, false);
      // Without any network nothing is known of anybody.
      await Promise.all([shown(ada!, bob!, 'unknown'), shown(bob!, ada!, 'unknown')]);
      await Promise.all([listed(ada!, bob!, ({ isHere }) => !isHere), listed(bob!, ada!, ({ isHere }) => !isHere)]);
      for (const text of ['one', 'two', 'three']) await write(ada!, bob!, text);
      for (const text of ['eins', 'zwei', 'drei']) await write(bob!, ada!, text);

      made.setUp(0, true);
      for (const text of ['one', 'two', 'three']) await arrived(ada!, bob!, text);
      for (const text of ['eins', 'zwei', 'drei']) await arrived(bob!, ada!, text);
      await Promise.all([shown(ada!, bob!, 'available'), shown(bob!, ada!, 'available')]);
      await meet(ada!, bob!);
      const theirs = await texts(bob!, ada!);
      expect([theirs.filter((text) => /^[a-z]{3,6}$/.test(text)).sort(), (await texts(ada!, bob!)).sort()]).toEqual([
        ['before', 'drei', 'eins', 'one', 'three', 'two', 'zwei'],
        ['before', 'drei', 'eins', 'one', 'three', 'two', 'zwei'],
      ]);
      const watchers = await Promise.all(
        [ada!, bob!].map(async ({ app, accountId }) => (await app.call('listWatchers', { accountId })).watchers.length),
      );
      expect(watchers).toEqual([1, 1]);
    });

    test('another address: they find each other there, and the chat goes on', async () => {
      const [ada, bob] = await twoComputers(made, [[], []]);
      await allow(ada!, bob!);
      await exchange(ada!, bob!, 'before');
      made.moveTo(1, 9);
      await listed(ada!, bob!, ({ isHere, location }) => isHere && location?.startsWith('10.77.0.9:') === true);
      await exchange(ada!, bob!, 'you moved');
      await exchange(bob!, ada!, 'I did');
      await shown(ada!, bob!, 'available');
      made.moveTo(1, 2);
      expect(await texts(ada!, bob!)).toEqual(['before', 'you moved', 'I did']);
    });

    test('IPv4 goes and IPv6 stays: nobody is lost', async () => {
      const [ada, bob] = await twoComputers(made, [[], []]);
      await allow(ada!, bob!);
      await exchange(ada!, bob!, 'before');
      made.moveTo(1, undefined);
      await listed(bob!, ada!, ({ isHere, location }) => isHere && location?.startsWith('[fe80::77:1%near]:') === true);
      await exchange(bob!, ada!, 'no IPv4 here');
      await exchange(ada!, bob!, 'no matter');
      await shown(ada!, bob!, 'available');
      made.moveTo(1, 2);
      expect(await texts(bob!, ada!)).toEqual(['before', 'no IPv4 here', 'no matter']);
    });

    test('no network at all is said, and ends by itself', async () => {
      const [ada, bob] = await twoComputers(made, [both[0], both[1]]);
      for (const person of [ada!, bob!]) person.app.forget();
      made.setUp(0, false);
      await registration(ada!, 'failed');
      made.setUp(0, true);
      await registration(ada!, 'ok');
      await meet(ada!, bob!);
      await exchange(bob!, ada!, 'back');
    });
  });
}
