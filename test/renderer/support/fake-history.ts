// The stand-in's calls about messages and history beside sending and reading: blocked addresses, details, tasks, files.
import type { PageCallName, PageChange } from '../../../app/bridge/shell-contract.ts';
import type { Message } from '../../../app/domain/message.ts';
import type { Task } from '../../../app/domain/task.ts';
import type { AnyInput } from './fake-authorization.ts';
import { NotFound } from './fake-authorization.ts';
import { ACCOUNT_ID, type FakeData } from './fake-people.ts';

type Handler = (input: AnyInput) => object;

interface Doors {
  announce(change: PageChange): void;
  changeMessage(messageId: string, change: (message: Message) => Message): void;
  changeConversation(conversationId: string): void;
  send(address: string, text: string): Message;
}

let lastTask = 0;

export function messageHandlers(data: FakeData, { announce, changeMessage, changeConversation, send }: Doors) {
  const find = (messageId: unknown): Message => {
    const found = [...data.messages.values()].flat().find((message) => message.messageId === messageId);
    if (found === undefined) throw new NotFound();
    return found;
  };
  return {
    noteTyping: () => ({}),
    sendToMany: (input) => ({
      messageIds: (input['addresses'] as unknown as string[]).map((address) => send(address, String(input['text'])).messageId),
    }),
    getMessageDetails(input) {
      const message = find(input['messageId']);
      const atMs = message.storedAtMs;
      return {
        details: {
          messageId: message.messageId,
          states: [
            { state: 'queued', atMs },
            { state: 'sending', atMs: atMs + 40 },
            { state: 'accepted', atMs: atMs + 190 },
          ],
          exchange: [
            { atMs: atMs + 40, line: '→ MESSAGE sip:bob@example.org SIP/2.0, CSeq 7, TCP 192.0.2.7:5060' },
            { atMs: atMs + 190, line: '← SIP/2.0 202 Accepted' },
          ],
          callId: 'f81d4fae-7dec@192.0.2.7',
          imdnMessageId: '34jk324j',
          contentType: message.contentType,
          isCpim: true,
          envelope: [{ name: 'Subject', namespace: '', value: 'The plan' }],
          wasStored: message.wasStored === true,
        },
      };
    },
    deleteMessage(input) {
      const { conversationId, messageId } = find(input['messageId']);
      const rest = (data.messages.get(conversationId) ?? []).filter((message) => message.messageId !== messageId);
      data.messages.set(conversationId, rest);
      announce({ type: 'message-removed', messageId, conversationId });
      changeConversation(conversationId);
      return {};
    },
    acceptConversation(input) {
      data.conversations = data.conversations.map((one) =>
        one.conversationId === input['conversationId'] ? { ...one, isUnknown: false } : one,
      );
      const conversation = data.conversations.find((one) => one.conversationId === input['conversationId']);
      if (conversation !== undefined) announce({ type: 'conversation-changed', conversation });
      return {};
    },
    blockAddress(input) {
      const address = String(input['address']);
      data.blocked = [
        { accountId: ACCOUNT_ID, address, isSilent: Boolean(input['isSilent']), sinceMs: Date.now(), refusedCount: 0 },
        ...data.blocked.filter((one) => one.address !== address),
      ];
      return {};
    },
    unblockAddress(input) {
      data.blocked = data.blocked.filter((one) => one.address !== input['address']);
      return {};
    },
    listBlocked: () => ({ blocked: data.blocked }),
    fetchContent(input) {
      changeMessage(String(input['messageId']), (message) =>
        message.reference === undefined ? message : { ...message, reference: { ...message.reference, state: 'fetching' } },
      );
      return {};
    },
    setReporting(input) {
      const key = String(input['address'] ?? '');
      data.reporting.set(key, { ...reportingOf(data, key), ...definedOf(input) });
      return {};
    },
    getReporting: (input) => reportingOf(data, String(input['address'] ?? '')),
  } satisfies Partial<Record<PageCallName, Handler>>;
}

function definedOf(input: AnyInput): object {
  const names = ['delivery', 'display', 'typing'];
  return Object.fromEntries(Object.entries(input).filter(([name, value]) => names.includes(name) && value !== undefined));
}

function reportingOf(data: FakeData, key: string): FakeData['reporting'] extends Map<string, infer Value> ? Value : never {
  const value = key === '' ? true : null;
  return data.reporting.get(key) ?? { delivery: value, display: value, typing: value };
}

export function historyHandlers(data: FakeData, announce: (change: PageChange) => void) {
  function start(kind: Task['kind'], more: Partial<Task> = {}): { taskId: string } {
    lastTask += 1;
    const task: Task = { taskId: `task-${lastTask}`, kind, state: 'working', done: 400, total: 1_000, ...more };
    data.tasks = [...data.tasks, task];
    announce({ type: 'task-changed', task });
    return { taskId: task.taskId };
  }
  return {
    cancelSearch: () => ({}),
    deleteConversation(input) {
      const conversationId = String(input['conversationId']);
      data.conversations = data.conversations.filter((one) => one.conversationId !== conversationId);
      announce({ type: 'conversation-removed', conversationId });
      return start('delete-conversation', { state: 'done', done: 1, total: 1, conversationId });
    },
    exportHistory: (input) => start('export', { path: String(input['path']) }),
    importHistory: (input) => start('import', { path: String(input['path']) }),
    backupHistory: (input) => start('backup', { path: String(input['path']) }),
    checkHistory: () => start('check'),
    setRetention(input) {
      data.retention.set(String(input['conversationId'] ?? ''), input['keepDays'] as unknown as number | null);
      return {};
    },
    getRetention: (input) => ({ keepDays: data.retention.get(String(input['conversationId'] ?? '')) ?? null }),
    getTrouble: () => ({ trouble: null }),
    listTasks: () => ({ tasks: data.tasks }),
    cancelTask(input) {
      data.tasks = data.tasks.map((task) => (task.taskId === input['taskId'] ? { ...task, state: 'cancelled' } : task));
      const task = data.tasks.find((one) => one.taskId === input['taskId']);
      if (task !== undefined) announce({ type: 'task-changed', task });
      return {};
    },
    chooseFile: (input) => ({ path: `/home/ada/${String(input['suggestedName'] ?? '') || 'chosen.jsonl'}` }),
    saveTextFile: (input) => ({ path: `/home/ada/${String(input['suggestedName'])}` }),
    openTextFile: () => ({ text: '<ruleset/>' }),
  } satisfies Partial<Record<PageCallName, Handler>>;
}
