// Reason (RFC 3326).
import { type Parameter } from '../../uri/parameter.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { listCodec } from '../grammar/lists.ts';
import { printParameters, scanParameters } from '../grammar/parameters.ts';
import type { HeaderCodec } from './header.ts';

/** `protocol` as written, e.g. `SIP` or `Q.850`; `cause` and `text` are among the parameters. */
export interface ReasonValue {
  readonly protocol: string;
  readonly parameters: readonly Parameter[];
}

function scanReason(cursor: Cursor): ReasonValue | undefined {
  const protocol = cursor.token();
  if (protocol === '') return cursor.fail('protocol expected');
  const parameters = scanParameters(cursor);
  return parameters === undefined ? undefined : { protocol, parameters };
}

export const reasonHeader: HeaderCodec<readonly ReasonValue[]> = listCodec(
  'Reason',
  scanReason,
  ({ protocol, parameters }) => protocol + printParameters(parameters),
);
