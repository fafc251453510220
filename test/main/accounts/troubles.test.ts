// Troubles of several kinds at once: the most important is shown, and the others are not forgotten.
import { expect, it } from 'vitest';
import type { Change } from '../../../app/domain/change.ts';
import { createTroubles } from '../../../main/accounts/troubles.ts';

it('one that ends takes no other away', () => {
  const told: Change[] = [];
  const troubles = createTroubles((change) => void told.push(change));
  troubles.raise('secrets', 'no keyring');
  troubles.clear('storage');
  troubles.raise('storage', 'disk full');
  troubles.raise('storage', 'disk full');
  troubles.raise('damaged', 'damaged file');
  troubles.clear('storage');
  troubles.clear('damaged');
  const left = troubles.current();
  troubles.clear('secrets');
  expect([
    left,
    ...told.map((change) => change.type === 'trouble-changed' && (change.trouble?.reason ?? null)),
    troubles.current(),
  ]).toEqual([{ kind: 'secrets', reason: 'no keyring' }, 'no keyring', 'disk full', 'damaged file', 'no keyring', null, null]);
});
