// Keeps one binding at the registrar alive (RFC 3261 §10, RFC 5626 §4.2 instance, RFC 3608 service route, RFC 5627 GRUU).
import type {
  Clock,
  Endpoint,
  HeaderField,
  Log,
  NameAddr,
  OutgoingRequest,
  Outcome,
  Random,
  SentRequest,
  SipUri,
} from '../../sip/index.ts';
import { expiresField, secondsOf } from '../header-value.ts';
import { createMachine } from '../machine.ts';
import { failureOf, failureWords, statusFailure } from '../outcome.ts';
import type { KeptFailed } from '../outcome.ts';
import { STOP_WAIT_MS } from '../retry.ts';
import { INSTANCE_PARAMETER, readGranted } from './granted.ts';
import { newRegistrationMachine, stepRegistration } from './registration-step.ts';
import type { RegistrationAnswer, RegistrationEffect, RegistrationInput } from './registration-step.ts';

const DEFAULT_EXPIRES_SECONDS = 600;

const TIMER: RegistrationInput = { kind: 'timer' };

/** Room in the CSeq for tries with credentials, which count on by themselves: the next request must have a higher number (RFC 3261 §10.2). */
const CSEQ_STRIDE = 10;

/** RFC 3327 §5.1, RFC 5627 §4.2: what the registrar may use with us. */
const SUPPORTED: HeaderField = { name: 'Supported', value: 'path, gruu' };

export type RegistrationState =
  | { readonly kind: 'off' }
  | { readonly kind: 'working' }
  | {
      readonly kind: 'ok';
      /** When the registrar forgets the binding if it is not refreshed; it is refreshed before. */
      readonly untilMs: number;
      /** Our binding as the registrar listed it; undefined when its answer did not list it. */
      readonly binding: NameAddr | undefined;
      /** How many bindings (devices) the registrar listed, ours included. */
      readonly bindingCount: number;
      /** Globally routable address of this device, where the registrar gave one (RFC 5627). */
      readonly publicGruu: SipUri | undefined;
      readonly serviceRoute: readonly NameAddr[];
    }
  | KeptFailed;

export interface RegistrationOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Address of record, e.g. `sip:ada@example.org`. Its domain is the registrar. */
  readonly address: SipUri;
  readonly displayName?: string;
  /** `urn:uuid:…`, the same for this installation for ever (RFC 5626 §4.1). */
  readonly instanceId: string;
  /** Asked for; the registrar decides. Default 600. */
  readonly expiresSeconds?: number;
  /** Every change of state, once. Not called from within `createRegistration`. */
  readonly onState: (state: RegistrationState) => void;
}

export interface Registration {
  readonly state: RegistrationState;
  start(): void;
  /** Try at once: the network changed, the machine woke, the person mended the password. */
  retryNow(): void;
  /** Removes the binding (bounded wait) and ends. Nothing is called after it. */
  stop(): Promise<void>;
}

