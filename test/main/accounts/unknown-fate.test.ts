// Which outcomes leave open whether a text arrived, so that it goes to nobody twice by itself.
import { expect, it } from 'vitest';
import { mayHaveArrived } from '../../../main/accounts/unknown-fate.ts';
import type { ProtocolFailure } from '../../../main/simple/outcome.ts';

const status = (code: number): ProtocolFailure => ({ kind: 'status', status: code, reason: '', retryAfterSeconds: undefined });
const transport = (cause: 'closed' | 'refused' | 'tls'): ProtocolFailure => ({ kind: 'transport', cause, reason: '' });

it.each<[string, ProtocolFailure, boolean]>([
  ['no answer', { kind: 'timeout' }, true],
  ['the connection ended', transport('closed'), true],
  ['no answer to a server on the way: 408', status(408), true],
  ['504', status(504), true],
  ['never sent: refused', transport('refused'), false],
  ['never sent: not trusted', transport('tls'), false],
  ['an answer: 403', status(403), false],
  ['503', status(503), false],
  ['a wrong password', { kind: 'unauthenticated', status: 407, realm: '' }, false],
])('%s', (_name, failure, expected) => {
  expect(mayHaveArrived({ kind: 'failed', failure, acceptedTypes: undefined, said: undefined })).toBe(expected);
});

it('given up on the way it may have arrived; accepted it has', () => {
  const said = { product: '', lines: [], methods: undefined };
  expect([mayHaveArrived({ kind: 'cancelled' }), mayHaveArrived({ kind: 'accepted', status: 202, said })]).toEqual([true, false]);
});
