// The Chrome DevTools Protocol over a pipe to a Chromium of our own. The pipe ends with us, and Chromium with the pipe, even on SIGKILL.
import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';

export type Json = Record<string, unknown>;

interface Incoming {
  readonly id?: number;
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: Json;
  readonly result?: Json;
  readonly error?: { readonly message: string };
}

interface Waiting {
  readonly resolve: (result: Json) => void;
  readonly reject: (error: Error) => void;
}

/** Splits a stream of NUL-terminated texts. */
function splitTexts(onText: (text: string) => void): (bytes: Buffer) => void {
  let parts: Buffer[] = [];
  return (bytes) => {
    let rest = bytes;
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      parts.push(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      const text = Buffer.concat(parts).toString();
      parts = [];
      onText(text);
    }
    if (rest.length > 0) parts.push(rest);
  };
}

export class Cdp {
  readonly child: ChildProcess;
  readonly #events = new EventEmitter();
  readonly #waiting = new Map<number, Waiting>();
  readonly #out: Writable;
  #lastId = 0;

  /** Starts `executable` with `args`. `isLoud` shows Chromium's own log. */
  constructor(executable: string, args: readonly string[], isLoud: boolean) {
    this.#events.setMaxListeners(0);
    this.child = spawn(executable, ['--remote-debugging-pipe', ...args], {
      stdio: ['ignore', 'ignore', isLoud ? 'inherit' : 'ignore', 'pipe', 'pipe'],
      // In a group of its own: Ctrl-C is for the app, which then ends its browser.
      detached: process.platform !== 'win32',
    });
    this.#out = this.child.stdio[3] as Writable;
    // A broken pipe shows as the child's exit; nothing else is to be done about it.
    this.#out.on('error', () => {});
    (this.child.stdio[4] as Readable).on(
      'data',
      splitTexts((text) => this.#receive(JSON.parse(text) as Incoming)),
    );
    this.child.once('exit', () => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error('Chromium ended'));
      this.#waiting.clear();
    });
  }

  /** Calls `listener` for events of a session ('' for the browser itself). The caller knows the shape of its event. */
  on<T>(sessionId: string, method: string, listener: (params: T) => void): void {
    this.#events.on(`${sessionId}:${method}`, listener);
  }

  /** Sends a command; rejects with Chromium's own message. */
  async send<T = Json>(method: string, params: object = {}, sessionId?: string): Promise<T> {
    const id = ++this.#lastId;
    const result = new Promise<Json>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return (await result) as T;
  }

  #receive(message: Incoming): void {
    if (message.method !== undefined) this.#events.emit(`${message.sessionId ?? ''}:${message.method}`, message.params ?? {});
    if (message.id === undefined) return;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error) waiting?.reject(new Error(message.error.message));
    else waiting?.resolve(message.result ?? {});
  }
}
