// A headless Watchword as another process: JSON lines in and out, with waiting for changes.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { CallInputGiven, CallName, CallOutput } from '../../../app/bridge/contract.ts';
import type { Failure } from '../../../app/bridge/failure.ts';
import type { Change } from '../../../app/domain/change.ts';

const ENTRY = join(import.meta.dirname, '../../../main/headless/main.ts');
const READY_WITHIN_MS = 50_000;
/**
 * How long a test waits for something that must happen. It only bounds a failing test. WHY more than 64·T1, 32 s: so late the app itself
 * knows that a server took a SUBSCRIBE and lost its NOTIFY (RFC 6665 §4.1.2.4), or answers nothing at all, and tries again.
 */
const HAPPENS_WITHIN_MS = 45_000;
const ENDS_WITHIN_MS = 15_000;

type ChangeOf<T extends Change['type']> = Extract<Change, { type: T }>;
type Answer = { readonly output: unknown } | { readonly failure: Failure };

export class HeadlessApp {
  readonly profile: string;
  readonly changes: Change[] = [];
  /** Its log, for a failing test to show. */
  log = '';
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #answers = new Map<number, (answer: Answer) => void>();
  readonly #listeners = new Set<() => void>();
  readonly #ready: Promise<void>;
  readonly #ended: Promise<number | null>;
  #lastId = 0;

  /** `command`: what starts it, e.g. `ip netns exec …`. */
  constructor(profile: string, extraArguments: readonly string[] = [], command: readonly string[] = []) {
    this.profile = profile;
    const [file = process.execPath, ...words] = [...command, process.execPath, ENTRY, '--profile', profile, ...extraArguments];
    this.#child = spawn(file, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.log += text));
    // WHY: a child that ended closes its input first; what was still on its way is answered by `#ended`.
    this.#child.stdin.on('error', () => undefined);
    this.#ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#ready = new Promise((resolve) => {
      createInterface(this.#child.stdout).on('line', (line) => {
        const parsed = JSON.parse(line) as { ready?: unknown; change?: Change; id?: number } & Answer;
        if (parsed.ready !== undefined) resolve();
        else if (parsed.change !== undefined) this.#onChange(parsed.change);
        else if (parsed.id !== undefined) this.#answers.get(parsed.id)?.(parsed);
      });
    });
  }

  #onChange(change: Change): void {
    this.changes.push(change);
    for (const listener of [...this.#listeners]) listener();
  }

  async ready(): Promise<this> {
    await within(Promise.race([this.#ready, this.#endedEarly()]), READY_WITHIN_MS, () => `not ready\n${this.log}`);
    return this;
  }

  async #endedEarly(): Promise<never> {
    throw new Error(`ended with ${await this.#ended}\n${this.log}`);
  }

  /** The raw answer, whatever the call is. */
  async ask(call: string, input: unknown): Promise<Answer> {
    const id = ++this.#lastId;
    const answer = new Promise<Answer>((resolve) => this.#answers.set(id, resolve));
    this.#child.stdin.write(`${JSON.stringify({ id, call, input })}\n`);
    const got = await within(Promise.race([answer, this.#endedEarly()]), HAPPENS_WITHIN_MS, () => `${call} was not answered\n${this.log}`);
    this.#answers.delete(id);
    return 'output' in got ? { output: got.output } : { failure: got.failure };
  }

  async call<N extends CallName>(name: N, input: CallInputGiven<N>): Promise<CallOutput<N>> {
    const answer = await this.ask(name, input);
    if ('failure' in answer) throw new Error(`${name}: ${JSON.stringify(answer.failure)}`);
    return answer.output as CallOutput<N>;
  }

  /** The latest change of that type that `isIt`, past or to come. */
  async change<T extends Change['type']>(
    type: T,
    isIt: (change: ChangeOf<T>) => boolean = () => true,
    withinMs = HAPPENS_WITHIN_MS,
  ): Promise<ChangeOf<T>> {
    const find = (): ChangeOf<T> | undefined =>
      this.changes.findLast((change): change is ChangeOf<T> => change.type === type && isIt(change as ChangeOf<T>));
    let listener = (): void => undefined;
    const found = new Promise<ChangeOf<T>>((resolve) => {
      listener = () => {
        const change = find();
        if (change !== undefined) resolve(change);
      };
      this.#listeners.add(listener);
      listener();
    });
    const told = (): string => {
      const same = this.changes.filter((change) => change.type === type).slice(-3);
      return `no such ${type}; the last ones: ${JSON.stringify(same)}\n${this.log.slice(-6_000)}`;
    };
    try {
      return await within(found, withinMs, told);
    } finally {
      this.#listeners.delete(listener);
    }
  }

  /** Asks again and again until the answer suits. */
  async until<N extends CallName>(
    name: N,
    input: CallInputGiven<N>,
    suits: (output: CallOutput<N>) => boolean,
    withinMs = HAPPENS_WITHIN_MS,
  ): Promise<CallOutput<N>> {
    let last: CallOutput<N> | undefined;
    for (const end = Date.now() + withinMs; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      last = await this.call(name, input);
      if (suits(last)) return last;
    }
    throw new Error(`${name} stayed ${JSON.stringify(last)}\n${this.log.slice(-6_000)}`);
  }

  /** Forgets the changes so far, so that `change` waits for a new one. */
  forget(): void {
    this.changes.length = 0;
  }

  /** Ends it by the end of its input, as a script would. Resolves with its exit code. */
  async stop(): Promise<number | null> {
    this.#child.stdin.end();
    try {
      return await within(this.#ended, ENDS_WITHIN_MS, () => `did not end\n${this.log}`);
    } catch (error) {
      this.#child.kill('SIGKILL');
      throw error;
    }
  }

  async signal(name: 'SIGINT' | 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    this.#child.kill(name);
    return within(this.#ended, ENDS_WITHIN_MS, () => `did not end\n${this.log}`);
  }

  exited(): Promise<number | null> {
    return within(this.#ended, ENDS_WITHIN_MS, () => `did not end\n${this.log}`);
  }
}

async function within<T>(promise: Promise<T>, limitMs: number, told: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`within ${limitMs} ms: ${told()}`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Profiles of a test, removed at its end. */
export function temporaryProfile(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'watchword-profile-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10 }) };
}
