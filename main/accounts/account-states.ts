// The states of what one account keeps alive: five parts, each with its own state and its own words, none hiding another.
import type { PartState } from '../../app/domain/account.ts';
import type { KeptFailed } from '../simple/outcome.ts';
import type { PublicationState } from '../simple/publication/publication.ts';
import type { RegistrationState } from '../simple/registration/registration.ts';
import type { SubscriptionState } from '../simple/event/subscription.ts';
import type { Doing } from './words.ts';
import { failureDetail, failureWords, terminatedWords } from './words.ts';

export type Part = 'registration' | 'publication' | 'watcherInfo' | 'policy' | 'contactList';
export type PartStates = Readonly<Record<Part, PartState>>;

export interface AccountStates {
  all(): PartStates;
  set(part: Part, state: PartState): void;
  setAll(state: PartState): void;
}

export const OFF: PartState = { state: 'off' };
export const WORKING: PartState = { state: 'working' };

const PARTS: readonly Part[] = ['registration', 'publication', 'watcherInfo', 'policy', 'contactList'];

/** `onChanged` is called once for each call that changed something. */
export function createAccountStates(onChanged: () => void): AccountStates {
  let states: PartStates = { registration: OFF, publication: OFF, watcherInfo: OFF, policy: OFF, contactList: OFF };

  function change(next: PartStates): void {
    if (PARTS.every((part) => isSame(states[part], next[part]))) return;
    states = next;
    onChanged();
  }

  return {
    all: () => states,
    set: (part, state) => change({ ...states, [part]: state }),
    setAll: (state) => change({ registration: state, publication: state, watcherInfo: state, policy: state, contactList: state }),
  };
}

function isSame(one: PartState, other: PartState): boolean {
  return one.state === other.state && one.reason === other.reason && one.detail === other.detail && one.untilMs === other.untilMs;
}

export function failedState(reason: string, detail?: string, retryAtMs?: number): PartState {
  return {
    state: 'failed',
    reason,
    ...(detail === undefined ? {} : { detail }),
    ...(retryAtMs === undefined ? {} : { untilMs: retryAtMs }),
  };
}

function keptFailed(doing: Doing, failed: KeptFailed): PartState {
  return failedState(failureWords(doing, failed.failure), failureDetail(failed.failure), failed.retryAtMs);
}

function keptPart(doing: Doing, state: RegistrationState | PublicationState): PartState {
  switch (state.kind) {
    case 'off':
      return OFF;
    case 'working':
      return WORKING;
    case 'ok':
      return { state: 'ok', untilMs: state.untilMs };
    case 'failed':
      return keptFailed(doing, state);
  }
}

export const registrationPart = (state: RegistrationState): PartState => keptPart('registration', state);
export const publicationPart = (state: PublicationState): PartState => keptPart('publication', state);

/** The subscription to our own watcher information. */
export function watcherInfoPart(state: SubscriptionState): PartState {
  switch (state.kind) {
    case 'off':
      return OFF;
    case 'working':
      return WORKING;
    case 'active':
      return { state: 'ok', untilMs: state.untilMs };
    case 'pending':
      return failedState('The server has not decided yet whether you may see who watches you.', 'pending', state.untilMs);
    case 'terminated':
      return state.reason === 'rejected'
        ? failedState(
            'The server does not let this address see who watches it, so requests cannot be shown.',
            'terminated;reason=rejected',
            state.retryAtMs,
          )
        : failedState(terminatedWords(state.reason), `terminated;reason=${state.reason}`, state.retryAtMs);
    case 'failed':
      return keptFailed('watcherInfo', state);
  }
}
