// Keeps one binding at the registrar alive (RFC 3261 §10, RFC 5626 outbound, RFC 3608 service route, RFC 5627 GRUU).
import type {
  Clock,
  Endpoint,
  Final,
  HeaderField,
  Log,
  NameAddr,
  OutgoingRequest,
  Outcome,
  Random,
  SentRequest,
  SipUri,
} from '../../sip/index.ts';
import { Ending } from '../ending.ts';
import { expiresField, secondsOf } from '../header-value.ts';
import { createMachine } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { failureOf, failureWords } from '../outcome.ts';
import type { KeptFailed, ProtocolFailure } from '../outcome.ts';
import { KeepAlive } from './keep-alive.ts';
import { FLOW_PARAMETER, flowTimerSeconds, INSTANCE_PARAMETER, isSameContact, readGranted } from './granted.ts';
import { newRegistrationMachine, stepRegistration } from './registration-step.ts';
import type { Granted, RegistrationAnswer, RegistrationEffect, RegistrationInput, RegistrationMachine } from './registration-step.ts';

const DEFAULT_EXPIRES_SECONDS = 600;

const TIMER: RegistrationInput = { kind: 'timer' };

/** Room in the CSeq for tries with credentials, which count on by themselves: the next request must have a higher number (RFC 3261 §10.2). */
const CSEQ_STRIDE = 10;

/** RFC 3327 §5.1, RFC 5626 §4.2.1, RFC 5627 §4.2: what the registrar may use with us. */
const SUPPORTED: HeaderField = { name: 'Supported', value: 'path, outbound, gruu' };
const SUPPORTED_WITHOUT_OUTBOUND: HeaderField = { name: 'Supported', value: 'path, gruu' };
/** RFC 5626 §11.6: the first hop cannot keep flows. */
const FIRST_HOP_LACKS_OUTBOUND = 439;

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
      /** Another one that does not show the address of record, new with each registration. */
      readonly temporaryGruu: SipUri | undefined;
      /** Requests come to us on the flow we keep open (RFC 5626). */
      readonly isOutbound: boolean;
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
  return new RegistrationFlow(options);
}

class RegistrationFlow implements Registration {
  state: RegistrationState = { kind: 'off' };
  private readonly options: RegistrationOptions;
  private readonly machine: Machine<RegistrationMachine, RegistrationInput>;
  /** WHY: one Call-ID and a growing CSeq for all registrations of a run (RFC 3261 §10.2). */
  private readonly callId: string;
  private cseqNumber = 1;
  private readonly sent = new Map<number, SentRequest>();
  private readonly ending: Ending;
  private readonly stopListening: () => void;
  private readonly keepAlive: KeepAlive;
  private lastContact: NameAddr | undefined;
  private usesOutbound = true;

  constructor(options: RegistrationOptions) {
    this.options = options;
    this.callId = options.random.token(128);
    this.machine = createMachine({
      clock: options.clock,
      random: options.random,
      initial: newRegistrationMachine(options.expiresSeconds ?? DEFAULT_EXPIRES_SECONDS),
      step: stepRegistration,
      perform: (effect) => this.perform(effect),
      deadline: (state) => state.dueAtMs,
      timerInput: TIMER,
    });
    this.ending = new Ending({
      clock: options.clock,
      begin: () => this.machine.input({ kind: 'stop' }),
      giveUp: () => this.machine.input({ kind: 'stop-waited' }),
    });
    this.keepAlive = new KeepAlive({
      endpoint: options.endpoint,
      clock: options.clock,
      random: options.random,
      request: () => this.optionsRequest(),
      onDead: (flow) => this.machine.input({ kind: 'server-silent', flowId: flow.id }),
    });
    this.stopListening = options.endpoint.onFlowClosed((flow) => this.machine.input({ kind: 'flow-closed', flowId: flow.id }));
  }

  start(): void {
    this.machine.input({ kind: 'start' });
  }

  retryNow(): void {
    this.machine.input({ kind: 'retry-now' });
  }

  stop(): Promise<void> {
    return this.ending.stop();
  }

  private perform(effect: RegistrationEffect): void {
    switch (effect.kind) {
      case 'register':
        return this.send(effect.request, effect.expiresSeconds, {
          ...this.requestTo(effect.target ?? registrarOf(this.options.address), effect.expiresSeconds),
          contact: this.ownContact(effect.expiresSeconds),
        });
      case 'remove':
        return this.send(effect.request, 0, { ...this.requestTo(registrarOf(this.options.address), 0), ...this.removedContact() });
      case 'cancel':
        this.sent.get(effect.request)?.cancel();
        this.sent.delete(effect.request);
        return;
      case 'report':
        return this.report(effect.state);
      case 'stopped':
        return this.finish();
    }
  }

  private requestTo(registrar: SipUri, expiresSeconds: number): OutgoingRequest {
    const { address, displayName } = this.options;
    const to: NameAddr = { displayName: undefined, uri: address, parameters: [] };
    const headers = [expiresField(expiresSeconds), this.usesOutbound ? SUPPORTED : SUPPORTED_WITHOUT_OUTBOUND];
    const { callId, cseqNumber } = this;
    return { method: 'REGISTER', uri: registrar, from: { ...to, displayName }, to, callId, cseqNumber, headers };
  }

