// People on the same network, for the fake bridge: of every kind of trust, twins, hostile names; nobody; a crowd.
import type { PageChange } from '../../../app/bridge/shell-contract.ts';
import type { Account, PartState } from '../../../app/domain/account.ts';
import type { Contact } from '../../../app/domain/contact.ts';
import type { NearbyPeer, NetworkInterface } from '../../../app/domain/nearby.ts';
import { NotFound, type AnyInput } from './fake-authorization.ts';
import { ACCOUNT_ID, makeAccount, makeConversation, makeMessage, makeRest, type FakeData } from './fake-people.ts';

type Announce = (change: PageChange) => void;

export const SAFETY_NUMBER = '01234 56789 13579 24680 11235 81321';

export function makePeer(user: string, displayName: string, more: Partial<NearbyPeer> = {}): NearbyPeer {
  return {
    accountId: ACCOUNT_ID,
    address: `sip:${user}.local`,
    displayName,
    isVerified: false,
    trust: 'unknown',
    isHere: true,
    location: '192.0.2.7:25062',
    ...more,
  };
}

const pinned = { isVerified: true, trust: 'pinned', safetyNumber: SAFETY_NUMBER } as const;

/** Somebody of each kind; two of one name; names that want to steer, hide or fill the screen. */
function makePeers(): NearbyPeer[] {
  return [
    makePeer('bob@q7x2m4ka', 'Bob', pinned),
    makePeer('bob@zzr4t2ab', 'Bob'),
    makePeer('carol@aa22bb33', 'Carol Nwosu', { ...pinned, trust: 'compared' }),
    makePeer('dave@cc44dd55', 'Dave', {
      ...pinned,
      trust: 'changed',
      isVerified: false,
      safetyNumber: '99999 88888 77777 66666 55555 44444',
    }),
    { ...makePeer('', 'Erin on baresip', { trust: 'plain' }), address: 'sip:erin@192.0.2.9:5060' },
    makePeer('heidi@ee66ff77', 'Heidi Lehmann-Schwarzenegger von und zu Hohenlohe-Langenburg am Bodensee'),
    makePeer('faisal@gg22hh33', 'فيصل العتيبي'),
    makePeer('me@ii44jj55', '\u202Eevil\u0007 <b>Mallory</b>\u200B'),
    makePeer('gone@kk66ll77', 'Gone', { ...pinned, isHere: false }),
  ];
}

export function makeNearbyAccount(nowMs: number, displayName = 'Ada Byron'): Account {
  const ok = { state: 'ok' } as const;
  return {
    ...makeAccount(nowMs),
    kind: 'nearby',
    address: 'sip:ada-byron@k3m5p7r2.local',
    settings: { displayName, listenPort: 25062 },
    registration: ok,
    publication: ok,
    watcherInfo: ok,
  };
}

const contactOf = (peer: NearbyPeer, nowMs: number): Contact => ({
  contactId: `contact-${peer.address}`,
  accountId: ACCOUNT_ID,
  address: peer.address,
  name: peer.displayName,
  presence: { availability: 'available', note: '', activities: [], devices: [], changedAtMs: nowMs - 60_000 },
  subscription: { state: 'active', sinceMs: nowMs - 60_000 },
});

/** Nobody is nearby yet. */
export function makeNobodyData(nowMs: number): FakeData {
  return {
    ...makeRest(),
    accounts: [makeNearbyAccount(nowMs)],
    contacts: [],
    conversations: [],
    messages: new Map(),
    requests: [],
    watchers: [],
  };
}

/** Carol and Dave are contacts; with Dave, whose key changed, there is a chat. */
export function makeNearbyData(nowMs: number): FakeData {
  const data = makeNobodyData(nowMs);
  data.peers = makePeers();
  data.contacts = data.peers.filter((peer) => ['Carol Nwosu', 'Dave'].includes(peer.displayName)).map((peer) => contactOf(peer, nowMs));
  const dave = 'sip:dave@cc44dd55.local';
  const messages = [
    makeMessage('c-dave', dave, nowMs - 3_600_000, { text: 'See you at the station.' }),
    makeMessage('c-dave', dave, nowMs - 60_000, { text: 'Are you there already?', direction: 'out', state: 'queued' }),
  ];
  data.messages.set('c-dave', messages);
  data.conversations.push(makeConversation('c-dave', dave, messages));
  return data;
}

/** Far more than fit on a screen. */
export function makeCrowdedData(nowMs: number): FakeData {
  const data = makeNearbyData(nowMs);
  for (let at = 0; at < 500; at += 1) data.peers.push(makePeer(`guest@${String(at).padStart(8, 'a')}`, `Guest ${at}`));
  return data;
}

export const INTERFACES: readonly NetworkInterface[] = [
  { address: '127.0.0.1', name: 'lo', isPointToPoint: false, isLoopback: true },
  { address: '::1', name: 'lo', isPointToPoint: false, isLoopback: true },
  { address: '192.0.2.5', name: 'wlan0', isPointToPoint: false, isLoopback: false },
  { address: 'fe80::1%wlan0', name: 'wlan0', isPointToPoint: false, isLoopback: false },
  { address: '198.51.100.9', name: 'tun0', isPointToPoint: true, isLoopback: false },
];

export function addNearbyAccount(data: FakeData, announce: Announce, input: AnyInput, registration?: PartState): { accountId: string } {
  const account = makeNearbyAccount(Date.now(), String(input['displayName']));
  const listed = { ...account, ...(registration === undefined ? {} : { registration }) };
  data.accounts.push(listed);
  announce({ type: 'account-changed', account: listed });
  return { accountId: account.accountId };
}

/** Of a nearby account; another one stays as it is. */
export function updateNearbyAccount(data: FakeData, announce: Announce, input: AnyInput): void {
  const { accountId, displayName, listenPort, interfaces } = input;
  const before = data.accounts.find((one) => one.accountId === accountId && one.kind === 'nearby');
  if (before === undefined) return;
  const settings = { ...before.settings, displayName, listenPort, interfaces } as unknown as Account['settings'];
  const account: Account = { ...before, settings, registration: { state: 'ok' } };
  data.accounts = data.accounts.map((one) => (one === before ? account : one));
  announce({ type: 'account-changed', account });
}

export function nearbyHandlers(
  data: FakeData,
  announce: Announce,
): Record<'listNearby' | 'compareKey' | 'acceptKey' | 'listInterfaces', (input: AnyInput) => object> {
  function change(input: AnyInput, patch: Partial<NearbyPeer>): object {
    const address = String(input['address']);
    if (!data.peers.some((peer) => peer.address === address)) throw new NotFound();
    data.peers = data.peers.map((peer) => (peer.address === address ? { ...peer, ...patch } : peer));
    announce({ type: 'nearby-changed', accountId: ACCOUNT_ID, peers: data.peers });
    return {};
  }
  return {
    listNearby: () => ({ peers: data.peers }),
    compareKey: (input) => change(input, { trust: (input['isSame'] as unknown) === true ? 'compared' : 'pinned' }),
    acceptKey: (input) => change(input, { trust: 'pinned', isVerified: true }),
    listInterfaces: () => ({ interfaces: INTERFACES }),
  };
}
