// Starts the app on the stand-in and speaks with its control channel: for tests and for `npm start`.
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { environment, root } from '../run-command.ts';
import type { ControlName, ControlReply, ControlRequest, Controls } from './control.ts';

/** What a control gives, once it crossed the process border. */
type Answer<N extends ControlName> = Awaited<ReturnType<Controls[N]>>;

export interface StandinApp {
  readonly child: ChildProcess;
  /** Rejects with the control's error, or when the app ends first. */
  control<N extends ControlName>(name: N, ...args: Parameters<Controls[N]>): Promise<Answer<N>>;
  /** Resolves with the exit code, null after a signal; also when it ended already. */
  readonly ended: Promise<number | null>;
}

export interface StandinOptions {
  /** Arguments of the app itself, e.g. `--profile DIR`. */
  readonly args: readonly string[];
  readonly isHeaded?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdio?: 'inherit' | 'ignore';
}

/** Starts `dist/main/main.js`. */
export function startStandin(options: StandinOptions): StandinApp {
  const stdio = options.stdio ?? 'inherit';
  const child = fork(join(root, 'dist/main/main.js'), [...options.args], {
    execArgv: ['--import', join(root, 'build/standin/register.ts')],
    env: environment({ ...options.env, STANDIN_HEADED: options.isHeaded ? '1' : '0' }),
    stdio: ['ignore', stdio, stdio, 'ipc'],
    serialization: 'advanced',
  });
  let last = 0;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  child.on('message', (reply: ControlReply) => {
    const call = waiting.get(reply.standin);
    waiting.delete(reply.standin);
    if (reply.error === undefined) call?.resolve(reply.value);
    else call?.reject(new Error(reply.error));
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => {
      for (const call of waiting.values()) call.reject(new Error('the app ended'));
      waiting.clear();
      resolve(code);
    });
  });
  return {
    child,
    ended,
    async control<N extends ControlName>(name: N, ...args: Parameters<Controls[N]>): Promise<Answer<N>> {
      if (!child.connected) throw new Error('the app ended');
      const request: ControlRequest = { standin: ++last, name, args };
      const value = await new Promise<unknown>((resolve, reject) => {
        waiting.set(request.standin, { resolve, reject });
        child.send(request, (error) => {
          if (error) reject(error);
        });
      });
      return value as Answer<N>;
    },
  };
}
