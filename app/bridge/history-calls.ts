// The part of the contract about the history: searching, deleting, export, import, backup, how long messages are kept, long work.
import * as v from 'valibot';
import { troubleSchema } from '../domain/change.ts';
import { messageSchema } from '../domain/message.ts';
import { taskSchema } from '../domain/task.ts';
import { addressInput, idInput, limitInput, nothing, shortTextInput, timeMsInput } from './input.ts';

/** Longest path of a file on any system we know. */
const PATH_LIMIT = 4_096;
/** A hundred years. */
const KEEP_DAYS_LIMIT = 36_500;

const path = v.pipe(v.string(), v.minLength(1), v.maxLength(PATH_LIMIT));
const keepDays = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(KEEP_DAYS_LIMIT));
/** The work goes on after the answer; `task-changed` tells how far it is. */
const startedTask = v.object({ taskId: idInput });

export const historyCalls = {
  /**
   * All words must be there, newest stored first: whole words, "phrases", beginnings (`lak*`), parts (`*ake*`); the last word, while
   * nothing follows it, counts as a part. Case and accents (Latin, Greek, Cyrillic) do not matter.
   */
  searchMessages: {
    input: v.object({
      query: shortTextInput,
      accountId: v.optional(idInput),
      conversationId: v.optional(idInput),
      /** The person: conversations of all accounts with this address. */
      address: v.optional(addressInput),
      direction: v.optional(v.picklist(['in', 'out'])),
      /** Bounds of the time shown; `untilMs` is not included. */
      fromMs: v.optional(timeMsInput),
      untilMs: v.optional(timeMsInput),
      limit: v.optional(limitInput, 50),
      before: v.optional(idInput),
      /** E.g. one search field: a newer search of the same channel ends the older one, which fails as `cancelled`. */
      channel: v.optional(shortTextInput),
    }),
    /** `snippet`: the part that matched, the matches between U+0001 and U+0002. */
    output: v.object({ messages: v.array(v.object({ ...messageSchema.entries, snippet: v.string() })) }),
  },
  cancelSearch: { input: v.object({ channel: shortTextInput }), output: nothing },
  /** Here only: the other side keeps it. */
  deleteMessage: { input: v.object({ messageId: idInput }), output: nothing },
  /** Here only. Messages that arrive meanwhile stay. */
  deleteConversation: { input: v.object({ conversationId: idInput }), output: startedTask },
  /** To a file at `path`: one conversation, one account or all. `jsonl` can be imported again, `html` is for reading. */
  exportHistory: {
    input: v.object({ path, format: v.picklist(['jsonl', 'html']), conversationId: v.optional(idInput), accountId: v.optional(idInput) }),
    output: startedTask,
  },
  /** Messages go to the account whose address they name; `accountId`: where those of other accounts go. Twice gives no doubles. */
  importHistory: { input: v.object({ path, accountId: v.optional(idInput) }), output: startedTask },
  /** A copy of the whole database as it is now. */
  backupHistory: { input: v.object({ path }), output: startedTask },
  /** Goes through the whole database for damage. */
  checkHistory: { input: nothing, output: startedTask },
  /** How long messages are kept. 0: for ever; null: nothing said, a conversation then follows what is said for all (no `conversationId`). */
  setRetention: { input: v.object({ conversationId: v.optional(idInput), keepDays: v.nullable(keepDays) }), output: nothing },
  getRetention: { input: v.object({ conversationId: v.optional(idInput) }), output: v.object({ keepDays: v.nullable(keepDays) }) },
  /** What the last `trouble-changed` said: for who was not there to hear it. */
  getTrouble: { input: nothing, output: v.object({ trouble: v.nullable(troubleSchema) }) },
  /** Those that go on, and the last ones that ended. */
  listTasks: { input: nothing, output: v.object({ tasks: v.array(taskSchema) }) },
  /** What is done stays done. Removing an account can not be cancelled. */
  cancelTask: { input: v.object({ taskId: idInput }), output: nothing },
} as const;
