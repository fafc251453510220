// How often contacts may be told of (RFC 6446): asked for where the server takes it, learned by one question, and asked no refusing server twice.
import { afterEach, expect, it } from 'vitest';
import type { FlowWorld, Person } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

const ASKED = 'presence;min-interval=2';

/** Ada watches two people; what the server was asked, in two runs of her program. */
async function askedInTwoRuns(): Promise<string[][]> {
  const ada: Person = await world.person('ada');
  const accountId = await ada.signIn();
  for (const name of ['bob', 'carol']) {
    await ada.call('addContact', { accountId, address: `sip:${name}@example.test` });
    await world.clock.advance(5_000);
  }
  const taken = (): string[] =>
    world.server.agent.events.splice(0).filter((event) => event.startsWith('presence') && !event.includes('winfo'));
  const first = taken();
  await ada.quit();
  taken();
  await ada.launch();
  await world.clock.advance(10_000);
  return [first, taken()];
}

it('a server that takes it is asked by all', async () => {
  world = await createFlowWorld();
  const [first, second] = await askedInTwoRuns();
  expect([new Set(first), new Set(second)]).toEqual([new Set([ASKED]), new Set([ASKED])]);
});

it('a server that refuses it is asked once, and never again', async () => {
  world = await createFlowWorld();
  world.server.agent.refusesParameters = true;
  const [first = [], second] = await askedInTwoRuns();
  expect([first[0], new Set(first.slice(1)), new Set(second)]).toEqual([ASKED, new Set(['presence']), new Set(['presence'])]);
});
