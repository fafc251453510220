// Long work that goes on beside everything else: export, import, backup, deletion; how far it is, and how it is cancelled.
import { SvelteMap } from 'svelte/reactivity';
import type { Task } from '../../app/domain/task.ts';
import type { AppClient } from '../app-client.ts';

/** Work that nobody asked for and nobody waits for. */
const QUIET_KINDS: ReadonlySet<Task['kind']> = new Set(['index', 'purge', 'retention']);

/** 0 to 1, or null when it is not known. */
export function shareDone(task: Task): number | null {
  return task.total > 0 ? Math.min(1, task.done / task.total) : null;
}

export class TasksState {
  readonly byId = new SvelteMap<string, Task>();
  readonly list: readonly Task[] = $derived([...this.byId.values()].reverse());
  readonly working: readonly Task[] = $derived(this.list.filter((task) => task.state === 'working' && !QUIET_KINDS.has(task.kind)));
  readonly #client: AppClient;

  constructor(client: AppClient) {
    this.#client = client;
  }

  async load(): Promise<void> {
    const reply = await this.#client.call('listTasks', {});
    if (reply.kind === 'ok') for (const task of reply.output.tasks) this.applyTask(task);
  }

  applyTask(task: Task): void {
    this.byId.set(task.taskId, task);
  }

  async cancel(taskId: string): Promise<void> {
    await this.#client.call('cancelTask', { taskId });
  }
}
