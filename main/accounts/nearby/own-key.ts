// Our own key: made with the account, kept in the secret store; the certificate is made from it anew at each start.
import type { Address } from '../../../app/domain/address.ts';
import type { Log, TlsIdentity } from '../../sip/index.ts';
import type { SecretStore } from '../secret-store.ts';
import { isAddressOfKey, makeNearbyAddress } from './make-address.ts';
import type { IdentityMaker } from './make-identity.ts';
import { KEY_DAMAGED, NO_KEY_STORE } from './words.ts';

interface KeyParts {
  readonly secrets: SecretStore;
  readonly maker: IdentityMaker;
  readonly log: Log;
}

/** `reason`: a sentence for a person. Another key would make us somebody else to all who know us, so none is made then. */
interface NoKey {
  readonly kind: 'failure';
  readonly reason: string;
}

export type OwnKeyResult =
  /** `key`: as peers see it (`Flow.peerKey`). `isFirst`: the key that the address was made of; else that one was lost. */
  { readonly kind: 'ok'; readonly identity: TlsIdentity; readonly key: string; readonly isFirst: boolean } | NoKey;

export type NewAddressResult = { readonly kind: 'ok'; readonly address: Address } | NoKey;

/** A key for an account that is about to be added, kept before anybody sees its address. Never rejects. */
export async function makeOwnAddress({ secrets, maker, log }: KeyParts, displayName: string): Promise<NewAddressResult> {
  try {
    const keyPem = await maker.makeKey();
    const key = maker.keyOf(keyPem);
    if (key === undefined) return { kind: 'failure', reason: NO_KEY_STORE };
    const address = makeNearbyAddress(displayName, key);
    await secrets.set(nameOf(address), keyPem);
    return { kind: 'ok', address };
  } catch (error) {
    log('error', `the key of a new account: ${textOf(error)}`);
    return { kind: 'failure', reason: NO_KEY_STORE };
  }
}

/** Reads the key; where it is gone from a store that works, makes another, since there is nothing to wait for. Never rejects. */
export async function openOwnKey(parts: KeyParts & { readonly address: Address }): Promise<OwnKeyResult> {
  const { maker, address, log } = parts;
  const keyPem = await readOrMake(parts);
  if (keyPem === undefined) return { kind: 'failure', reason: NO_KEY_STORE };
  try {
    const key = maker.keyOf(keyPem);
    if (key === undefined) return { kind: 'failure', reason: KEY_DAMAGED };
    return { kind: 'ok', identity: await maker.certify(keyPem, address), key, isFirst: isAddressOfKey(address, key) };
  } catch (error) {
    log('error', `${address}: making a certificate failed: ${textOf(error)}`);
    return { kind: 'failure', reason: KEY_DAMAGED };
  }
}

/** With its account. Rejects as the secret store does. */
export function forgetOwnKey(secrets: SecretStore, address: string): Promise<void> {
  return secrets.delete(nameOf(address));
}

async function readOrMake({ secrets, maker, log, address }: KeyParts & { readonly address: Address }): Promise<string | undefined> {
  try {
    const kept = await secrets.get(nameOf(address));
    if (kept !== undefined) return kept;
    const made = await maker.makeKey();
    // Kept before it is shown to anybody.
    await secrets.set(nameOf(address), made);
    return made;
  } catch (error) {
    log('error', `${address}: the key of this account: ${textOf(error)}`);
    return undefined;
  }
}

function nameOf(address: string): string {
  return `nearby-key:${address}`;
}

/** SECURITY: never the stack or the values: a key may be in them. */
function textOf(error: unknown): string {
  return error instanceof Error ? error.name : 'failed';
}
