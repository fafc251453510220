// Runs a program and gives back what it said.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

export const root = join(import.meta.dirname, '..');

export interface CommandResult {
  /** The exit code; null when it was ended by a signal or could not start. */
  readonly code: number | null;
  /** Standard output and standard error, as they came. */
  readonly output: string;
  readonly seconds: number;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Show the output while it comes, beside collecting it. */
  readonly isShown?: boolean;
  readonly timeoutSeconds?: number;
}

/** The environment of a child process, with the project's own programs first in PATH. */
export function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  // Windows spells it Path; two spellings would be two variables.
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [name]: `${join(root, 'node_modules/.bin')}${delimiter}${process.env[name] ?? ''}`, ...extra };
}

/** Runs `command` and resolves when it ended; never rejects. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const startedMs = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: environment(options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: (options.timeoutSeconds ?? 0) * 1000,
      shell: process.platform === 'win32',
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      if (options.isShown) process.stdout.write(chunk);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const end = (code: number | null): void => resolve({ code, output, seconds: (Date.now() - startedMs) / 1000 });
    child.once('error', (error) => {
      output += `${error.message}\n`;
      end(null);
    });
    child.once('close', end);
  });
}
