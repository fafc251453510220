// Long work in words.
import type { Task } from '../../app/domain/task.ts';
import { said } from '../text/said.ts';
import { t, type TextKey } from '../text/text.svelte.ts';
import { shareDone } from './tasks.svelte.ts';

const KIND_WORDS: Readonly<Record<Task['kind'], TextKey>> = {
  export: 'task.export',
  import: 'task.import',
  backup: 'task.backup',
  'delete-conversation': 'task.deleteConversation',
  'remove-account': 'task.removeAccount',
  retention: 'task.retention',
  purge: 'task.purge',
  index: 'task.index',
  check: 'task.check',
  salvage: 'task.salvage',
};

export function taskName(task: Task): string {
  return t(KIND_WORDS[task.kind]);
}

/** How far it is, or how it ended: `40 %`, `done`, `failed: …`. */
export function taskWords(task: Task): string {
  switch (task.state) {
    case 'working': {
      const share = shareDone(task);
      return share === null ? t('task.working') : t('task.share', { percent: Math.floor(share * 100) });
    }
    case 'done':
      return task.reason === undefined ? t('task.done') : said(task.reason);
    case 'cancelled':
      return task.reason === undefined ? t('task.cancelled') : said(task.reason);
    case 'failed':
      return t('task.failed', { reason: said(task.reason ?? '') });
  }
}
