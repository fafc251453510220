// What a notification says, and whether there is one. Pure.
import type { Settings } from '../../app/bridge/shell-contract.ts';
import type { Change } from '../../app/domain/change.ts';
import { personName, type Overview } from './overview.ts';

const TITLE_LIMIT = 80;
const BODY_LIMIT = 200;

export interface NotificationText {
  readonly conversationId: string;
  readonly title: string;
  readonly body: string;
}

/**
 * One line of plain text of at most `limit` characters.
 * SECURITY: control and bidirectional characters go, and `<` with them: some Linux desktops read notifications as markup.
 */
function plainLine(text: string, limit: number): string {
  const line = text
    .slice(0, limit * 4)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu, '')
    .replace(/</gu, '‹')
    .trim();
  const characters = [...line];
  return characters.length > limit ? `${characters.slice(0, limit - 1).join('')}…` : line;
}

/** The notification for `change`; undefined when there is nothing to say or the person wants quiet. */
export function notificationFor(change: Change, overview: Overview, settings: Settings, isInFront: boolean): NotificationText | undefined {
  if (isInFront || settings.isDoNotDisturb || !settings.hasNotifications) return undefined;
  if (change.type !== 'message-added' || change.message.direction !== 'in') return undefined;
  const { conversationId, accountId, address, text } = change.message;
  if (overview.unknown.has(conversationId)) return undefined;
  return { conversationId, title: plainLine(personName(overview, accountId, address), TITLE_LIMIT), body: plainLine(text, BODY_LIMIT) };
}