export function createRegistration(options: RegistrationOptions): Registration {
  const { endpoint, clock, random, log, address, onState } = options;
  // WHY: one Call-ID and a growing CSeq for all registrations of a run (RFC 3261 §10.2).
  const callId = random.token(128);
  const sent = new Map<number, SentRequest>();
  const stopped: (() => void)[] = [];
  let cseqNumber = 1;
  let lastContact: NameAddr | undefined;
  let state: RegistrationState = { kind: 'off' };
  let hasEnded = false;

  const machine = createMachine({
    clock,
    random,
    initial: newRegistrationMachine(options.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS),
    step: stepRegistration,
    perform,
    deadline: (machineState) => machineState.dueAtMs,
    timerInput: TIMER,
  });
  const stopListening = endpoint.onFlowClosed((flow) => machine.input({ kind: 'flow-closed', flowId: flow.id }));

  function perform(effect: RegistrationEffect): void {
    switch (effect.kind) {
      case 'register':
        return send(effect.request, effect.expiresSeconds, {
          ...requestTo(effect.target ?? registrarOf(address), effect.expiresSeconds),
          contact: { user: address.user ?? '', parameters: contactParameters(options.instanceId, effect.expiresSeconds) },
        });
      case 'remove':
        return send(effect.request, 0, { ...requestTo(registrarOf(address), 0), ...removedContact() });
      case 'cancel':
        sent.get(effect.request)?.cancel();
        sent.delete(effect.request);
        return;
      case 'report':
        return report(effect.state);
      case 'stopped':
        return finish();
    }
  }

  function requestTo(registrar: SipUri, expiresSeconds: number): OutgoingRequest {
    const self: NameAddr = { displayName: options.displayName, uri: address, parameters: [] };
    const headers = [expiresField(expiresSeconds), SUPPORTED];
    return { method: 'REGISTER', uri: registrar, from: self, to: { ...self, displayName: undefined }, callId, cseqNumber, headers };
  }

  /** WHY: the very Contact that was bound, since a new connection would have another address. */
  function removedContact(): Pick<OutgoingRequest, 'contacts' | 'contact'> {
    const parameters = contactParameters(options.instanceId, 0);
    return lastContact === undefined
      ? { contact: { user: address.user ?? '', parameters } }
      : { contacts: [{ ...lastContact, parameters }] };
  }

  function send(request: number, askedSeconds: number, outgoing: OutgoingRequest): void {
    cseqNumber += CSEQ_STRIDE;
    const sending = endpoint.send(outgoing);
    sent.set(request, sending);
    void sending.outcome.then((outcome) => {
      sent.delete(request);
      machine.input({ kind: 'answered', request, answer: readAnswer(outcome, askedSeconds) });
    });
  }

  function readAnswer(outcome: Outcome, askedSeconds: number): RegistrationAnswer {
    if (outcome.kind === 'cancelled') return { kind: 'cancelled' };
    const failure = failureOf(outcome);
    if (outcome.kind !== 'final') return failure === undefined ? { kind: 'cancelled' } : { kind: 'failed', failure };
    if (failure !== undefined) return readRefusal(outcome.response.status, outcome, failure);
    if (askedSeconds > 0 && outcome.request.contacts !== '*') lastContact = outcome.request.contacts[0];
    const granted = readGranted(outcome, options.instanceId, askedSeconds);
    if (askedSeconds > 0) endpoint.setServiceRoute(granted.serviceRoute);
    return { kind: 'granted', granted };
  }

  function report(next: RegistrationState): void {
    state = next;
    if (next.kind === 'failed') log('warn', `registration failed: ${failureWords(next.failure)}`);
    if (!hasEnded) onState(next);
  }

  function finish(): void {
    hasEnded = true;
    stopListening();
    for (const resolve of stopped.splice(0)) resolve();
  }

  return {
    get state() {
      return state;
    },
    start: () => machine.input({ kind: 'start' }),
    retryNow: () => machine.input({ kind: 'retry-now' }),
    stop() {
      if (hasEnded) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = clock.startTimer(STOP_WAIT_MS, () => machine.input({ kind: 'stop-waited' }));
        stopped.push(() => {
          timer.cancel();
          resolve();
        });
        machine.input({ kind: 'stop' });
      });
    },
  };
}

/** The domain alone: no user, no parameters but the transport (RFC 3261 §10.2). */
function registrarOf(address: SipUri): SipUri {
  return { ...address, user: undefined, password: undefined, headers: [] };
}

function contactParameters(instanceId: string, expiresSeconds: number): NameAddr['parameters'] {
  return [
    { name: INSTANCE_PARAMETER, value: `<${instanceId}>` },
    { name: 'expires', value: String(expiresSeconds) },
  ];
}

function readRefusal(
  status: number,
  outcome: Extract<Outcome, { kind: 'final' }>,
  failure: ReturnType<typeof statusFailure>,
): RegistrationAnswer {
  const { response } = outcome;
  if (status === 423) return { kind: 'too-brief', minSeconds: secondsOf(response, 'Min-Expires') ?? 0, failure };
  const target = response.contacts === '*' ? undefined : response.contacts[0]?.uri;
  if ((status === 301 || status === 302) && target?.kind === 'sip') return { kind: 'redirected', target, failure };
  return { kind: 'failed', failure };
}
