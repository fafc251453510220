// JSON lines: answers, bad lines, lines cut anywhere, lines too long.
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { serveLines } from '../../../main/headless/serve-lines.ts';

async function serve(...chunks: string[]): Promise<unknown[]> {
  const written: unknown[] = [];
  const call = (name: string, input: unknown): Promise<{ output: unknown }> => Promise.resolve({ output: { name, input: input ?? null } });
  const room = (): Promise<void> => Promise.resolve();
  await serveLines(Readable.from(chunks, { objectMode: false }), { call, write: (value) => written.push(value), room });
  return written;
}

describe('a line', () => {
  it('is answered under its id, wherever the stream was cut', async () => {
    const text = '{"id":1,"call":"grüße","input":{"a":[1]}}\n\n{"id":"x","call":"b"}\r\n{"call":"no id"}';
    const expected = [
      { id: 1, output: { name: 'grüße', input: { a: [1] } } },
      { id: 'x', output: { name: 'b', input: null } },
      { id: null, output: { name: 'no id', input: null } },
    ];
    expect(await serve(text)).toEqual(expected);
    expect(await serve(...text)).toEqual(expected);
  });

  it('that is no call is answered with a failure, and the next one works', async () => {
    expect(await serve('nonsense\n[1]\nnull\n{"id":5,"call":7}\n{"id":6,"call":"works"}\n')).toEqual([
      { id: null, failure: { kind: 'invalid-input', reason: 'This line is not JSON.' } },
      { id: null, failure: { kind: 'invalid-input', reason: 'This line is not a JSON object.' } },
      { id: null, failure: { kind: 'invalid-input', reason: 'This line is not a JSON object.' } },
      { id: 5, failure: { kind: 'invalid-input', field: 'call', reason: 'The line names no call.' } },
      { id: 6, output: { name: 'works', input: null } },
    ]);
  });

  it('that is too long is skipped to its end', async () => {
    const long = 'x'.repeat(600_000);
    const tooLong = { id: null, failure: { kind: 'invalid-input', reason: 'This line is too long.' } };
    expect(await serve(long, long, long, '\n{"id":1,"call":"a"}\n')).toEqual([tooLong, { id: 1, output: { name: 'a', input: null } }]);
    expect(await serve(long, long)).toEqual([tooLong]);
  });
});
