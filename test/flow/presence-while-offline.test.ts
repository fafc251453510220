// What others see while no device of ours is there (RFC 4827): kept on a server that offers it, and left alone on one that does not.
import { afterEach, expect, it } from 'vitest';
import { parsePidf } from '../../main/simple/document/pidf.ts';
import { OFFLINE_PRESENCE } from '../../main/simple/xcap/offline-presence.ts';
import type { FlowWorld } from '../support/flow-world.ts';
import { createFlowWorld } from '../support/flow-world.ts';

let world: FlowWorld;
afterEach(() => world.end());

const asked = (): string[] => world.server.documents.exchanges.filter((line) => line.includes(OFFLINE_PRESENCE.auid));

/** Bob signs in, leaves a note, and quits. What the server has of him then. */
async function afterBobLeft(): Promise<unknown> {
  const bob = await world.person('bob');
  const accountId = await bob.signIn();
  await bob.call('setOwnPresence', { accountId, availability: 'busy', note: 'Back on Monday' });
  await world.clock.advance(5_000);
  await bob.quit();
  const text = world.server.documents.text(OFFLINE_PRESENCE.auid, bob.address);
  const parsed = text === undefined ? undefined : parsePidf(text);
  return parsed?.kind === 'ok' && [parsed.document.entity, parsed.document.tuples.map(({ basic, notes }) => [basic, notes[0]?.text])];
}

it('a server that offers it says: not here, with the note that was left', async () => {
  world = await createFlowWorld();
  world.server.documents.auids.push(OFFLINE_PRESENCE.auid);
  expect(await afterBobLeft()).toEqual(['sip:bob@example.test', [['closed', 'Back on Monday']]]);
});

it('a server that does not offer it is not asked to', async () => {
  world = await createFlowWorld();
  expect([await afterBobLeft(), asked()]).toEqual([false, []]);
});

it('a server that offers it and does not do it is asked once', async () => {
  world = await createFlowWorld();
  world.server.documents.auids.push(OFFLINE_PRESENCE.auid);
  const { http } = world.server.documents;
  const { request } = http;
  Object.assign(http, {
    request: async (sent: Parameters<typeof request>[0]) => {
      const answer = await request(sent);
      return sent.url.includes(OFFLINE_PRESENCE.auid) && answer.kind === 'response' ? { ...answer, status: 405 } : answer;
    },
  });
  await afterBobLeft();
  expect(asked()).toHaveLength(1);
});
