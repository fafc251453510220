// One process on a profile: whoever comes second is told, whatever path they take to it.
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockProfile } from '../../../main/accounts/profile-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'watchword-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('held until it is given back', async () => {
  const unlock = await lockProfile(folder);
  await expect(lockProfile(folder)).rejects.toThrow(
    `The profile “${folder}” is in use by another process. Quit that one first, or choose another profile.`,
  );
  unlock();
  (await lockProfile(folder))();
});

test('another name of the same folder is the same profile', async () => {
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  const unlock = await lockProfile(folder);
  await expect(lockProfile(link)).rejects.toThrow('in use by another process');
  unlock();
  rmSync(link);
});
