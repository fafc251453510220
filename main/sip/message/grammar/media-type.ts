// Media types and ranges (RFC 3261 §25.1 m-type, media-range): `type/subtype;parameter=value`.
import type { Parameter } from '../../uri/parameter.ts';
import { type Cursor, SLASH } from './cursor.ts';
import { printParameters, scanParameters } from './parameters.ts';

/** `type` and `subtype` in lower case, as they compare without case; `*` in ranges. */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: readonly Parameter[];
}

export function scanMediaType(cursor: Cursor): MediaType | undefined {
  const type = cursor.token().toLowerCase();
  if (type === '' || !cursor.takeSeparator(SLASH)) return cursor.fail('type and subtype expected');
  const subtype = cursor.token().toLowerCase();
  if (subtype === '') return cursor.fail('subtype expected');
  const parameters = scanParameters(cursor);
  return parameters === undefined ? undefined : { type, subtype, parameters };
}

export function printMediaType({ type, subtype, parameters }: MediaType): string {
  return `${type}/${subtype}${printParameters(parameters)}`;
}
