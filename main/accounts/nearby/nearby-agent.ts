// An account that is its own presence agent: how it comes online, and what runs while it is.
import type { Address } from '../../../app/domain/address.ts';
import type { AccountWorld } from '../account-world.ts';
import type { ConnectedDocuments } from '../connect-documents.ts';
import type { LastingParts, OnlineParts } from '../online-parts.ts';
import { endParts } from '../online-parts.ts';
import { createPaced } from '../paced.ts';
import type { PresenceAgent } from '../presence-agent.ts';
import type { SignedIn } from '../sign-in.ts';
import { watchContacts } from '../watch-contact.ts';
import { comeOnline } from './come-online.ts';
import type { Online } from './come-online.ts';
import { createLocalDocuments } from './local-documents.ts';
import { NearbyAccount } from './nearby-account.ts';
import { createOwnPresenceAgent } from './own-presence-agent.ts';

export function createNearbyAgent(world: AccountWorld): PresenceAgent {
  const nearby = new NearbyAccount(world);
  let ownKey = '';
  let online: Online | undefined;
  return {
    nearby,
    async signIn(events, lasting) {
      ownKey = (await nearby.identity()).key;
      return (online = await comeOnline(world, nearby, lasting.book, events));
    },
    startOnlineParts: (signedIn, lasting) =>
      startNearbyParts(world, nearby, signedIn, { lasting, ownKey, show: (isShown) => online?.show(isShown) }),
    stop: () => nearby.stop(),
  };
}

/** SECURITY: a contact who comes and goes, or is announced elsewhere again and again, is asked for presence this often: no storm. */
const LOOK_AGAIN_MS = 2_000;

interface Starting {
  readonly lasting: LastingParts;
  readonly ownKey: string;
  /** Whether others see on the network that we are here. */
  readonly show: (isShown: boolean) => void;
}

function startNearbyParts(
  world: AccountWorld,
  nearby: NearbyAccount,
  { endpoint }: SignedIn,
  { lasting, ownKey, show }: Starting,
): OnlineParts {
  const { outbox, book, decisions } = lasting;
  const watch = watchContacts(world, endpoint, book, { isAlone: true });
  const { publisher, watchers } = createOwnPresenceAgent(world, endpoint, { ownKey, show, rulesWanted: () => decisions.policy.sync() });
  for (const contact of book.list()) watch.watch(contact);
  const documents = connectLocalDocuments(world, lasting);
  const looking = createPaced(world.doors.clock, LOOK_AGAIN_MS, (address) => watch.lookAgain(address));
  const reachable = (address: Address): void => {
    outbox.wake(address);
    if (book.find(address) !== undefined) looking.ask(address);
  };
  /** WHY: who was typed by their place, or is invisible, is announced to nobody. */
  const heard = (address: Address): void => {
    outbox.wake(address);
    if (book.find(address)?.subscription.state === 'failed') looking.ask(address);
  };
  nearby.online(endpoint, { heard, appeared: reachable, disappeared: (address) => watch.gone(address), trustChanged: reachable });
  return {
    watch,
    watchers,
    publisher,
    documents,
    retryNow() {
      watch.retryNow();
      documents.retryNow();
    },
    async stop() {
      nearby.offline();
      looking.stop();
      await endParts(world, [documents, publisher, watch]);
    },
  };
}

function connectLocalDocuments(world: AccountWorld, { decisions, contactList }: LastingParts): ConnectedDocuments {
  const client = createLocalDocuments(world);
  decisions.mayStore();
  decisions.policy.connect(client);
  contactList.document.connect(client);
  return {
    listStored: () => undefined,
    presenceChanged: () => undefined,
    retryNow() {
      decisions.policy.sync();
      contactList.document.sync();
    },
    stop() {
      decisions.policy.disconnect();
      contactList.document.disconnect();
      return Promise.resolve();
    },
  };
}
