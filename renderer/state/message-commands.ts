// What can be done with a message, and the keys for it while the message has the focus.
import type { Message } from '../../app/domain/message.ts';
import { t } from '../text/text.svelte.ts';
import type { AppState } from './app-state.svelte.ts';

export type MessageCommand = 'reply' | 'copy' | 'resend' | 'details' | 'delete' | 'quoted';

/** Long enough to read a sentence twice. */
const NOTICE_MS = 10_000;

const KEYS: Readonly<Record<string, MessageCommand>> = {
  r: 'reply',
  c: 'copy',
  i: 'details',
  q: 'quoted',
  Enter: 'details',
  Delete: 'delete',
};

export function messageCommandOfKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>,
): MessageCommand | undefined {
  if (event.altKey || event.shiftKey) return undefined;
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === 'c' ? 'copy' : undefined;
  return KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
}

export function replyTo(app: AppState, message: Message): void {
  app.composer.quote(message);
  app.view.composerFocus += 1;
}

export async function copyMessage(app: AppState, message: Message): Promise<void> {
  const reply = await app.client.call('copyText', { text: message.text });
  if (reply.kind === 'ok') return app.announcer.say(t('general.copied'));
  app.view.notice = t('general.copyFailed', { reason: reply.failure.reason });
  app.clock.after(NOTICE_MS, () => (app.view.notice = ''));
}
