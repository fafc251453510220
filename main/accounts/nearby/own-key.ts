// Our own key: made on first use, kept in the secret store; the certificate is made from it anew at each start.
import type { Address } from '../../../app/domain/address.ts';
import type { Log, TlsIdentity } from '../../sip/index.ts';
import type { SecretStore } from '../secret-store.ts';
import type { IdentityMaker } from './make-identity.ts';
import { KEY_DAMAGED, NO_KEY_STORE } from './words.ts';

interface OwnKeyParts {
  readonly secrets: SecretStore;
  readonly maker: IdentityMaker;
  readonly log: Log;
  readonly accountId: string;
  readonly address: Address;
}

export type OwnKeyResult =
  /** `key`: as peers see it (`Flow.peerKey`). */
  | { readonly kind: 'ok'; readonly identity: TlsIdentity; readonly key: string }
  /** `reason`: a sentence for a person. Another key would make us somebody else to all who know us, so none is made then. */
  | { readonly kind: 'failure'; readonly reason: string };

/** Reads the key, or makes it where there is none yet. Never rejects. */
export async function openOwnKey(parts: OwnKeyParts): Promise<OwnKeyResult> {
  const keyPem = await readOrMake(parts);
  if (keyPem === undefined) return { kind: 'failure', reason: NO_KEY_STORE };
  try {
    const identity = await parts.maker.certify(keyPem, parts.address);
    const key = parts.maker.keyOf(identity);
    return key === undefined ? { kind: 'failure', reason: KEY_DAMAGED } : { kind: 'ok', identity, key };
  } catch (error) {
    parts.log('error', `${parts.address}: making a certificate failed: ${textOf(error)}`);
    return { kind: 'failure', reason: KEY_DAMAGED };
  }
}

/** With its account. Rejects as the secret store does. */
export function forgetOwnKey(secrets: SecretStore, accountId: string): Promise<void> {
  return secrets.delete(nameOf(accountId));
}

async function readOrMake({ secrets, maker, log, accountId, address }: OwnKeyParts): Promise<string | undefined> {
  try {
    const kept = await secrets.get(nameOf(accountId));
    if (kept !== undefined) return kept;
    const made = await maker.makeKey();
    // Kept before it is shown to anybody.
    await secrets.set(nameOf(accountId), made);
    return made;
  } catch (error) {
    log('error', `${address}: the key of this account: ${textOf(error)}`);
    return undefined;
  }
}

function nameOf(accountId: string): string {
  return `nearby-key:${accountId}`;
}

/** SECURITY: never the stack or the values: a key may be in them. */
function textOf(error: unknown): string {
  return error instanceof Error ? error.name : 'failed';
}
