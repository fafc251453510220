// What a notifier needs and offers (RFC 6665 §4.2): its contract, without anything that does it.
import type { Clock, Endpoint, Flow, Log, NameAddr, NetworkAddress, Random, Uri } from '../../../sip/index.ts';
import type { WatcherEntry, WatcherEvent } from '../../document/watcher-info.ts';
import type { AccessDecision } from './notifier-step.ts';

export type { AccessDecision } from './notifier-step.ts';

/** Who subscribes. All of it is a claim, unless the flow proves it. */
export interface WatcherIdentity {
  /** From, as an address without parameters: `sip:bob@example.org`. */
  readonly uri: string;
  readonly from: NameAddr;
  /** Whom it wants to watch: the Request-URI. */
  readonly target: Uri;
  readonly flow: Flow;
  readonly source: NetworkAddress;
}

/** A watcher and where it stands. `uri` and `displayName` are claims. */
export interface NotifierWatcher extends WatcherEntry {
  readonly identity: WatcherIdentity;
  readonly decision: AccessDecision;
  /** It asked once and for nothing more (Expires: 0). */
  readonly isFetch: boolean;
  /** Calendar. */
  readonly subscribedAtMs: number;
}

export interface NotifierBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface StateRequest {
  /** SECURITY: for `polite-block` say what somebody who is away would say, in the same form. */
  readonly decision: 'allow' | 'polite-block';
  /** Counts the NOTIFYs of this subscription from 0, e.g. for a version. */
  readonly notification: number;
}

/** SECURITY: what strangers may make us keep. A stranger is whom `authorize` answers `confirm`. */
export interface NotifierLimits {
  /** Subscriptions that live, of everybody. */
  readonly subscriptions: number;
  /** Of one address. */
  readonly perWatcher: number;
  /** Undecided ones, living or waiting, from one network address. */
  readonly strangersPerSource: number;
  /** Undecided ones in all. */
  readonly strangers: number;
  /** New SUBSCRIBEs of strangers from one network address in a minute. */
  readonly asksPerMinute: number;
}

export const DEFAULT_LIMITS: NotifierLimits = {
  subscriptions: 5_000, // a thousand watchers with some devices each; some 10 kB each
  perWatcher: 10, // devices of one person
  strangersPerSource: 20, // a household, or an office behind one address
  strangers: 500, // more questions than anybody answers
  asksPerMinute: 30,
};

export interface NotifierOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Event package, e.g. `presence`. */
  readonly event: string;
  /** User part of our Contact. */
  readonly contactUser: string;
  /** Types that `stateFor` may give; a SUBSCRIBE that takes none of them is answered 406. */
  readonly contentTypes: readonly string[];
  /** Whether this is us; everybody else is answered 404. */
  readonly isOurs: (target: Uri) => boolean;
  /** The decision as of now. Asked for each SUBSCRIBE, and for everybody at `authorizationChanged`. Must not throw. */
  readonly authorize: (watcher: WatcherIdentity) => AccessDecision;
  /** What this watcher may see now; undefined: nothing is said. */
  readonly stateFor: (watcher: WatcherIdentity, request: StateRequest) => NotifierBody | undefined;
  /** Each change of a watcher's status; `terminated` is the last of it. Renewals are no change. */
  readonly onWatcher?: (watcher: NotifierWatcher) => void;
  /** Between two NOTIFYs about changes of state. Default 5 s (RFC 3856 §6.10). */
  readonly minIntervalMs?: number;
  readonly limits?: Partial<NotifierLimits>;
}

export interface Notifier {
  /** What there is to see changed: whoever may see it is told, as often as the rate allows. */
  stateChanged(): void;
  /** Decisions changed: everybody is looked at anew, and told at once. */
  authorizationChanged(): void;
  /** Everybody who watches, or asked and waits for an answer. */
  watchers(): readonly NotifierWatcher[];
  /** Ends one subscription, e.g. `probation` or `noresource`. */
  end(watcherId: string, event: Extract<WatcherEvent, 'deactivated' | 'probation' | 'giveup' | 'noresource'>): void;
  /** Tells everybody that it is over (`deactivated` unless said otherwise; bounded wait) and refuses new ones. */
  stop(event?: Extract<WatcherEvent, 'deactivated' | 'noresource'>): Promise<void>;
}
