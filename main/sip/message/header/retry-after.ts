// Retry-After (RFC 3261 §20.33).
import type { Parameter } from '../../uri/parameter.ts';
import { type Cursor, scanNumber } from '../grammar/cursor.ts';
import { scanComment } from '../grammar/comment.ts';
import { oneCodec } from '../grammar/lists.ts';
import { LARGEST_SECONDS } from '../grammar/numbers.ts';
import { printParameters, scanParameters } from '../grammar/parameters.ts';
import type { HeaderCodec } from './header.ts';

/** `parameters` may hold `duration`. The comment is passed over. */
export interface RetryAfter {
  readonly seconds: number;
  readonly parameters: readonly Parameter[];
}

function scanRetryAfter(cursor: Cursor): RetryAfter | undefined {
  const seconds = scanNumber(cursor, LARGEST_SECONDS);
  if (seconds === undefined) return undefined;
  if (!scanComment(cursor)) return undefined;
  const parameters = scanParameters(cursor);
  return parameters === undefined ? undefined : { seconds, parameters };
}

export const retryAfterHeader: HeaderCodec<RetryAfter> = oneCodec(
  'Retry-After',
  scanRetryAfter,
  ({ seconds, parameters }) => seconds + printParameters(parameters),
);
