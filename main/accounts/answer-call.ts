// The edge every outside call passes: input checked, expected failures as values, bugs as one log line and `internal`.
import * as v from 'valibot';
import type { CallHandlers, CallName } from '../../app/bridge/contract.ts';
import { contract } from '../../app/bridge/contract.ts';
import type { Failure } from '../../app/bridge/failure.ts';
import { CallFailure } from '../../app/bridge/failure.ts';
import { errorText } from './account-world.ts';
import type { CoreDoors } from './doors.ts';
import { storageReason } from './storage.ts';

export type CallResult = { readonly output: unknown } | { readonly failure: Failure };

/** Longest part of a name from outside that is repeated in an answer or the log. */
const NAME_SHOWN = 60;

/** Never rejects. */
export async function answerCall(
  handlers: CallHandlers,
  { log, checksOutputs }: Pick<CoreDoors, 'log' | 'checksOutputs'>,
  name: string,
  input: unknown,
): Promise<CallResult> {
  if (!Object.hasOwn(contract, name)) {
    return { failure: { kind: 'unknown-call', reason: `There is no call “${name.slice(0, NAME_SHOWN)}”.` } };
  }
  const callName = name as CallName;
  const parsed = v.safeParse(contract[callName].input, input ?? {});
  if (!parsed.success) return { failure: invalidInput(parsed.issues[0]) };
  try {
    const handler = handlers[callName] as (input: unknown) => unknown;
    const output = await handler(parsed.output);
    return { output: checksOutputs === true ? v.parse(contract[callName].output, output) : output };
  } catch (error) {
    return { failure: failureOf(error, callName, log) };
  }
}

function invalidInput(issue: v.BaseIssue<unknown>): Failure {
  const field = v.getDotPath(issue);
  const reason = field === null ? 'The input of this call is not an object with named fields.' : fieldReason(field, issue);
  return { kind: 'invalid-input', reason, ...(field === null ? {} : { field }), detail: issue.message };
}

function fieldReason(field: string, { type, requirement }: v.BaseIssue<unknown>): string {
  if (type === 'max_length') return `“${field}” is too long. At most ${String(requirement)} characters fit.`;
  if (type === 'max_bytes') return `“${field}” is too long. At most ${String(requirement)} bytes fit; some characters take up to four.`;
  return `“${field}” is missing or not right.`;
}

function failureOf(error: unknown, name: string, log: CoreDoors['log']): Failure {
  if (error instanceof CallFailure) return error.failure;
  const storage = storageReason(error);
  if (storage !== undefined) return { kind: 'unavailable', reason: storage, detail: String(error) };
  log('error', `${name}: ${errorText(error)}`);
  return { kind: 'internal', reason: 'Something went wrong inside the program. Nothing you wrote is lost.', detail: String(error) };
}
