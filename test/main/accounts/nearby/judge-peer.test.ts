// The table of trust: what is kept, what is offered, what comes of it.
import { expect, test } from 'vitest';
import type { Address } from '../../../../app/domain/address.ts';
import { makeNearbyAddress } from '../../../../main/accounts/nearby/make-address.ts';
import { judgePeer } from '../../../../main/accounts/nearby/judge-peer.ts';
import type { Offered, Verdict } from '../../../../main/accounts/nearby/judge-peer.ts';

const BOB = 'sip:bob@abcdefgh.local' as Address;
const OTHER = 'sip:eve@22222222.local';

const TABLE: readonly [kept: string | undefined, offered: Offered, verdict: Verdict][] = [
  [undefined, {}, 'plain'],
  [undefined, { peerKey: 'K' }, 'first'],
  [undefined, { peerKey: 'K', peerUris: [BOB] }, 'first'],
  [undefined, { peerKey: 'K', peerUris: [OTHER, 'SIP:bob@ABCDEFGH.local'] }, 'first'],
  [undefined, { peerKey: 'K', peerUris: [OTHER] }, 'other-name'],
  [undefined, { peerKey: 'K', peerUris: ['sip:', 'sip:\u0000@', 'no address'] }, 'other-name'],
  ['K', {}, 'downgrade'],
  ['K', { peerUris: [BOB] }, 'downgrade'],
  ['K', { peerKey: 'K' }, 'same'],
  ['K', { peerKey: 'K', peerUris: [BOB] }, 'same'],
  ['K', { peerKey: 'K', peerUris: [OTHER] }, 'same'],
  ['K', { peerKey: 'L' }, 'changed'],
  ['K', { peerKey: 'L', peerUris: [BOB] }, 'changed'],
  ['K', { peerKey: 'L', peerUris: [OTHER] }, 'other-name'],
];

test.each(TABLE)('kept %s, offered %j: %s', (kept, offered, verdict) => {
  expect(judgePeer(kept, offered, BOB)).toBe(verdict);
});

const MADE = makeNearbyAddress('Bob', 'K');

const TABLE_OF_MADE: typeof TABLE = [
  [undefined, {}, 'downgrade'],
  [undefined, { peerKey: 'K' }, 'first'],
  [undefined, { peerKey: 'K', peerUris: [MADE] }, 'first'],
  [undefined, { peerKey: 'L' }, 'other-name'],
  [undefined, { peerKey: 'L', peerUris: [MADE] }, 'other-name'],
  ['K', { peerKey: 'K' }, 'same'],
  ['K', { peerKey: 'L', peerUris: [MADE] }, 'changed'],
  ['L', { peerKey: 'K', peerUris: [MADE] }, 'changed'],
  ['L', { peerKey: 'L', peerUris: [MADE] }, 'same'],
];

test.each(TABLE_OF_MADE)('an address made of K, kept %s, offered %j: %s', (kept, offered, verdict) => {
  expect(judgePeer(kept, offered, MADE)).toBe(verdict);
});
