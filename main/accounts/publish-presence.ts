// Trigger: the account is online, the person changed their availability, activity or note, or left or touched the computer.
// Result: this device's presence is published, kept fresh, or (invisible) taken away; the choice itself is stored.
// RFC: 3903 §4, 3863, 4480.
import type { OwnPresence } from '../../app/domain/presence.ts';
import { PIDF_CONTENT_TYPE, printPidf } from '../simple/document/pidf.ts';
import type { PresenceDocument } from '../simple/document/presence-document.ts';
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
  /** What was published last; undefined: nothing. */
  document(): PresenceDocument | undefined;
  retryNow(): void;
  stop(): Promise<void>;
}

export function publishPresence(world: AccountWorld, endpoint: Endpoint): PresencePublisher {
  const { clock, random, log } = world.doors;
  let document: PresenceDocument | undefined;
  let hasStopped = false;
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
    if (hasStopped) return;
    document = currentDocument(world);
    if (document === undefined) publication.withdraw();
    else publication.publish(printPidf(document));
  }

  update();
  return {
    update,
    document: () => document,
    retryNow: () => publication.retryNow(),
    async stop() {
      hasStopped = true;
      await publication.stop();
      world.states.set('publication', OFF);
    },
  };
}

/** What this device would publish now. */
export function currentDocument(world: AccountWorld): PresenceDocument | undefined {
  const { address, instanceId, displayName, doors } = world;
  const device = { address, instanceId, name: doors.product, displayName };
  const document = ownPresenceDocument(readOwnPresence(world), device, {
    nowMs: doors.clock.nowMs(),
    idleSinceMs: world.idleSinceMs(),
    idleAfterSeconds: world.idleAfterSeconds(),
  });
  return document === undefined || !hidesNotes(world) ? document : withoutServiceNotes(document);
}

/** INTEROP(Kamailio 5.6): takes off one note only, the first of the document. Programs that read the service's note see none then. */
export function withoutServiceNotes(document: PresenceDocument): PresenceDocument {
  return { ...document, tuples: document.tuples.map((tuple) => ({ ...tuple, notes: [] })) };
}

/** Whether somebody may see us, but not what we write beside it. */
function hidesNotes(world: AccountWorld): boolean {
  return world.storage.read((db) => store.listDecisions(db, world)).some(({ seen }) => seen?.notes === false);
}

export function readOwnPresence(world: Pick<AccountWorld, 'storage' | 'accountId'>): OwnPresence {
  return world.storage.read((db) => store.getOwnPresence(db, world));
}

/** As the bridge shows it: with whether others are told that nobody is here. */
export function shownOwnPresence(world: AccountWorld): OwnPresence {
  const own = readOwnPresence(world);
  const idleSinceMs = world.idleSinceMs();
  return idleSinceMs === undefined || own.availability !== 'available' ? own : { ...own, idleSinceMs };
}

/** What is not given stays. */
export interface OwnPresenceGiven {
  readonly availability: OwnPresence['availability'];
  readonly note?: string | undefined;
  readonly activity?: string | undefined;
  readonly mood?: string | undefined;
  readonly place?: string | undefined;
  readonly sphere?: string | undefined;
}

/** Stores the choice and announces it. `isSphereNew`: rules that hold in one sphere are to be written anew. */
export async function saveOwnPresence(world: AccountWorld, given: OwnPresenceGiven): Promise<{ isSphereNew: boolean }> {
  const { accountId } = world;
  const isSphereNew = await world.storage.commit((db) => {
    // WHY read here: of two changes at once each keeps what the other said.
    const before = store.getOwnPresence(db, world);
    const ownPresence: OwnPresence = {
      availability: given.availability,
      note: given.note ?? before.note,
      activity: given.activity ?? before.activity,
      mood: given.mood ?? before.mood ?? '',
      place: given.place ?? before.place ?? '',
      sphere: given.sphere ?? before.sphere ?? '',
    };
    store.saveOwnPresence(db, { accountId, ownPresence });
    return ownPresence.sphere !== (before.sphere ?? '');
  });
  world.announce({ type: 'own-presence-changed', accountId, ownPresence: shownOwnPresence(world) });
  return { isSphereNew };
}
