// Opens the built app, on Electron or on the stand-in, and waits for its end.
import { spawn } from 'node:child_process';
import { environment, root } from './run-command.ts';
import { startStandin, type StandinApp } from './standin/client.ts';

/** How long the app may take to end after Ctrl-C: it says goodbye to its servers. */
const END_LIMIT_MS = 8_000;

export interface OpenApp {
  /** The exit code, null after a signal. */
  readonly ended: Promise<number | null>;
  end(signal: NodeJS.Signals): void;
}

/** Waits for the end of all. Ctrl-C reaches the apps by itself; here it only starts the limit. Gives the first exit code that is not 0. */
export async function untilEnd(apps: readonly OpenApp[]): Promise<number> {
  const endAll = (signal: NodeJS.Signals): void => apps.forEach((app) => app.end(signal));
  const stop = (): void => {
    endAll('SIGTERM');
    setTimeout(() => endAll('SIGKILL'), END_LIMIT_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  const codes = await Promise.all(apps.map((app) => app.ended));
  return codes.map((code) => code ?? 1).find((code) => code !== 0) ?? 0;
}

/** `args`: of the app itself, e.g. `--profile DIR`. */
export function openOnElectron(binary: string, args: readonly string[]): OpenApp {
  // Chromium refuses its own sandbox to root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(binary, [...sandbox, root, ...args], { env: environment(), stdio: 'inherit' });
  const ended = new Promise<number | null>((done) => {
    child.once('exit', done);
    child.once('error', (error) => {
      console.error(error.message);
      done(1);
    });
  });
  return { ended, end: (signal) => void child.kill(signal) };
}

export function openOnChromium(args: readonly string[], isHeadless: boolean): OpenApp & { readonly standin: StandinApp } {
  const standin = startStandin({ args, isHeaded: !isHeadless });
  return { standin, ended: standin.ended, end: (signal) => void standin.child.kill(signal) };
}
