// Sentences of accounts without a server: who somebody is, and what keeps us from saying who we are.

export const NO_KEY_STORE =
  'The key that others know this account by cannot be read or kept on this computer now. Unlock the keychain of your system, or restart the app.';

export const KEY_DAMAGED =
  'The key that others know this account by is damaged. Remove this account and start nearby again; people you know will have to accept your new key.';

export const KEY_CHANGED =
  'Somebody with another key is there under this address. Compare the safety number and accept the new key, or wait until the person you know is back.';

export const KEY_MISSING =
  'This person was reached securely before, and now only an unsecured connection is offered. Nothing is sent over it.';

export const OTHER_NAME = 'Somebody else is at the place where this person was. Nothing was sent.';
