// What the calls of the history do (app/bridge/history-calls.ts): checks what only the core can know, then one flow or one query.
import { isAbsolute } from 'node:path';
import type { CallHandlers, CallName } from '../../app/bridge/contract.ts';
import type { historyCalls as calls } from '../../app/bridge/history-calls.ts';
import * as store from '../store/index.ts';
import type { AccountRegistry } from './account-registry.ts';
import { invalid, notFound, requireConversation } from './call-input.ts';
import { checkHistory } from './check-history.ts';
import { backupHistory, exportHistory } from './export-history.ts';
import type { History } from './history.ts';
import { importHistory } from './import-history.ts';

type HistoryHandlers = Pick<CallHandlers, keyof typeof calls & CallName>;

export function createHistoryCalls({ accounts, history }: { accounts: AccountRegistry; history: History }): HistoryHandlers {
  const { world, search, deletions } = history;
  const { storage, tasks } = world;

  function requireGiven({ conversationId, accountId }: { conversationId?: string | undefined; accountId?: string | undefined }): void {
    if (conversationId !== undefined) requireConversation(storage, conversationId);
    if (accountId !== undefined) accounts.get(accountId);
  }

  return {
    searchMessages: async (input) => {
      requireGiven(input);
      return { messages: await search.search(input) };
    },
    cancelSearch: ({ channel }) => {
      search.cancel(channel);
      return {};
    },
    deleteMessage: async ({ messageId }) => {
      await deletions.deleteMessage(messageId);
      return {};
    },
    deleteConversation: async ({ conversationId }) => ({ taskId: await deletions.deleteConversation(conversationId) }),
    exportHistory: (input) => {
      requirePath(input.path);
      requireGiven(input);
      return { taskId: exportHistory(world, input) };
    },
    importHistory: (input) => {
      requirePath(input.path);
      requireGiven(input);
      return { taskId: importHistory(world, input) };
    },
    backupHistory: (input) => {
      requirePath(input.path);
      return { taskId: backupHistory(world, input) };
    },
    checkHistory: () => ({ taskId: checkHistory(world) }),
    setRetention: async ({ conversationId, keepDays }) => {
      requireGiven({ conversationId });
      await storage.commit((db) => {
        store.setRetention(db, { keepDays, ...(conversationId !== undefined && { conversationId }) });
      });
      history.retention.look();
      return {};
    },
    getRetention: ({ conversationId }) => ({
      keepDays: storage.read((db) => store.getRetention(db, conversationId === undefined ? {} : { conversationId })),
    }),
    getTrouble: () => ({ trouble: world.troubles.current() }),
    listTasks: () => ({ tasks: tasks.list() }),
    cancelTask: ({ taskId }) => {
      if (!tasks.cancel(taskId)) throw notFound('taskId', 'This work is done already.');
      return {};
    },
  };
}

/** SECURITY: a relative path would mean whatever folder the program was started in. */
function requirePath(path: string): void {
  if (isAbsolute(path) && !path.includes('\0')) return;
  throw invalid('path', 'Give the whole path of the file, from the root.');
}
