// Every sentence that tells a person how something on the network failed: tables by protocol failure. What to do comes with it.
import type { ProtocolFailure } from '../simple/outcome.ts';
import type { XcapFailure } from '../simple/xcap/xcap-result.ts';

/** What was being done: the same status means different things for each. */
export type Doing = 'registration' | 'publication' | 'watcherInfo' | 'policy' | 'contactList' | 'subscription' | 'message';

type TransportCause = Extract<ProtocolFailure, { kind: 'transport' }>['cause'];

export const WRONG_PASSWORD =
  'The server does not accept this user name and password. Correct them in the account’s settings; nothing is tried again until then.';

export const NO_PASSWORD = 'The password of this account is not on this computer. Enter it in the account’s settings.';

export const NO_NETWORK = 'The network of this computer cannot be used. It is tried again by itself.';

export const NO_SECRETS = 'Passwords cannot be kept on this computer now, so signing in needs the password again after each start.';

/** The part was given up because signing in failed for good. */
export const STOPPED_WITH_SIGN_IN = 'Stopped, because signing in failed.';

/** What the server held for us may be gone with it. */
export const NOT_KNOWN_WHILE_AWAY = 'Not known while the server is away.';

export const NO_POLICY_SERVER =
  'This server keeps no permission rules that the app can reach, so it decides by itself who sees you. If your provider names an XCAP root, enter it under Server settings.';
export const NO_LIST_SERVER = 'This server keeps no contact list that the app can reach. Contacts stay on this computer.';
/** The exchange with the server worked, and keeping its result did not. */
export const NOT_KEPT_HERE = 'What the server answered could not be stored on this computer. It is tried again by itself.';
/** After several tries that found nobody. */
const GAVE_UP = 'Nobody answered after several tries. Send it again later.';
export const NO_SIGNED_IN = 'Not signed in yet. It goes out by itself as soon as the account is online.';

const BY_CAUSE: Readonly<Record<TransportCause, string>> = {
  'name-not-found':
    'The server’s name could not be found. Check the address, or enter the server under Server settings. It is tried again by itself.',
  refused: 'The server refuses the connection; it may be stopped. It is tried again by itself.',
  unreachable: 'The server cannot be reached. Check the network. It is tried again by itself.',
  tls: 'The server’s certificate cannot be trusted, so nothing was sent. Ask your provider, or enter its certificate file under Server settings.',
  closed: 'The server closed the connection. It is tried again by itself.',
  'too-large': 'This is too large for the way to the server. Choose TCP as the transport under Server settings.',
};

const TIMEOUT = 'The server does not answer. It is tried again by itself.';

/** By what was being done, then by status. */
const BY_STATUS: Readonly<Record<Doing, Readonly<Record<number, string>>>> = {
  registration: {
    403: 'The server does not let this address sign in. Check the address, or ask your provider.',
    404: 'The server does not know this address. Check it for typing mistakes.',
    405: 'This server does not take sign-ins. Check the address and the outbound proxy.',
  },
  publication: {
    403: 'The server does not let this address publish its presence.',
    405: 'This server does not take presence, so others cannot see it there.',
    489: 'This server does not take presence, so others cannot see it there.',
    501: 'This server does not take presence, so others cannot see it there.',
    413: 'The presence text is too long for the server. Shorten the note.',
    415: 'This server does not understand the presence document.',
  },
  watcherInfo: {
    403: 'The server does not let this address see who watches it, so requests cannot be shown.',
    404: 'This server does not tell who watches you, so requests cannot be shown.',
    405: 'This server does not tell who watches you, so requests cannot be shown.',
    489: 'This server does not tell who watches you, so requests cannot be shown.',
    501: 'This server does not tell who watches you, so requests cannot be shown.',
  },
  subscription: {
    403: 'The server does not let you ask for this person’s presence.',
    404: 'There is nobody with this address.',
    405: 'This person’s server does not give presence.',
    489: 'This person’s server does not give presence.',
    501: 'This person’s server does not give presence.',
    603: 'This person does not want to be watched.',
  },
  message: {
    403: 'The server does not let you write to this address.',
    404: 'There is nobody with this address.',
    405: 'This person’s program does not take messages.',
    413: 'The message is too long for the other side. Send it in parts.',
    415: 'The other side cannot read this kind of message.',
    477: 'The server could not reach this person’s program. Send it again later.',
    480: 'This person is not reachable now, and their server keeps no messages. Send it again later.',
    486: 'This person is busy and takes no messages now.',
    488: 'The other side cannot take this message.',
    501: 'This person’s server does not pass on messages.',
    500: 'The other side had a problem and did not keep the message. Send it again later.',
    502: 'The server got no proper answer from the other side. Send it again later.',
    513: 'The message is too long for the other side. Send it in parts.',
    600: 'This person is busy and takes no messages now.',
    603: 'This person does not take messages from you.',
    604: 'There is nobody with this address.',
  },
  policy: {
    403: 'The server does not let this address change its permission rules.',
    404: NO_POLICY_SERVER,
    405: NO_POLICY_SERVER,
    507: 'The server has no room left for the permission rules.',
  },
  contactList: {
    403: 'The server does not let this address change its contact list.',
    404: NO_LIST_SERVER,
    405: NO_LIST_SERVER,
    507: 'The server has no room left for the contact list.',
  },
};

