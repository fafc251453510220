// Subscription-State (RFC 6665 §8.2.3, §4.1.3).
import { type Parameter, parameterValue } from '../../uri/parameter.ts';
import type { Cursor } from '../grammar/cursor.ts';
import { oneCodec } from '../grammar/lists.ts';
import { readSeconds } from '../grammar/numbers.ts';
import { printParameters, scanParameters } from '../grammar/parameters.ts';
import type { HeaderCodec } from './header.ts';

/** `state` is `active`, `pending`, `terminated` or an extension, in lower case; numbers that cannot be read count as absent. */
export interface SubscriptionState {
  readonly state: string;
  /** Of a termination, in lower case: `deactivated`, `probation`, `rejected`, `timeout`, `giveup`, `noresource`, `invariant`… */
  readonly reason: string | undefined;
  readonly expiresSeconds: number | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** All other parameters. */
  readonly parameters: readonly Parameter[];
}

const ownNames = new Set(['reason', 'expires', 'retry-after']);

function scanSubscriptionState(cursor: Cursor): SubscriptionState | undefined {
  const state = cursor.token().toLowerCase();
  if (state === '') return cursor.fail('state expected');
  const parameters = scanParameters(cursor);
  if (parameters === undefined) return undefined;
  return {
    state,
    reason: parameterValue(parameters, 'reason')?.toLowerCase(),
    expiresSeconds: readSeconds(parameterValue(parameters, 'expires')),
    retryAfterSeconds: readSeconds(parameterValue(parameters, 'retry-after')),
    parameters: parameters.filter(({ name }) => !ownNames.has(name.toLowerCase())),
  };
}

function printSubscriptionState({ state, reason, expiresSeconds, retryAfterSeconds, parameters }: SubscriptionState): string {
  let text = state;
  if (reason !== undefined) text += `;reason=${reason}`;
  if (expiresSeconds !== undefined) text += `;expires=${expiresSeconds}`;
  if (retryAfterSeconds !== undefined) text += `;retry-after=${retryAfterSeconds}`;
  return text + printParameters(parameters);
}

export const subscriptionStateHeader: HeaderCodec<SubscriptionState> = oneCodec(
  'Subscription-State',
  scanSubscriptionState,
  printSubscriptionState,
);
