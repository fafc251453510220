// Tells a presentity who watches it, as a server would (RFC 3857 §4, RFC 3858): a notifier about another notifier, for ourselves only.
import { WATCHER_INFO_CONTENT_TYPE, printWatcherInfo } from '../../document/watcher-info.ts';
import { createNotifier } from '../notifier.ts';
import type { Notifier, NotifierOptions, WatcherIdentity } from './notifier-options.ts';

export interface WatcherInfoNotifierOptions extends Pick<
  NotifierOptions,
  'endpoint' | 'clock' | 'random' | 'log' | 'contactUser' | 'isOurs' | 'minIntervalMs' | 'limits'
> {
  /** Whose watchers are told. Its `onWatcher` must call `stateChanged` of what this returns. */
  readonly of: Notifier;
  /** Its event package, e.g. `presence`. */
  readonly package: string;
  /** The presentity's address, e.g. `sip:ada@example.org`. */
  readonly resource: string;
  /** Only ourselves: everybody else is answered 403, which also ends all recursion (RFC 3857 §4.5). */
  readonly isOurself: (watcher: WatcherIdentity) => boolean;
}

/** Every NOTIFY carries full state (RFC 3858 §4 leaves the choice), so that nothing can be missed. */
export function createWatcherInfoNotifier(options: WatcherInfoNotifierOptions): Notifier {
  const { of, isOurself, resource, package: name, ...rest } = options;
  return createNotifier({
    ...rest,
    event: `${name}.winfo`,
    contentTypes: [WATCHER_INFO_CONTENT_TYPE],
    authorize: (watcher) => (isOurself(watcher) ? 'allow' : 'forbid'),
    stateFor: (_watcher, { notification }) => ({
      contentType: WATCHER_INFO_CONTENT_TYPE,
      bytes: new TextEncoder().encode(
        printWatcherInfo({ version: notification, state: 'full', lists: [{ resource, package: name, watchers: of.watchers() }] }),
      ),
    }),
  });
}
