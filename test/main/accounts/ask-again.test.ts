// Who refused is asked again at a sign of them, and not at each one.
import { expect, it } from 'vitest';
import type { Contact } from '../../../app/domain/contact.ts';
import { createSecondAsk } from '../../../main/accounts/ask-again.ts';
import { UNKNOWN_PRESENCE } from '../../../main/accounts/merge-presence.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const BOB = 'sip:bob@example.test';

it.each<[Contact['subscription']['state'], string | undefined, boolean]>([
  ['terminated', 'rejected', true],
  ['terminated', 'noresource', true],
  ['terminated', 'probation', false],
  ['terminated', undefined, false],
  ['pending', undefined, false],
  ['active', undefined, false],
  ['failed', undefined, false],
  ['working', undefined, false],
])('%s %s: asked again %s', (state, reason, isAsked) => {
  const subscription = { state, sinceMs: 0, ...(reason === undefined ? {} : { reason }) };
  const contact: Contact = { contactId: '1', accountId: '1', address: BOB, name: '', presence: UNKNOWN_PRESENCE, subscription };
  const asked: string[] = [];
  const heardFrom = createSecondAsk(createFakeClock(), { find: (address) => (address === BOB ? contact : undefined) }, (id) =>
    asked.push(id),
  );
  heardFrom(BOB);
  heardFrom('sip:eve@example.test');
  expect(asked).toEqual(isAsked ? ['1'] : []);
});

it('one sign is enough for an hour', async () => {
  const clock = createFakeClock();
  const subscription = { state: 'terminated', reason: 'rejected', sinceMs: 0 } as const;
  const contact: Contact = { contactId: '1', accountId: '1', address: BOB, name: '', presence: UNKNOWN_PRESENCE, subscription };
  const asked: number[] = [];
  const heardFrom = createSecondAsk(clock, { find: () => contact }, () => asked.push(clock.nowMs()));
  const startMs = clock.nowMs();
  for (let minute = 0; minute < 120; minute += 10) {
    heardFrom(BOB);
    await clock.advance(600_000);
  }
  expect(asked.map((ms) => ms - startMs)).toEqual([0, 3_600_000]);
});
