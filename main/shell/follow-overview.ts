// Keeps the overview: read once from the core, then changed by its changes.
import type { Contact } from '../../app/domain/contact.ts';
import type { Core } from '../accounts/core.ts';
import { emptyOverview, overviewAfter, overviewWith, type Overview } from './overview.ts';

export interface FollowedOverview {
  current(): Overview;
  /** Called after each change that concerns it. */
  onChange(listener: (overview: Overview) => void): void;
}

export function followOverview(core: Core, log: (text: string) => void): FollowedOverview {
  let overview = emptyOverview;
  const listeners: ((overview: Overview) => void)[] = [];
  const become = (next: Overview): void => {
    if (next === overview) return;
    overview = next;
    for (const listener of listeners) listener(overview);
  };
  /** The newest word about each. WHY gathered: a server tells of ten thousand in one turn, and their presence changes all the time; only names count here. */
  const heard = new Map<string, Contact>();
  const current = (): Overview => {
    const contacts = [...heard.values()];
    heard.clear();
    become(overviewWith(overview, { contacts }));
    return overview;
  };
  const readAll = async (): Promise<void> => {
    const { accounts } = await core.handlers.listAccounts({});
    for (const { accountId } of accounts) {
      const { contacts } = await core.handlers.listContacts({ accountId });
      const { requests } = await core.handlers.listRequests({ accountId });
      become(overviewWith(current(), { contacts, requests }));
    }
    const { conversations } = await core.handlers.listConversations({});
    become(overviewWith(current(), { conversations }));
  };
  core.onChange((change) => {
    if (change.type === 'contact-changed') heard.set(change.contact.contactId, change.contact);
    else become(overviewAfter(current(), change));
  });
  // The badge is a comfort: without the lists it starts at nothing and follows the changes.
  readAll().catch((error: unknown) => log(`the overview cannot be read: ${String(error)}`));
  return { current, onChange: (listener) => void listeners.push(listener) };
}
