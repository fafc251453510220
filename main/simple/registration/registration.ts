// Keeps one binding at the registrar alive (RFC 3261 §10, RFC 5626 §4.2 instance, RFC 3608 service route, RFC 5627 GRUU).
import type { Clock, Endpoint, Log, NameAddr, Random, SipUri } from '../../sip/index.ts';
import type { KeptFailed } from '../outcome.ts';

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

export type CreateRegistration = (options: RegistrationOptions) => Registration;
