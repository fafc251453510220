// Trigger: the account found its documents, or the person changed what they say of themself. Result: where the server keeps presence while
// no device is there, it says that the person is offline, with the note they left. RFC 4827.
import { printPidf } from '../simple/document/pidf.ts';
import { emptyTuple } from '../simple/document/presence-document.ts';
import { OFFLINE_PRESENCE, offersOfflinePresence, tookOfflinePresence } from '../simple/xcap/offline-presence.ts';
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';
import type { FoundRoot } from './find-xcap-root.ts';
import { readOwnPresence } from './publish-presence.ts';

const FACT = 'offline-presence';

/** Nothing happens where the server does not offer it; a server that says nothing of it is asked once and remembered. */
export async function keepOfflinePresence(
  world: AccountWorld,
  { client, capabilities }: Pick<Extract<FoundRoot, { kind: 'found' }>, 'client' | 'capabilities'>,
): Promise<void> {
  const { accountId } = world;
  const offer = offersOfflinePresence(capabilities);
  const learned = world.storage.read((db) => store.getServerFact(db, { accountId, name: FACT }));
  // WHY not tried where the server does not say: INTEROP(Kamailio 5.6) stores it, and then joins its closed tuple to every watcher's view.
  if (offer !== 'yes' || learned === 'no') return;
  const { note } = readOwnPresence(world);
  const notes = note === '' ? [] : [{ text: note, lang: '' }];
  const tuple = { ...emptyTuple('offline'), basic: 'closed' as const, contact: world.address, notes };
  const text = printPidf({ entity: world.address, tuples: [tuple], persons: [], devices: [], notes: [] });
  const took = tookOfflinePresence(await client.put(OFFLINE_PRESENCE, text, { kind: 'none' }));
  if (took === false) await world.storage.commit((db) => store.saveServerFact(db, { accountId, name: FACT, value: 'no' }));
}
