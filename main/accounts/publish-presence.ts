// Trigger: the account is online, or the person changed their availability, activity or note.
// Result: this device's presence is published, kept fresh, or (invisible) taken away; the choice itself is stored.
// RFC: 3903 §4, 3863, 4480.
import type { OwnPresence } from '../../app/domain/presence.ts';
import { PIDF_CONTENT_TYPE, printPidf } from '../simple/document/pidf.ts';
import { createPublication } from '../simple/publication/publication.ts';
import type { Publication } from '../simple/publication/publication.ts';
import type { Endpoint } from '../sip/index.ts';
import * as store from '../store/index.ts';
import { OFF, publicationPart } from './account-states.ts';
import type { AccountWorld } from './account-world.ts';
import { nameOption } from './account-world.ts';
import { ownPresenceDocument } from './own-presence-document.ts';

export interface PresencePublisher {
  /** Publishes what is stored now. */
  update(): void;
  retryNow(): void;
  stop(): Promise<void>;
}

export function publishPresence(world: AccountWorld, endpoint: Endpoint): PresencePublisher {
  const { clock, random, log, product } = world.doors;
  const publication: Publication = createPublication({
    endpoint,
    clock,
    random,
    log,
    address: world.uri,
    event: 'presence',
    contentType: PIDF_CONTENT_TYPE,
    ...nameOption(world),
    onState: (state) => world.states.set('publication', publicationPart(state)),
  });

  function update(): void {
    const own = readOwnPresence(world);
    const document = ownPresenceDocument(own, { address: world.address, instanceId: world.instanceId, name: product }, clock.nowMs());
    if (document === undefined) publication.withdraw();
    else publication.publish(printPidf(document));
  }

  update();
  return {
    update,
    retryNow: () => publication.retryNow(),
    async stop() {
      await publication.stop();
      world.states.set('publication', OFF);
    },
  };
}

export function readOwnPresence(world: Pick<AccountWorld, 'storage' | 'accountId'>): OwnPresence {
  return world.storage.read((db) => store.getOwnPresence(db, world));
}

/** Stores the choice and announces it. What is not given stays. */
export async function saveOwnPresence(
  world: AccountWorld,
  given: { availability: OwnPresence['availability']; note?: string | undefined; activity?: string | undefined },
): Promise<void> {
  const before = readOwnPresence(world);
  const ownPresence = { availability: given.availability, note: given.note ?? before.note, activity: given.activity ?? before.activity };
  await world.storage.commit((db) => store.saveOwnPresence(db, { accountId: world.accountId, ownPresence }));
  world.announce({ type: 'own-presence-changed', accountId: world.accountId, ownPresence });
}
