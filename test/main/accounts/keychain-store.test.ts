// Secrets: sealed where there is a keychain, and only where the person wants them where there is none.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeychainStore, NO_KEYCHAIN, type Keychain, type PlainChoice } from '../../../main/accounts/keychain-store.ts';

class FakeKeychain implements Keychain {
  hasKey = true;
  isOld = false;
  isAvailable = async (): Promise<boolean> => this.hasKey;
  seal = async (text: string): Promise<Buffer> => Buffer.from([...text].toReversed().join(''));
  open = async (sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> => {
    if (sealed.toString() === 'broken') throw new Error('bad seal');
    return { result: [...sealed.toString()].toReversed().join(''), shouldReEncrypt: this.isOld };
  };
}

let folder: string;
let file: string;
let keychain: FakeKeychain;
let questions: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchword-secrets-'));
  file = join(folder, 'secrets.json');
  keychain = new FakeKeychain();
  questions = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (choice: PlainChoice = 'session') =>
  createKeychainStore({
    file,
    keychain,
    choose: async () => {
      questions++;
      return choice;
    },
  });
const content = (): unknown => JSON.parse(readFileSync(file, 'utf8'));

describe('with a keychain', () => {
  test('a secret is sealed in a file of the owner, and there after a restart', async () => {
    await open().set('a', 'secret');
    expect(content()).toEqual({ version: 1, entries: { a: { kind: 'sealed', text: Buffer.from('terces').toString('base64') } } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect([await open().get('a'), await open().get('b'), await open().get('constructor')]).toEqual(['secret', undefined, undefined]);
    expect(questions).toBe(0);
  });
  test('deleting forgets it', async () => {
    const store = open();
    await store.set('a', 'one');
    await store.set('b', 'two');
    await store.delete('a');
    await store.delete('never');
    expect([await store.get('a'), await store.get('b')]).toEqual([undefined, 'two']);
  });
  test('calls at the same time do not lose each other', async () => {
    const store = open();
    await Promise.all(['a', 'b', 'c', 'd'].map((key) => store.set(key, key)));
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => store.get(key)))).toEqual(['a', 'b', 'c', 'd']);
  });
  test('a locked keychain and a foreign seal are each said in a sentence', async () => {
    await open().set('a', 'secret');
    keychain.hasKey = false;
    await expect(open().get('a')).rejects.toThrow(/keychain is locked or missing/);
    keychain.hasKey = true;
    const broken = { kind: 'sealed', text: Buffer.from('broken').toString('base64') };
    writeFileSync(file, JSON.stringify({ version: 1, entries: { a: broken } }));
    await expect(open().get('a')).rejects.toThrow(/enter it again/);
  });
  test('a damaged file is said, not overwritten', async () => {
    writeFileSync(file, '{"version":1,"entr');
    await expect(open().get('a')).rejects.toThrow(/damaged/);
    await expect(open().set('a', 'x')).rejects.toThrow(/damaged/);
    expect(readFileSync(file, 'utf8')).toBe('{"version":1,"entr');
  });
});

describe('without a keychain', () => {
  beforeEach(() => {
    keychain.hasKey = false;
  });
  test('only this session: asked once, nothing on disk, gone after a restart', async () => {
    const store = open('session');
    await store.set('a', 'one');
    await store.set('b', 'two');
    expect([await store.get('a'), await store.get('b'), questions]).toEqual(['one', 'two', 1]);
    expect(await open().get('a')).toBeUndefined();
  });
  test('in a file: plain, of the owner alone, not asked again after a restart', async () => {
    await open('file').set('a', 'one');
    expect(content()).toEqual({ version: 1, entries: { a: { kind: 'plain', text: 'one' } } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await open('session').set('b', 'two');
    expect([await open().get('a'), await open().get('b'), questions]).toEqual(['one', 'two', 1]);
  });
  test('an older password on disk goes when the new one is for this session only', async () => {
    keychain.hasKey = true;
    await open().set('a', 'old');
    keychain.hasKey = false;
    const store = open('session');
    await store.set('a', 'new');
    expect([await store.get('a'), content()]).toEqual(['new', { version: 1, entries: {} }]);
  });
  test('a plain secret is sealed when a keychain appears', async () => {
    await open('file').set('a', 'one');
    keychain.hasKey = true;
    expect(await open().get('a')).toBe('one');
    expect(content()).toEqual({ version: 1, entries: { a: { kind: 'sealed', text: Buffer.from('eno').toString('base64') } } });
  });
});

test('a profile that the headless mode opens keeps what the keychain of the window sealed', async () => {
  await open().set('sealed', 'secret');
  const headless = createKeychainStore({ file, keychain: NO_KEYCHAIN, choose: async () => 'file' });
  await expect(headless.get('sealed')).rejects.toThrow(/keychain is locked or missing/);
  await headless.set('plain', 'own');
  expect([await headless.get('plain'), await open().get('sealed')]).toEqual(['own', 'secret']);
});