  private optionsRequest(): OutgoingRequest {
    const { address } = this.options;
    const self: NameAddr = { displayName: undefined, uri: address, parameters: [] };
    const uri = registrarOf(address);
    return { method: 'OPTIONS', uri, from: self, to: { ...self, uri } };
  }

  private ownContact(expiresSeconds: number): NonNullable<OutgoingRequest['contact']> {
    return { user: this.options.address.user ?? '', parameters: this.contactParameters(expiresSeconds) };
  }

  /** WHY: the very Contact that was bound, since a new connection would have another address. */
  private removedContact(): Pick<OutgoingRequest, 'contacts' | 'contact'> {
    if (this.lastContact === undefined) return { contact: this.ownContact(0) };
    return { contacts: [{ ...this.lastContact, parameters: this.contactParameters(0) }] };
  }

  private contactParameters(expiresSeconds: number, usesOutbound = this.usesOutbound): NameAddr['parameters'] {
    return [
      { name: INSTANCE_PARAMETER, value: `<${this.options.instanceId}>` },
      ...(usesOutbound ? [{ name: FLOW_PARAMETER, value: '1' }] : []),
      { name: 'expires', value: String(expiresSeconds) },
    ];
  }

  private send(request: number, askedSeconds: number, outgoing: OutgoingRequest): void {
    this.cseqNumber += CSEQ_STRIDE;
    const sending = this.options.endpoint.send(outgoing);
    this.sent.set(request, sending);
    void sending.outcome.then((outcome) => {
      this.sent.delete(request);
      this.machine.input({ kind: 'answered', request, answer: this.readAnswer(outcome, askedSeconds) });
    });
  }

  private readAnswer(outcome: Outcome, askedSeconds: number): RegistrationAnswer {
    const failure = failureOf(outcome);
    if (outcome.kind !== 'final') return failure === undefined ? { kind: 'cancelled' } : { kind: 'failed', failure };
    if (outcome.response.status === FIRST_HOP_LACKS_OUTBOUND && this.usesOutbound) {
      this.usesOutbound = false;
      return { kind: 'again' };
    }
    if (failure !== undefined) return readRefusal(outcome, failure);
    const granted = readGranted(outcome, this.options.instanceId, askedSeconds);
    if (askedSeconds > 0) this.noteGranted(outcome, granted);
    return { kind: 'granted', granted };
  }

  private noteGranted(outcome: Final, granted: Granted): void {
    const { endpoint } = this.options;
    const { serviceRoute, publicGruu, temporaryGruu, isOutbound } = granted;
    endpoint.setServiceRoute(serviceRoute);
    endpoint.setGranted({ publicGruu, temporaryGruu, flow: outcome.flow, isOutbound });
    const contact = outcome.request.contacts === '*' ? undefined : outcome.request.contacts[0];
    const former = this.lastContact;
    this.lastContact = contact;
    // With outbound the new binding took the place of the former one, and to remove that would remove it (RFC 5626 §6).
    if (!isOutbound && former !== undefined && contact !== undefined && !isSameContact(former, contact)) this.removeFormer(former);
    this.keepAlive.watch(outcome.flow, isOutbound ? { flowTimerSeconds: flowTimerSeconds(outcome) } : undefined);
  }

  /**
   * WHY: after a lost connection the registrar still lists the old one for a while, and a message sent there is lost;
   * the binding it left behind is removed (RFC 3261 §10.2.2).
   */
  private removeFormer(former: NameAddr): void {
    const contacts = [{ ...former, parameters: this.contactParameters(0, false) }];
    this.options.endpoint.send({ ...this.requestTo(registrarOf(this.options.address), 0), contacts });
    this.cseqNumber += CSEQ_STRIDE;
  }

  private report(next: RegistrationState): void {
    this.state = next;
    if (next.kind !== 'ok') this.keepAlive.stop();
    if (next.kind === 'failed') this.options.log('warn', `registration failed: ${failureWords(next.failure)}`);
    this.options.onState(next);
  }

  private finish(): void {
    this.stopListening();
    this.ending.finish();
  }
}

/** The domain alone: no user, no parameters but the transport (RFC 3261 §10.2). */
function registrarOf(address: SipUri): SipUri {
  return { ...address, user: undefined, password: undefined, headers: [] };
}

function readRefusal(outcome: Final, failure: ProtocolFailure): RegistrationAnswer {
  const { response } = outcome;
  if (response.status === 423) return { kind: 'too-brief', minSeconds: secondsOf(response, 'Min-Expires') ?? 0, failure };
  const target = response.contacts === '*' ? undefined : response.contacts[0]?.uri;
  const isRedirect = response.status === 301 || response.status === 302;
  if (isRedirect && target?.kind === 'sip') return { kind: 'redirected', target, failure };
  return { kind: 'failed', failure };
}
