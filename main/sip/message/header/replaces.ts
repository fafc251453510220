// Replaces (RFC 3891 §6.1).
import { type Parameter, hasParameter, parameterValue } from '../../uri/parameter.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { oneCodec, scanWord } from '../grammar/lists.ts';
import { printParameters, scanParameters } from '../grammar/parameters.ts';
import type { HeaderCodec } from './header.ts';

/** The dialog to be replaced, as seen by its receiver: `toTag` is the receiver's own tag. */
export interface ReplacesValue {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly isEarlyOnly: boolean;
  /** All other parameters. */
  readonly parameters: readonly Parameter[];
}

const ownNames = new Set(['to-tag', 'from-tag', 'early-only']);

function scanReplaces(cursor: Cursor): ReplacesValue | undefined {
  const callId = scanWord(cursor);
  const parameters = callId === undefined ? undefined : scanParameters(cursor);
  if (callId === undefined || parameters === undefined) return undefined;
  const toTag = parameterValue(parameters, 'to-tag');
  const fromTag = parameterValue(parameters, 'from-tag');
  if (toTag === undefined || fromTag === undefined) return cursor.fail('both tags expected');
  const others = parameters.filter(({ name }) => !ownNames.has(name.toLowerCase()));
  return { callId, toTag, fromTag, isEarlyOnly: hasParameter(parameters, 'early-only'), parameters: others };
}

function printReplaces({ callId, toTag, fromTag, isEarlyOnly, parameters }: ReplacesValue): string {
  return `${callId};to-tag=${toTag};from-tag=${fromTag}${isEarlyOnly ? ';early-only' : ''}${printParameters(parameters)}`;
}

export const replacesHeader: HeaderCodec<ReplacesValue> = oneCodec('Replaces', scanReplaces, printReplaces);
