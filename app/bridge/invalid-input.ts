// The failure for an input that does not fit its schema, with the field it is about.
import * as v from 'valibot';
import type { Failure } from './failure.ts';

export function invalidInput(issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): Failure {
  const field = v.getDotPath(issues[0]);
  return {
    kind: 'invalid-input',
    reason: field === null ? 'That cannot be asked like this.' : 'This cannot be used: it is missing, too long, or not of the right kind.',
    ...(field === null ? {} : { field }),
    detail: v.summarize([...issues] as [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]),
  };
}
