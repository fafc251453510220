// Event (RFC 6665 §8.2.1).
import type { Parameter } from '../../uri/parameter.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { oneCodec } from '../grammar/lists.ts';
import { printParameters, scanParameters } from '../grammar/parameters.ts';
import type { HeaderCodec } from './header.ts';

/** `package` with its templates, e.g. `presence.winfo`; compared byte by byte. The `id` parameter tells subscriptions apart. */
export interface EventValue {
  readonly package: string;
  readonly parameters: readonly Parameter[];
}

function scanEvent(cursor: Cursor): EventValue | undefined {
  const name = cursor.token();
  if (name === '') return cursor.fail('event package expected');
  const parameters = scanParameters(cursor);
  return parameters === undefined ? undefined : { package: name, parameters };
}

export const eventHeader: HeaderCodec<EventValue> = oneCodec(
  'Event',
  scanEvent,
  (event) => event.package + printParameters(event.parameters),
);
