// Seconds with parameters: the shape of Session-Expires and Min-SE (RFC 4028 §4, §5).
import type { Parameter } from '../../uri/parameter.ts';
import type { HeaderCodec } from '../header/header.ts';
import { type Cursor, scanNumber } from './cursor.ts';
import { oneCodec } from './lists.ts';
import { LARGEST_SECONDS } from './numbers.ts';
import { printParameters, scanParameters } from './parameters.ts';

export interface SecondsValue {
  readonly seconds: number;
  readonly parameters: readonly Parameter[];
}

function scanSeconds(cursor: Cursor): SecondsValue | undefined {
  const seconds = scanNumber(cursor, LARGEST_SECONDS);
  const parameters = seconds === undefined ? undefined : scanParameters(cursor);
  return seconds === undefined || parameters === undefined ? undefined : { seconds, parameters };
}

export function secondsCodec(name: string): HeaderCodec<SecondsValue> {
  return oneCodec(name, scanSeconds, ({ seconds, parameters }) => seconds + printParameters(parameters));
}
