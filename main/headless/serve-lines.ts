// Calls in, answers out: one JSON object per line. A bad line is answered and harms nothing.
import type { Readable } from 'node:stream';
import type { CallResult } from '../accounts/core.ts';

/** Longest line read; no call's input is near it. Longer ones are answered with a failure and skipped. */
const LINE_LIMIT = 1_000_000;

export type Call = (name: string, input: unknown) => Promise<CallResult>;

export interface LineDoors {
  readonly call: Call;
  readonly write: (value: unknown) => void;
  /** Resolves when there is room for further answers. */
  readonly room: () => Promise<void>;
}

/** Resolves at the end of input, when everything asked for has been answered. Reads no further while there is no room for answers. */
export async function serveLines(input: Readable, { call, write, room }: LineDoors): Promise<void> {
  const underWay = new Set<Promise<void>>();
  for await (const line of boundedLines(input)) {
    await room();
    if (line !== undefined && line.trim() === '') continue;
    const answering: Promise<void> = answerLine(line, call, write).finally(() => underWay.delete(answering));
    underWay.add(answering);
  }
  await Promise.allSettled(underWay);
}

async function answerLine(line: string | undefined, call: Call, write: (value: unknown) => void): Promise<void> {
  const asked = line === undefined ? 'This line is too long.' : readLine(line);
  if (typeof asked === 'string') return write({ id: null, failure: { kind: 'invalid-input', reason: asked } });
  const { id, name, input } = asked;
  if (name === undefined) return write({ id, failure: { kind: 'invalid-input', field: 'call', reason: 'The line names no call.' } });
  write({ id, ...(await call(name, input)) });
}

/** The call, or a sentence about what is wrong. `id` is given back as it came, null when there was none. */
function readLine(line: string): { id: unknown; name: string | undefined; input: unknown } | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'This line is not JSON.';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'This line is not a JSON object.';
  const { id, call, input } = value as { id?: unknown; call?: unknown; input?: unknown };
  return { id: id ?? null, name: typeof call === 'string' ? call : undefined, input };
}

/** Lines without their end; undefined stands for one that was too long. */
async function* boundedLines(input: Readable): AsyncGenerator<string | undefined> {
  input.setEncoding('utf8');
  let rest = '';
  let isSkipping = false;
  for await (const chunk of input as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (isSkipping || line.length > LINE_LIMIT) yield undefined;
      else yield line;
      isSkipping = false;
    }
    if (rest.length > LINE_LIMIT) {
      isSkipping = true;
      rest = '';
    }
  }
  if (isSkipping) yield undefined;
  else if (rest !== '') yield rest;
}