/** Where the table above has nothing: by class. */
function byClass(status: number): string {
  if (status === 408 || status === 504) return TIMEOUT;
  if (status === 503) return 'The server is overloaded or being serviced. It is tried again by itself.';
  if (status >= 600) return `This was declined (${status}).`;
  if (status >= 500) return `The server has a problem of its own (${status}).`;
  if (status >= 400) return `The server refuses this (${status}).`;
  return `The server gave an answer that makes no sense here (${status}).`;
}

/** One sentence (or two) for a person. */
export function failureWords(doing: Doing, failure: ProtocolFailure): string {
  switch (failure.kind) {
    case 'unauthenticated':
      return WRONG_PASSWORD;
    case 'timeout':
      return TIMEOUT;
    case 'transport':
      return BY_CAUSE[failure.cause];
    case 'status':
      return BY_STATUS[doing][failure.status] ?? byClass(failure.status);
  }
}

/** For a message that was tried often enough: what the status says, where it says more than that nobody answered. */
export function gaveUpWords(failure: ProtocolFailure): string {
  return (failure.kind === 'status' ? BY_STATUS.message[failure.status] : undefined) ?? GAVE_UP;
}

/** The technical text behind it, for the details. */
export function failureDetail(failure: ProtocolFailure): string {
  switch (failure.kind) {
    case 'unauthenticated':
      return `${failure.status} for realm ${failure.realm}`;
    case 'timeout':
      return 'no answer (408)';
    case 'transport':
      return `${failure.cause}: ${failure.reason}`;
    case 'status':
      return `${failure.status} ${failure.reason}`.trim();
  }
}

const HTTP_CAUSE: Readonly<Record<Extract<XcapFailure, { kind: 'http' }>['failure']['cause'], string>> = {
  ...BY_CAUSE,
  timeout: TIMEOUT,
  'too-large': 'The server’s document is too large.',
  'bad-url': 'The XCAP root is not a web address. Correct it under Server settings.',
  cancelled: NO_SIGNED_IN,
  'not-allowed': 'This server is not where documents may be fetched from.',
};

type DocumentPart = 'policy' | 'contactList';

/** Whole sentences, so that each can be said in another language. */
const DOCUMENT_WORDS: Readonly<Record<DocumentPart, Readonly<Record<Exclude<XcapFailure['kind'], 'http' | 'status'>, string>>>> = {
  policy: {
    unauthenticated:
      'The server of the permission rules does not accept this user name and password. Correct them in the account’s settings.',
    'refused-document': 'The server refuses the permission rules as they were written.',
    'changed-elsewhere': 'The permission rules keep changing on the server. It is tried again by itself.',
  },
  contactList: {
    unauthenticated: 'The server of the contact list does not accept this user name and password. Correct them in the account’s settings.',
    'refused-document': 'The server refuses the contact list as it was written.',
    'changed-elsewhere': 'The contact list keeps changing on the server. It is tried again by itself.',
  },
};

export function xcapFailureWords(doing: DocumentPart, failure: XcapFailure): string {
  switch (failure.kind) {
    case 'http':
      return HTTP_CAUSE[failure.failure.cause];
    case 'status':
      return BY_STATUS[doing][failure.status] ?? byClass(failure.status);
    default:
      return DOCUMENT_WORDS[doing][failure.kind];
  }
}

export function xcapFailureDetail(failure: XcapFailure): string {
  switch (failure.kind) {
    case 'http':
      return `${failure.failure.cause}: ${failure.failure.reason}`;
    case 'unauthenticated':
      return `${failure.status} for realm ${failure.realm}`;
    case 'refused-document':
      return `409 ${failure.element ?? ''} ${failure.words}`.trim();
    case 'changed-elsewhere':
      return '412 several times';
    case 'status':
      return `${failure.status} ${failure.reason}`.trim();
  }
}

/** Why a subscription was ended, by the notifier's reason (RFC 6665 §4.1.3). */
const TERMINATED: Readonly<Record<string, string>> = {
  rejected: 'This person does not let you see their presence.',
  noresource: 'There is no presence to see at this address.',
  invariant: 'This person’s presence does not change any more.',
  probation: 'This person’s server ended it for now; it is asked again by itself.',
  giveup: 'Nobody answered your request in time; it is asked again by itself.',
  deactivated: 'The server moved this; it is asked again by itself.',
  timeout: 'It ran out and is asked again by itself.',
};

export function terminatedWords(reason: string): string {
  // The reason is the peer's word: it must not reach what every object has.
  return (Object.hasOwn(TERMINATED, reason) ? TERMINATED[reason] : undefined) ?? 'The server ended it.';
}
