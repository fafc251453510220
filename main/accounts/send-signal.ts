// One report or typing notice as a MESSAGE of its own: no identity to keep, nothing to show. RFC 5438 §8, RFC 3994 §4.
import { newMessageIdentity } from '../simple/page-mode/page-message.ts';
import type { SentPageMessage } from '../simple/page-mode/page-message.ts';
import { sendPageMessage } from '../simple/page-mode/send-page-message.ts';
import type { WrittenContent } from '../simple/page-mode/write-content.ts';
import type { Endpoint } from '../sip/index.ts';
import type { AccountWorld } from './account-world.ts';
import { readAddress } from './address-text.ts';

export interface Signal {
  readonly content: WrittenContent;
  /** Worth nothing later: dropped when something else is under way to this peer. */
  readonly isOnlyNow: boolean;
  /** RFC 3428 §7: nobody keeps it for longer than this. */
  readonly expiresSeconds?: number;
}

/** undefined: that address cannot be reached. */
export function handSignal(world: AccountWorld, endpoint: Endpoint, address: string, signal: Signal): SentPageMessage | undefined {
  const target = readAddress(address);
  if (target.kind === 'failure') return undefined;
  const { content, expiresSeconds } = signal;
  return sendPageMessage(endpoint, {
    from: world.uri,
    to: target.uri,
    identity: newMessageIdentity(world.doors.random),
    sentAtMs: world.doors.clock.nowMs(),
    contentType: content.contentType,
    body: content.body,
    headers: expiresSeconds === undefined ? [] : [{ name: 'Expires', value: String(expiresSeconds) }],
  });
}
