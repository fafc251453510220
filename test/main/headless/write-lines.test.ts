// What is said in one moment leaves in one write; nothing is lost or turned around.
import { expect, test } from 'vitest';
import { createLineWriter } from '../../../main/headless/write-lines.ts';

const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('values of one moment are one write, in order; the next moment has its own', async () => {
  const written: string[] = [];
  const write = createLineWriter((lines) => written.push(lines));
  write({ first: 1 });
  write({ text: 'two\nlines' });
  expect(written).toEqual([]);
  await microtasks();
  write({ third: 3 });
  await microtasks();
  await microtasks();
  expect(written).toEqual(['{"first":1}\n{"text":"two\\nlines"}\n', '{"third":3}\n']);
});

test('what a write leads to is written too', async () => {
  const written: string[] = [];
  const write = createLineWriter((lines) => {
    written.push(lines);
    if (written.length === 1) write({ again: true });
  });
  write({ once: true });
  await microtasks();
  expect(written).toEqual(['{"once":true}\n', '{"again":true}\n']);
});
