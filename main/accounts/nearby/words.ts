// Sentences of accounts without a server: who somebody is, and what keeps us from saying who we are.
import type { ProtocolFailure } from '../../simple/outcome.ts';

export const NO_KEY_STORE =
  'The key that others know this account by cannot be read or kept on this computer now. Unlock the keychain of your system, or restart the app.';

export const KEY_DAMAGED =
  'The key that others know this account by is damaged. Remove this account and start nearby again; people you know will have to accept your new key.';

export const KEY_CHANGED =
  'Somebody with another key is there under this address. Compare the safety number and accept the new key, or wait until the person you know is back.';

export const KEY_MISSING =
  'This person is reached securely, and what is there now offers only an unsecured connection. Nothing is sent over it.';

export const KEY_LOST =
  'The key that others knew this account by was gone from this computer, so it has a new one. People you know have to accept it; for people who do not know you yet, remove this account and start nearby again.';

export const OTHER_NAME = 'Somebody else is at the place where this person was. Nothing was sent.';

export const NO_CHOSEN_NETWORK =
  'None of the chosen networks is there now. It is tried again by itself; you can choose others in the account’s settings.';

export const NO_NETWORK_AT_ALL = 'This computer is on no network now. Nearby goes on by itself when it is.';

export const NOBODY_AT_PLACE =
  'Nobody there says who they are. Check the address and the port, or write the name before it, like ada@192.0.2.7:5060.';

export const NO_PLACE = 'There is no such place on a network. A place looks like 192.0.2.7:5060.';

export const NO_NEW_KEY = 'The key of this person has not changed.';

export const OTHER_NEW_KEY = 'Yet another key is shown by now. Compare the safety number again.';

/** `port`: undefined where any would have done. */
export function portTakenWords(port: number | undefined): string {
  return port === undefined
    ? 'No free port was found on this computer. It is tried again by itself.'
    : `Port ${port} is used by another program. It is tried again by itself; you can choose another port in the account’s settings.`;
}

export const NO_OWN_NAME = 'Enter the name that others see.';

const NOT_REACHED =
  'This person cannot be reached now. They are looked for again by themselves, and at once when they are back on this network.';

const WRONG_KEY = 'This person’s program knows you by another key. Let them compare and accept your new key first.';
const OTHER_PERSON = 'There is somebody else at the place where this person was.';
const TOO_MUCH = 'This person’s program is asked too much at the moment. It is tried again by itself.';

/** Why a peer’s presence is not known, where no server stands between. */
export function peerFailureWords(failure: ProtocolFailure): string {
  if (failure.kind === 'transport') return failure.cause === 'tls' ? failure.reason : NOT_REACHED;
  if (failure.kind === 'timeout') return NOT_REACHED;
  if (failure.status === 403) return WRONG_KEY;
  if (failure.status === 404) return OTHER_PERSON;
  return failure.status === 503 ? TOO_MUCH : `This person’s program does not give presence (${failure.status}).`;
}

const PROGRAM_ENDED = 'This person’s program said good-bye. They are asked again by themselves when they are back.';

/** Why a peer ended telling us, where that is not what is said of servers (RFC 6665 §4.1.3). */
export function peerTerminatedWords(reason: string): string | undefined {
  if (reason === 'rejected' || reason === 'giveup' || reason === 'invariant') return undefined;
  return PROGRAM_ENDED;
}

/** Why a peer does not take a message. undefined: what is said of servers' answers fits. */
export function peerRefusalWords(failure: ProtocolFailure): string | undefined {
  if (failure.kind !== 'status') return undefined;
  if (failure.status === 403) return WRONG_KEY;
  return failure.status === 404 ? OTHER_PERSON : undefined;
}
