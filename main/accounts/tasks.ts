// Long work beside everything else: started, told about, cancelled, ended with the program.
import type { Change } from '../../app/domain/change.ts';
import type { Task, TaskKind } from '../../app/domain/task.ts';
import type { Log } from '../sip/index.ts';
import { errorText } from './account-world.ts';

/** How often a task tells how far it is, at most. */
const TELL_EVERY_MS = 100;
/** Ended tasks that can still be asked for. */
const KEPT_ENDED = 20;
const MISTAKE = 'This did not work because of a mistake in the program. The log has the details.';

/** What the work of a task has in hand. */
export interface TaskControl {
  /** The person, or the end of the program, wants it to stop. */
  isCancelled(): boolean;
  progress(done: number, total: number): void;
  /** Called once when it is to stop; at once when that is already so. */
  onCancel(stop: () => void): void;
}

/** Thrown by the work of a task: ended as was asked, or failed with a sentence for a person. */
export class TaskEnd extends Error {
  readonly state: 'cancelled' | 'failed';
  constructor(state: 'cancelled' | 'failed', reason = '') {
    super(reason);
    this.name = 'TaskEnd';
    this.state = state;
  }
}

export type TaskWork = (control: TaskControl) => Promise<string | undefined>;
export type TaskAbout = Pick<Task, 'conversationId' | 'accountId' | 'path'>;

export interface Tasks {
  /** The work's result is a sentence of what came of it. */
  start(kind: TaskKind, about: TaskAbout, work: TaskWork): string;
  list(): Task[];
  /** false: there is none such, or it can not be cancelled. */
  cancel(taskId: string): boolean;
  /** Tells of something that happened before anybody could listen. */
  note(task: Omit<Task, 'taskId'>): void;
  /** The program ends: what is cancelled now is to go on at the next start. */
  isEnding(): boolean;
  /** Stops all; resolves when they have ended. */
  end(): Promise<void>;
}

export interface TasksParts {
  readonly announce: (change: Change) => void;
  readonly monotonicMs: () => number;
  readonly log: Log;
}

interface Running {
  task: Task;
  isCancelled: boolean;
  readonly stops: (() => void)[];
  ended: Promise<void>;
}

/** The account is gone for the person already. */
const NOT_CANCELLED: readonly TaskKind[] = ['remove-account'];

/** What one task tells the others: its changes, and its end. */
interface Telling {
  readonly announce: (change: Change) => void;
  readonly monotonicMs: () => number;
  readonly log: Log;
}

function controlOf(one: Running, { announce, monotonicMs }: Telling): TaskControl {
  let toldMs = -Infinity;
  return {
    isCancelled: () => one.isCancelled,
    onCancel: (each) => {
      one.stops.push(each);
      if (one.isCancelled) each();
    },
    progress: (done, total) => {
      one.task = { ...one.task, done, total };
      const nowMs = monotonicMs();
      if (nowMs - toldMs < TELL_EVERY_MS) return;
      toldMs = nowMs;
      announce({ type: 'task-changed', task: one.task });
    },
  };
}

function stop(one: Running): void {
  if (one.isCancelled) return;
  one.isCancelled = true;
  for (const each of one.stops) each();
}

/** Gives the task as it ended. Never rejects. */
async function runToEnd(one: Running, work: TaskWork, telling: Telling): Promise<Task> {
  try {
    const reason = await work(controlOf(one, telling));
    const total = Math.max(one.task.done, one.task.total);
    return { ...one.task, state: 'done', done: total, total, ...(reason !== undefined && { reason }) };
  } catch (error) {
    if (error instanceof TaskEnd) return { ...one.task, state: error.state, ...(error.message !== '' && { reason: error.message }) };
    telling.log('error', `a task failed: ${errorText(error)}`);
    return { ...one.task, state: 'failed', reason: MISTAKE };
  }
}

export function createTasks(parts: TasksParts): Tasks {
  const { announce } = parts;
  const running = new Map<string, Running>();
  const ended: Task[] = [];
  let lastId = 0;
  let isEnding = false;

  function keepEnded(task: Task): void {
    ended.push(task);
    if (ended.length > KEPT_ENDED) ended.shift();
    announce({ type: 'task-changed', task });
  }

  async function run(one: Running, work: TaskWork): Promise<void> {
    // WHY later: the answer with the task's id is on its way before the work begins.
    await Promise.resolve();
    const task = await runToEnd(one, work, parts);
    running.delete(task.taskId);
    keepEnded(task);
  }

  return {
    start(kind, about, work) {
      lastId += 1;
      const taskId = String(lastId);
      const task: Task = { taskId, kind, state: 'working', done: 0, total: 0, ...about };
      const one: Running = { task, isCancelled: isEnding, stops: [], ended: Promise.resolve() };
      running.set(taskId, one);
      announce({ type: 'task-changed', task });
      one.ended = run(one, work);
      return taskId;
    },
    list: () => [...ended, ...[...running.values()].map(({ task }) => task)],
    cancel(taskId) {
      const one = running.get(taskId);
      if (one === undefined || NOT_CANCELLED.includes(one.task.kind)) return false;
      stop(one);
      return true;
    },
    note(task) {
      lastId += 1;
      keepEnded({ taskId: String(lastId), ...task });
    },
    isEnding: () => isEnding,
    async end() {
      isEnding = true;
      for (const one of running.values()) stop(one);
      await Promise.allSettled([...running.values()].map((one) => one.ended));
    },
  };
}
