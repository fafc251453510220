// Answers one call of the page: input checked, the core or the shell asked, output checked, failures as values. Free of Electron.
import * as v from 'valibot';
import type { Contract } from '../../app/bridge/contract.ts';
import { CallFailure, type Failure } from '../../app/bridge/failure.ts';
import { invalidInput } from '../../app/bridge/invalid-input.ts';
import { pageContract, shellContract, type PageCallName } from '../../app/bridge/shell-contract.ts';
import type { CallResult } from '../accounts/core.ts';
import type { Log } from './log.ts';

type ShellContract = typeof shellContract;
/** What the shell itself answers: a call without a handler does not compile. */
export type ShellHandlers = {
  readonly [N in keyof ShellContract]: (
    input: v.InferOutput<ShellContract[N]['input']>,
  ) => Promise<v.InferOutput<ShellContract[N]['output']>> | v.InferOutput<ShellContract[N]['output']>;
};

export interface CallSources {
  /** The core's calls; they never reject. */
  readonly callCore: (name: keyof Contract, input: unknown) => Promise<CallResult>;
  readonly shell: ShellHandlers;
  readonly log: Log;
}

const failed = (kind: Failure['kind'], reason: string, detail?: string): CallResult => ({
  failure: detail === undefined ? { kind, reason } : { kind, reason, detail },
});

const isShellCall = (name: PageCallName): name is keyof ShellContract => Object.hasOwn(shellContract, name);

async function ask(name: PageCallName, input: unknown, sources: CallSources): Promise<CallResult> {
  if (!isShellCall(name)) return await sources.callCore(name, input);
  const handler = sources.shell[name] as (given: unknown) => unknown;
  return { output: await handler(input) };
}

/** Never rejects. */
export async function answerCall(name: PageCallName, input: unknown, sources: CallSources): Promise<CallResult> {
  const given = v.safeParse(pageContract[name].input, input);
  if (!given.success) return { failure: invalidInput(given.issues) };
  try {
    const result = await ask(name, given.output, sources);
    if ('failure' in result) return { failure: result.failure };
    const output = v.safeParse(pageContract[name].output, result.output);
    if (output.success) return { output: output.output };
    sources.log('error', `${name}: output does not fit the contract: ${v.summarize(output.issues)}`);
    return failed('internal', 'Watchword could not do that. Nothing was lost.', `${name}: unexpected output`);
  } catch (error) {
    if (error instanceof CallFailure) return { failure: error.failure };
    sources.log('error', `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return failed('internal', 'Watchword could not do that. Nothing was lost.', String(error));
  }
}
