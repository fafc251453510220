// Killed without warning: every commit that was acknowledged is there, none twice, the database and its index intact.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { addAccount, indexSome, searchMessages } from '../../../main/store/index.ts';
import { newDatabasePath, openAt } from './support/open-test-store.ts';

const CHILD = fileURLToPath(new URL('support/commit-until-killed.ts', import.meta.url));

/** Runs the child until it acknowledged that many, kills it, and gives all it acknowledged. */
async function runAndKill(path: string, prefix: string, after: number): Promise<string[]> {
  const child = spawn(process.execPath, [CHILD, path, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
    if (written.split('\n').length > after) child.kill('SIGKILL');
  });
  const [, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('close', (code, bySignal) => {
      resolve([code, bySignal]);
    }),
  );
  expect(signal).toBe('SIGKILL');
  return written.split('\n').slice(0, -1);
}

test('what was acknowledged survives SIGKILL', { timeout: 60_000 }, async () => {
  const path = newDatabasePath();
  const store = openAt(path);
  await store.commit((db) => addAccount(db, { kind: 'sip', address: 'sip:a@b', settings: {}, createdAtMs: 1 }));
  store.close();
  const acknowledged: string[] = [];
  for (const [index, after] of [1, 7, 40, 123, 300].entries()) acknowledged.push(...(await runAndKill(path, `r${index}`, after)));
  const again = openAt(path);
  const texts = again.read((db) => db.all<{ text: string }>('SELECT text FROM message')).map((row) => row.text);
  expect(acknowledged.filter((text) => !texts.includes(text))).toEqual([]);
  expect(new Set(texts).size).toBe(texts.length);
  expect(again.read((db) => db.all('PRAGMA integrity_check'))).toEqual([{ integrity_check: 'ok' }]);
  const counts = again.read((db) => db.get('SELECT sum(unread_count) AS unread, max(last_message_id) AS last FROM conversation'));
  const real = again.read((db) => db.get('SELECT count(*) AS unread, max(message_id) AS last FROM message'));
  expect(counts).toEqual(real);
  const found = await again.commit((db) => searchMessages(db, { query: 'r4n0x0 ', limit: 9 }));
  expect(found.map((message) => message.text)).toEqual(['r4n0x0']);
  while ((await again.commit(indexSome)) > 0);
  await again.commit((db) => db.run(`INSERT INTO message_word (message_word, rank) VALUES ('integrity-check', 1)`));
});
