// Keeps the overview: read once from the core, then changed by its changes.
import type { Core } from '../accounts/core.ts';
import { emptyOverview, overviewAfter, type Overview } from './overview.ts';

export interface FollowedOverview {
  current(): Overview;
  /** Called after each change that concerns it. */
  onChange(listener: (overview: Overview) => void): void;
}

export function followOverview(core: Core, log: (text: string) => void): FollowedOverview {
  let overview = emptyOverview;
  const listeners: ((overview: Overview) => void)[] = [];
  const apply = (change: Parameters<typeof overviewAfter>[1]): void => {
    const next = overviewAfter(overview, change);
    if (next === overview) return;
    overview = next;
    for (const listener of listeners) listener(overview);
  };
  const readAll = async (): Promise<void> => {
    const { accounts } = await core.handlers.listAccounts({});
    for (const { accountId } of accounts) {
      const { contacts } = await core.handlers.listContacts({ accountId });
      for (const contact of contacts) apply({ type: 'contact-changed', contact });
      const { requests } = await core.handlers.listRequests({ accountId });
      for (const request of requests) apply({ type: 'request-changed', request });
    }
    const { conversations } = await core.handlers.listConversations({});
    for (const conversation of conversations) apply({ type: 'conversation-changed', conversation });
  };
  core.onChange(apply);
  // The badge is a comfort: without the lists it starts at nothing and follows the changes.
  readAll().catch((error: unknown) => log(`the overview cannot be read: ${String(error)}`));
  return { current: () => overview, onChange: (listener) => void listeners.push(listener) };
}
