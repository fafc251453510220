// Content-Disposition (RFC 3261 §20.11, RFC 5621).
import type { Parameter } from '../../uri/parameter.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { oneCodec } from '../grammar/lists.ts';
import { printParameters, scanParameters } from '../grammar/parameters.ts';
import type { HeaderCodec } from './header.ts';

/** `disposition` in lower case: `session`, `render`, `notification`… `handling` is among the parameters. */
export interface ContentDisposition {
  readonly disposition: string;
  readonly parameters: readonly Parameter[];
}

function scanContentDisposition(cursor: Cursor): ContentDisposition | undefined {
  const disposition = cursor.token().toLowerCase();
  if (disposition === '') return cursor.fail('disposition expected');
  const parameters = scanParameters(cursor);
  return parameters === undefined ? undefined : { disposition, parameters };
}

export const contentDispositionHeader: HeaderCodec<ContentDisposition> = oneCodec(
  'Content-Disposition',
  scanContentDisposition,
  ({ disposition, parameters }) => disposition + printParameters(parameters),
);
