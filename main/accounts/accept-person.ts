// Trigger: somebody becomes a contact. Result: their conversation is no stranger's any more.
import * as store from '../store/index.ts';
import type { AccountWorld } from './account-world.ts';

export async function acceptPerson(world: AccountWorld, address: string): Promise<void> {
  const known = world.storage.read((db) => store.findConversation(db, { accountId: world.accountId, address }));
  if (known?.isUnknown !== true) return;
  const conversation = await world.storage.commit((db) => store.acceptConversation(db, known));
  if (conversation !== null) world.announce({ type: 'conversation-changed', conversation });
}
