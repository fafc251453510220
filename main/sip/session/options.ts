// Option tags and methods that messages of a session name (RFC 3261 §19.2, §20.5).
import { headerTexts } from '../message/header/header.ts';
import type { SipMessage } from '../message/message.ts';

/** Option tags that sessions bring along: RFC 3262, RFC 4028, RFC 3891. */
export const SESSION_OPTIONS = ['100rel', 'timer', 'replaces'] as const;

/** Whether a list header such as Supported or Require names `tag`; compared without case. */
export function hasOption(message: SipMessage, header: 'Supported' | 'Require' | 'Allow', tag: string): boolean {
  const wanted = tag.toLowerCase();
  return headerTexts(message, header).some((text) => text.split(',').some((word) => word.trim().toLowerCase() === wanted));
}
