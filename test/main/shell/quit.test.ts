// The end of the app against servers that have gone silent: the core gets the time it needs to close its database.
import { expect, it } from 'vitest';
import { STOP_LIMIT_MS } from '../../../main/shell/quit.ts';
import { createFlowWorld } from '../../support/flow-world.ts';

it('the core stops by itself before the app gives up on it, though no server answers', async () => {
  const world = await createFlowWorld();
  const ada = await world.person('ada');
  await ada.signIn();
  await world.clock.run(world.server.stop());
  const beganAtMs = world.clock.monotonicMs();
  await ada.quit();
  expect(world.clock.monotonicMs() - beganAtMs).toBeLessThan(STOP_LIMIT_MS);
  await world.end();
});
