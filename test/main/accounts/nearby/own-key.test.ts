// Our own key: made once, kept, and never silently replaced; the certificate made from it.
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Address } from '../../../../app/domain/address.ts';
import { IDENTITY_MAKER } from '../../../../main/accounts/nearby/make-identity.ts';
import { forgetOwnKey, makeOwnAddress, openOwnKey } from '../../../../main/accounts/nearby/own-key.ts';
import type { OwnKeyResult } from '../../../../main/accounts/nearby/own-key.ts';
import { KEY_DAMAGED, NO_KEY_STORE } from '../../../../main/accounts/nearby/words.ts';
import type { SecretStore } from '../../../../main/accounts/secret-store.ts';
import { peerIdentity } from '../../../../main/sip/node-peer-key.ts';

const ADDRESS = 'sip:ada@aaaaaaaaaaaaaaaa.local' as Address;
const NAME = `nearby-key:${ADDRESS}`;

function secretsOf(kept: Map<string, string>, failing: ReadonlySet<'get' | 'set' | 'delete'> = new Set()): SecretStore {
  const attempt = <T>(name: 'get' | 'set' | 'delete', work: () => T): Promise<T> =>
    failing.has(name) ? Promise.reject(new Error('locked, with a secret in its text')) : Promise.resolve(work());
  return {
    get: (key) => attempt('get', () => kept.get(key)),
    set: (key, value) => attempt('set', () => void kept.set(key, value)),
    delete: (key) => attempt('delete', () => void kept.delete(key)),
  };
}

function open(secrets: SecretStore, log: string[] = []): Promise<OwnKeyResult> {
  return openOwnKey({ secrets, maker: IDENTITY_MAKER, log: (_, text) => log.push(text), address: ADDRESS });
}

test('the key is made at first, kept, and the same from then on, with a certificate that names the address', async () => {
  const kept = new Map<string, string>();
  const first = await open(secretsOf(kept));
  const second = await open(secretsOf(kept));
  if (first.kind !== 'ok' || second.kind !== 'ok') throw new Error('no key');
  expect([...kept]).toEqual([[NAME, first.identity.keyPem]]);
  expect([second.key, second.identity.keyPem]).toEqual([first.key, first.identity.keyPem]);
  const certificate = new X509Certificate(first.identity.certificatePem);
  expect(peerIdentity(certificate)).toEqual({ peerKey: first.key, peerUris: [ADDRESS] });
  expect({
    names: certificate.subjectAltName,
    from: certificate.validFromDate.toISOString(),
    to: certificate.validToDate.toISOString(),
    isAuthority: certificate.ca,
    isSelfSigned: certificate.verify(certificate.publicKey),
    curve: certificate.publicKey.asymmetricKeyDetails?.namedCurve,
    isShort: certificate.raw.length < 600,
  }).toEqual({
    names: `URI:${ADDRESS}`,
    from: '2000-01-01T00:00:00.000Z',
    to: '9999-12-31T23:59:59.000Z',
    isAuthority: false,
    isSelfSigned: true,
    curve: 'prime256v1',
    isShort: true,
  });
});

test('two accounts have two keys, and a removed account none', async () => {
  const kept = new Map<string, string>();
  const [first, second] = [await open(secretsOf(kept)), await open(secretsOf(new Map()))];
  expect(first.kind === 'ok' && second.kind === 'ok' && first.key !== second.key).toBe(true);
  await forgetOwnKey(secretsOf(kept), ADDRESS);
  expect([...kept]).toEqual([]);
});

test.each(['get', 'set'] as const)('where %s of the secret store fails there is no key, and nobody becomes somebody else', async (name) => {
  const kept = new Map<string, string>(name === 'get' ? [[NAME, 'there']] : []);
  const before = [...kept];
  const log: string[] = [];
  expect(await open(secretsOf(kept, new Set([name])), log)).toEqual({ kind: 'failure', reason: NO_KEY_STORE });
  expect([[...kept], log]).toEqual([before, [`${ADDRESS}: the key of this account: Error`]]);
});

test.each(['', 'no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])(
  'a damaged key is said and left: %j',
  async (text) => {
    const kept = new Map([[NAME, text]]);
    expect(await open(secretsOf(kept))).toEqual({ kind: 'failure', reason: KEY_DAMAGED });
    expect(kept.get(NAME)).toBe(text);
  },
);

test('a new account has an address that was made of its key, and it is said when that key is gone', async () => {
  const kept = new Map<string, string>();
  const parts = { secrets: secretsOf(kept), maker: IDENTITY_MAKER, log: () => undefined };
  const made = await makeOwnAddress(parts, 'Ada');
  if (made.kind === 'failure') throw new Error(made.reason);
  const { address } = made;
  expect([...kept.keys()]).toEqual([`nearby-key:${address}`]);
  const first = await openOwnKey({ ...parts, address });
  expect(first).toMatchObject({ kind: 'ok', isFirst: true });
  kept.clear();
  const second = await openOwnKey({ ...parts, address });
  expect([second, second.kind === 'ok' && first.kind === 'ok' && second.key !== first.key]).toMatchObject([{ isFirst: false }, true]);
});

test('where the key of a new account cannot be kept there is no account', async () => {
  const log: string[] = [];
  const secrets = secretsOf(new Map(), new Set(['set']));
  const made = await makeOwnAddress({ secrets, maker: IDENTITY_MAKER, log: (_, text) => log.push(text) }, 'Ada');
  expect([made, log]).toEqual([{ kind: 'failure', reason: NO_KEY_STORE }, ['the key of a new account: Error']]);
});
