// Promise: an answer that cannot go anywhere says why, whenever it was given; and a disk that is full holds it up, but ends nothing for good.
//
//   Bob                       server (no place for rules)
//    | signs in ============>|  no document anywhere
//    | decideWatcher(allow)  |      kept here, with the reason
//    |                       |
//   Bob (disk full)          server
//    | its time is over: commit fails, again after 10 s to 30 s
//    | commit works          |
//    |-- PUT without ada --->|
import Database from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import type { Account } from '../../app/domain/account.ts';
import type { Change } from '../../app/domain/change.ts';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';
import { holdDatabase } from '../support/hold-database.ts';

let world: FlowWorld;
afterEach(() => world.end());

const NO_RULES = /^This server keeps no permission rules that the app can reach/;

function lastDecision(person: Person): Extract<Change, { type: 'decision-changed' }>['decision'] | undefined {
  const last = person.changes.findLast((change) => change.type === 'decision-changed');
  return last?.type === 'decision-changed' ? last.decision : undefined;
}

it('an answer given after the app learned that there is no rules server says so, and goes when there is one', async () => {
  world = await createFlowWorld();
  const bob = await world.person('bob');
  world.server.documents.isReachable = false;
  const settings = { address: bob.address, password: 'battery staple', transport: 'udp' } as const;
  const { accountId } = await bob.call('addAccount', settings);
  await world.until(() =>
    bob.changes.some((change) => change.type === 'account-changed' && NO_RULES.test(change.account.policy.reason ?? '')),
  );
  await bob.call('decideWatcher', { accountId, address: 'sip:ada@example.test', decision: 'allow' });
  await world.until(() => lastDecision(bob)?.failure !== undefined, 5_000);
  expect(lastDecision(bob)?.failure).toMatch(NO_RULES);

  world.server.documents.isReachable = true;
  await bob.restart();
  await world.until(() => world.server.documents.text('pres-rules', bob.address)?.includes('sip:ada@example.test') === true, 60_000);
  await bob.call('decideWatcher', { accountId, address: 'sip:carol@example.test', decision: 'block' });
  await world.clock.advance(5_000);
  expect(lastDecision(bob)).not.toHaveProperty('failure');
});

it('what the server took and the store did not is said to have failed, and done again by itself', { timeout: 60_000 }, async () => {
  world = await createFlowWorld();
  const bob = await world.person('bob');
  const accountId = await bob.signIn();
  const partNow = (): Account['policy'] | undefined => {
    const last = bob.changes.findLast((change) => change.type === 'account-changed');
    return last?.type === 'account-changed' ? last.account.policy : undefined;
  };
  await bob.call('decideWatcher', { accountId, address: 'sip:ada@example.test', decision: 'allow' });
  const release = holdDatabase(bob.databaseFile);
  await world.until(() => partNow()?.state === 'failed', 60_000);
  expect(partNow()?.reason).toBe('What the server answered could not be stored on this computer. It is tried again by itself.');
  release();
  await world.until(() => partNow()?.state === 'ok', 60_000);
  expect(world.server.documents.text('pres-rules', bob.address)).toContain('sip:ada@example.test');
});

it('the end of an answer waits ten seconds and more for a store that fails', { timeout: 60_000 }, async () => {
  world = await createFlowWorld();
  const bob = await world.person('bob');
  const accountId = await bob.signIn();
  const untilMs = world.clock.nowMs() + 15 * 60_000;
  await bob.call('decideWatcher', { accountId, address: 'sip:ada@example.test', decision: 'allow', untilMs });
  const rules = (): string => world.server.documents.text('pres-rules', bob.address) ?? '';
  await world.until(() => rules().includes('sip:ada@example.test'));
  await world.clock.advance(untilMs - world.clock.nowMs() - 1_000);
  const release = holdDatabase(bob.databaseFile);
  const failures = (): number => bob.log.filter((line) => line.includes('ending decisions failed')).length;
  await world.until(() => failures() === 1);
  await world.clock.advance(9_000);
  expect(failures()).toBe(1);
  await world.until(() => failures() === 2, 22_000);
  release();
  await world.until(() => !rules().includes('sip:ada@example.test'), 60_000);
});

it('an answer of another device that the store did not take is taken over once it does', { timeout: 60_000 }, async () => {
  world = await createFlowWorld();
  const bob = await world.person('bob');
  const accountId = await bob.signIn();
  const laptop = await world.person('bob');
  const laptopAccount = await laptop.signIn();
  const withDatabase = (sql: string): void => {
    const database = new Database(bob.databaseFile);
    database.exec(sql);
    database.close();
  };
  withDatabase(`CREATE TRIGGER broken BEFORE INSERT ON decision BEGIN SELECT RAISE(ABORT, 'not now'); END`);
  await laptop.call('decideWatcher', { accountId: laptopAccount, address: 'sip:ada@example.test', decision: 'allow' });
  await world.until(() => bob.log.some((line) => line.includes('not now')), 10 * 60_000);
  withDatabase('DROP TRIGGER broken');
  await world.clock.advance(60_000);
  const { watchers } = await bob.call('listWatchers', { accountId });
  expect(watchers.map(({ address, decision }) => [address, decision])).toEqual([['sip:ada@example.test', 'allow']]);
});
