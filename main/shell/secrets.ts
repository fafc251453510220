// Joins the secret store to Electron: its safeStorage, and the question to the person where there is no keychain.
import { dialog, safeStorage } from 'electron';
import { createKeychainStore, type Keychain, type PlainChoice } from '../accounts/keychain-store.ts';
import type { SecretStore } from '../accounts/secret-store.ts';

const keychain: Keychain = {
  async isAvailable() {
    // On Linux `basic_text` is a fixed key in the program: that protects from nobody.
    if (process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text') return false;
    return await safeStorage.isAsyncEncryptionAvailable();
  },
  seal: (text) => safeStorage.encryptStringAsync(text),
  open: (sealed) => safeStorage.decryptStringAsync(sealed),
};

async function askForPlace(): Promise<PlainChoice> {
  const { response } = await dialog.showMessageBox({
    type: 'question',
    title: 'Your password',
    message: 'This system has no keychain that Watchword could keep your password in.',
    detail:
      'Watchword can remember it until you quit, and ask again at the next start. Or it can store it, not encrypted, in a file of your profile that only your user can read.',
    buttons: ['Only until I quit', 'Store it in a file'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1 ? 'file' : 'session';
}

export function setUpSecrets(file: string): SecretStore {
  return createKeychainStore({ file, keychain, choose: askForPlace });
}
