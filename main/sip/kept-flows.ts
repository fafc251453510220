// The flows somebody wants open: their keep-alives, and their sign of life after the network changed (RFC 5626 §4.4).
import type { Clock } from './clock.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import type { Flow } from './transport/flow.ts';
import { checkFlow, keepAlive } from './transport/keep-alive.ts';
import type { TransportFlow } from './transport/transport.ts';
import type { Transports } from './transport/transports.ts';

export interface KeptFlowsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly transports: () => Transports;
}

export class KeptFlows {
  readonly #parts: KeptFlowsParts;
  /** How to end the keep-alives of each. */
  readonly #keepAlives = new Map<Flow, (() => void)[]>();
  /** Flows asked for a sign of life after the network changed: how to forget them. */
  readonly #checks: (() => void)[] = [];
  #isStopped = false;

  constructor(parts: KeptFlowsParts) {
    this.#parts = parts;
  }

  /** A keep-alive at once, then every `intervalSeconds` at most. Returns how to end it; it ends with the flow too. */
  keep(flow: Flow, intervalSeconds: number): () => void {
    const { clock, random, transports } = this.#parts;
    const open = transports().openFlow(flow);
    if (open === undefined || this.#isStopped) return () => undefined;
    const end = keepAlive(open, intervalSeconds * 1_000, { clock, random });
    this.#keepAlives.set(open, [...(this.#keepAlives.get(open) ?? []), end]);
    return end;
  }

  /** Asks what is left of all flows whether it is alive. `onFlowClosed` tells which are not. */
  checkAll(): void {
    this.#endChecks();
    for (const flow of this.#parts.transports().networkChanged()) this.#check(flow);
    for (const flow of [...this.#keepAlives.keys()]) void this.#checkAssociation(flow);
  }

  /** It closed. */
  forget(flow: Flow): void {
    for (const end of this.#keepAlives.get(flow) ?? []) end();
    this.#keepAlives.delete(flow);
  }

  stop(): void {
    this.#isStopped = true;
    for (const flow of [...this.#keepAlives.keys()]) this.forget(flow);
    this.#endChecks();
  }

  #check(flow: TransportFlow): void {
    this.#checks.push(checkFlow(flow, this.#parts.clock));
  }

  #endChecks(): void {
    for (const end of this.#checks.splice(0)) end();
  }

  /** An association over UDP that would leave from another address now is not the one the registrar knows. */
  async #checkAssociation(flow: Flow): Promise<void> {
    const { network, transports } = this.#parts;
    const open = transports().openFlow(flow);
    if (open === undefined || open.protocol !== 'udp') return;
    const address = await network.localAddressFor(open.remote).catch(() => undefined);
    if (this.#isStopped || !this.#keepAlives.has(flow)) return;
    if (address !== open.local.address) open.giveUp(new Error('the network changed'));
    else this.#check(open);
  }
}
