// Back-pressure: who does not read the answers is not asked for more.
import { PassThrough, Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { lastLinesTaken, outputRoom } from '../../../main/headless/output-room.ts';
import { serveLines } from '../../../main/headless/serve-lines.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('lines are read on only when the answers before have been taken', async () => {
  const output = new PassThrough();
  const asked: string[] = [];
  const served = serveLines(Readable.from(['{"call":"a"}\n{"call":"b"}\n', '{"call":"c"}\n']), {
    call(name) {
      asked.push(name);
      output.write('x'.repeat(5_000_000));
      return Promise.resolve({ output: {} });
    },
    write: () => undefined,
    room: () => outputRoom(output),
  });
  const seen: string[] = [];
  for (let taken = 0; taken < 3; taken++) {
    await turn();
    seen.push(asked.join(''));
    output.read();
    await turn();
  }
  await served;
  expect(seen).toEqual(['a', 'ab', 'abc']);
});

it('the last lines are waited for, but not for ever', async () => {
  const clock = createFakeClock();
  const read = new PassThrough();
  read.resume();
  await lastLinesTaken(read, clock);
  const unread = new PassThrough();
  unread.write('x'.repeat(1_000_000));
  unread.write('more');
  await clock.run(lastLinesTaken(unread, clock));
  expect([clock.pendingTimers(), unread.writableLength > 0]).toEqual([0, true]);
});
