// The table of an outgoing message's states, row by row, and what counts as a local failure.
import { describe, expect, it } from 'vitest';
import type { MessageEvent, OutgoingState } from '../../../main/accounts/message-states.ts';
import { MESSAGE_STEPS, failureCode, isLocalFailure, whoSaid } from '../../../main/accounts/message-states.ts';
import type { ProtocolFailure } from '../../../main/simple/outcome.ts';

const STATES: OutgoingState[] = ['queued', 'sending', 'accepted', 'delivered', 'displayed', 'failed'];
const EVENTS: MessageEvent[] = ['send', 'accept', 'postpone', 'refuse', 'deliver', 'display', 'resend', 'restart'];

describe('the table', () => {
  it('is this one', () => {
    const table = Object.fromEntries(
      STATES.map((state) => [
        state,
        Object.fromEntries(
          EVENTS.flatMap((event) => (MESSAGE_STEPS[event].from.includes(state) ? [[event, MESSAGE_STEPS[event].to]] : [])),
        ),
      ]),
    );
    expect(table).toEqual({
      queued: { send: 'sending' },
      sending: { accept: 'accepted', postpone: 'queued', refuse: 'failed', restart: 'queued', deliver: 'delivered', display: 'displayed' },
      accepted: { deliver: 'delivered', display: 'displayed', refuse: 'failed' },
      delivered: { display: 'displayed' },
      displayed: {},
      failed: { resend: 'queued', deliver: 'delivered', display: 'displayed' },
    });
  });

  it('says from where an event leads to a state', () => {
    expect({
      resend: MESSAGE_STEPS.resend.from,
      accept: MESSAGE_STEPS.accept.from,
      refuse: MESSAGE_STEPS.refuse.from,
    }).toEqual({
      resend: ['failed'],
      accept: ['sending'],
      refuse: ['sending', 'accepted'],
    });
  });
});

function status(code: number): ProtocolFailure {
  return { kind: 'status', status: code, reason: '', retryAfterSeconds: undefined };
}

describe('failures', () => {
  it.each([401, 407, 408, 477, 500, 502, 503, 504])('%i keeps the message waiting', (code) => {
    expect({ isLocal: isLocalFailure(status(code)), code: failureCode(status(code)) }).toEqual({ isLocal: true, code });
  });

  it.each([403, 404, 415, 480, 486, 501, 603])('%i is the other side’s answer', (code) => {
    expect(isLocalFailure(status(code))).toBe(false);
  });

  it('480 keeps it waiting only where everybody was cut off until a moment ago', () => {
    expect([isLocalFailure(status(480), true), isLocalFailure(status(480), false), isLocalFailure(status(404), true)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it.each<[ProtocolFailure, string]>([
    [{ kind: 'timeout' }, 'here'],
    [{ kind: 'transport', cause: 'refused', reason: '' }, 'here'],
    [status(404), 'server'],
    [status(603), 'peer'],
  ])('%j was said by the %s', (failure, by) => {
    expect(whoSaid(failure)).toBe(by);
  });

  it('of the way are local, but not one that no waiting cures', () => {
    const transport = (cause: 'refused' | 'too-large'): ProtocolFailure => ({ kind: 'transport', cause, reason: '' });
    expect([isLocalFailure({ kind: 'timeout' }), isLocalFailure(transport('refused')), isLocalFailure(transport('too-large'))]).toEqual([
      true,
      true,
      false,
    ]);
    expect(failureCode({ kind: 'timeout' })).toBe(0);
  });
});
