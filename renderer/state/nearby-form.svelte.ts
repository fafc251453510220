// What is typed and chosen to start nearby, or to change a nearby account: a name, and behind "More" the port and the networks.
import { SvelteSet } from 'svelte/reactivity';
import type { Failure } from '../../app/bridge/failure.ts';
import type { Account } from '../../app/domain/account.ts';
import type { NetworkInterface } from '../../app/domain/nearby.ts';
import type { AppClient } from '../app-client.ts';
import { t } from '../text/text.svelte.ts';

/** One network of this computer with all its addresses, as a person knows it. */
export interface Network {
  /** As the system calls it; of one that is gone, its address. */
  readonly name: string;
  readonly addresses: readonly string[];
  readonly isPointToPoint: boolean;
  readonly isLoopback: boolean;
  /** Chosen once, not there now. */
  readonly isGone: boolean;
}

const HIGHEST_PORT = 65_535;

/** `chosen`: addresses of the account's settings; those that no network has now are listed as gone. */
export function networksOf(interfaces: readonly NetworkInterface[], chosen: readonly string[] = []): Network[] {
  const byName = new Map<string, NetworkInterface[]>();
  for (const one of interfaces) byName.set(one.name, [...(byName.get(one.name) ?? []), one]);
  const here = [...byName].map(([name, those]) => ({
    name,
    addresses: those.map((one) => one.address),
    isPointToPoint: those.some((one) => one.isPointToPoint),
    isLoopback: those.some((one) => one.isLoopback),
    isGone: false,
  }));
  const known = new Set(interfaces.map((one) => one.address));
  const gone = chosen
    .filter((address) => !known.has(address))
    .map((address) => ({ name: address, addresses: [address], isPointToPoint: false, isLoopback: false, isGone: true }));
  return [...here, ...gone];
}

type FormErrors = Partial<Record<'displayName' | 'listenPort' | 'interfaces', string>>;

export class NearbyFormState {
  name = $state('');
  port = $state('');
  /** null until the computer's networks are known. */
  networks = $state.raw<readonly Network[] | null>(null);
  networksFailure = $state('');
  /** Names of networks. */
  readonly chosen = new SvelteSet<string>();
  errors = $state.raw<FormErrors>({});
  failure = $state.raw<Failure | null>(null);
  isWorking = $state(false);
  /** The account that is changed; undefined: a new one. */
  readonly account: Account | undefined;
  /** The account that was added with this form; another try changes it. */
  addedId: string | undefined;
  readonly #client: AppClient;

  constructor(client: AppClient, account?: Account) {
    this.#client = client;
    this.account = account;
    this.name = account?.settings.displayName ?? '';
    this.port = account?.settings.listenPort?.toString() ?? '';
  }

  async loadNetworks(): Promise<void> {
    const reply = await this.#client.call('listInterfaces', {});
    if (reply.kind === 'failure') {
      this.networksFailure = reply.failure.reason;
      return;
    }
    const wanted = this.account?.settings.interfaces ?? [];
    const networks = networksOf(reply.output.interfaces, wanted);
    for (const network of networks) {
      const isWanted = wanted.length === 0 ? !network.isPointToPoint : network.addresses.some((address) => wanted.includes(address));
      if (isWanted) this.chosen.add(network.name);
    }
    this.networks = networks;
  }

  toggle(name: string): void {
    if (!this.chosen.delete(name)) this.chosen.add(name);
    this.errors = {};
  }

  /** True when it was taken. Otherwise `errors` or `failure` says what to mend. */
  async submit(): Promise<boolean> {
    this.failure = null;
    this.errors = this.#check();
    if (this.isWorking || Object.keys(this.errors).length > 0) return false;
    this.isWorking = true;
    const failure = await this.#send();
    this.isWorking = false;
    if (failure === undefined) return true;
    if (failure.field === 'displayName' || failure.field === 'listenPort' || failure.field === 'interfaces')
      this.errors = { [failure.field]: failure.reason };
    else this.failure = failure;
    return false;
  }

  #check(): FormErrors {
    if (this.name.trim() === '') return { displayName: t('nearby.nameMissing') };
    const port = Number(this.port.trim());
    if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT) return { listenPort: t('nearby.portOdd') };
    if (this.networks !== null && this.chosen.size === 0) return { interfaces: t('nearby.networksNone') };
    return {};
  }

  async #send(): Promise<Failure | undefined> {
    const displayName = this.name.trim();
    const port = Number(this.port.trim());
    const interfaces = this.#interfaces();
    const accountId = this.account?.accountId ?? this.addedId;
    if (accountId !== undefined) {
      const changed = { accountId, displayName, listenPort: port, ...(interfaces === undefined ? {} : { interfaces }) };
      const reply = await this.#client.call('updateAccount', changed);
      return reply.kind === 'failure' ? reply.failure : undefined;
    }
    const isAnywhere = interfaces === undefined || interfaces.length === 0;
    const reply = await this.#client.call('addAccount', {
      kind: 'nearby',
      displayName,
      ...(port === 0 ? {} : { listenPort: port }),
      ...(isAnywhere ? {} : { interfaces }),
    });
    if (reply.kind === 'failure') return reply.failure;
    this.addedId = reply.output.accountId;
    return undefined;
  }

  /** WHY: all but tunnels is sent as "none chosen", so that networks joined later count too. undefined: nothing is known of networks. */
  #interfaces(): string[] | undefined {
    if (this.networks === null) return undefined;
    const isUsual = this.networks.every((network) => network.isGone || this.chosen.has(network.name) === !network.isPointToPoint);
    if (isUsual && !this.networks.some((network) => network.isGone && this.chosen.has(network.name))) return [];
    return this.networks.filter((network) => this.chosen.has(network.name)).flatMap((network) => network.addresses);
  }
}
