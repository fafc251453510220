// What is typed to sign in or to change an account: checks it, sends it, and leads a failure to its field.
import type { Account, PartState } from '../../app/domain/account.ts';
import type { Failure } from '../../app/bridge/failure.ts';
import type { AppClient, Reply } from '../app-client.ts';
import { said } from '../text/said.ts';
import { t } from '../text/text.svelte.ts';
import { shownAddress, typedAddress } from './naming.ts';

export const formFields = ['address', 'password', 'displayName', 'authUser', 'outboundProxy', 'transport', 'xcapRoot', 'caFile'] as const;
export type FormField = (typeof formFields)[number];
const settingFields = ['displayName', 'authUser', 'outboundProxy', 'xcapRoot', 'caFile'] as const;
type Transport = NonNullable<Account['settings']['transport']>;
export const transports: readonly Transport[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

type ServerField = (typeof settingFields)[number] | 'transport';
/** '' clears what was set before. */
type SentSettings = { [Field in ServerField]?: string } & { transport?: Transport | '' };

interface Kept {
  readonly accountId: string;
  readonly address: string;
  readonly settings: { readonly [Field in ServerField]?: string };
}

export class AccountFormState {
  values = $state<Record<FormField, string>>({
    address: '',
    password: '',
    displayName: '',
    authUser: '',
    outboundProxy: '',
    transport: '',
    xcapRoot: '',
    caFile: '',
  });
  isWorking = $state(false);
  /** Sentences by field. */
  errors = $state<Partial<Record<FormField, string>>>({});
  /** A failure that belongs to no field. */
  failure = $state.raw<Failure | null>(null);
  /** The account that is changed; undefined: a new one. */
  readonly account: Account | undefined;
  /** What the core has of it: the account that is changed, or the one added a moment ago that could not sign in. */
  #kept: Kept | undefined;
  readonly #client: AppClient;

  constructor(client: AppClient, account?: Account) {
    this.#client = client;
    this.account = account;
    if (account === undefined) return;
    this.#kept = account;
    this.values.address = shownAddress(account.address);
    this.values.transport = account.settings.transport ?? '';
    for (const field of settingFields) this.values[field] = account.settings[field] ?? '';
  }

  readonly firstError: FormField | undefined = $derived(formFields.find((field) => this.errors[field] !== undefined));
  readonly hasServerError: boolean = $derived(formFields.slice(2).some((field) => this.errors[field] !== undefined));

  /** True when it was taken. Otherwise `errors` or `failure` says what to mend. */
  async submit(): Promise<boolean> {
    this.failure = null;
    this.errors = this.account === undefined ? this.#check() : {};
    if (this.isWorking || this.firstError !== undefined) return false;
    this.isWorking = true;
    const failure = await this.#send();
    this.isWorking = false;
    if (failure === undefined) {
      if (this.account !== undefined) this.values.password = '';
      return true;
    }
    this.#show(failure);
    return false;
  }

  /** The account that was added with this form; undefined before. */
  get addedId(): string | undefined {
    return this.account === undefined ? this.#kept?.accountId : undefined;
  }

  /** Leads what the server said of the sign-in to its field. */
  refuse({ reason: sentence, detail }: Pick<PartState, 'reason' | 'detail'>): void {
    const reason = sentence === undefined ? undefined : said(sentence);
    const status = /^\d{3}\b/u.exec(detail ?? '')?.[0];
    if (status === '401' || status === '407') this.errors = { password: t('signIn.wrongPassword') };
    else if (status === '403') this.errors = { password: reason ?? t('signIn.wrongPassword') };
    else if (status === '404') this.errors = { address: reason ?? t('signIn.addressOdd') };
    else this.failure = { kind: 'unavailable', reason: reason ?? t('signIn.slow'), ...(detail === undefined ? {} : { detail }) };
  }

  #show(failure: Failure): void {
    const field = formFields.find((name) => name === failure.field);
    if (field === undefined) this.failure = failure;
    else this.errors = { [field]: failure.reason };
  }

  async #send(): Promise<Failure | undefined> {
    const address = typedAddress(this.values.address);
    if (this.#kept !== undefined && this.account === undefined && this.#kept.address !== address) {
      // Another address is another account; the one that never signed in goes.
      const removed = await this.#client.call('removeAccount', { accountId: this.#kept.accountId });
      if (removed.kind === 'failure') return removed.failure;
      this.#kept = undefined;
    }
    const settings = this.#settings();
    if (this.#kept === undefined) {
      const added = await this.#add(address, settings);
      if (added.kind === 'failure') return added.failure;
      this.#kept = { accountId: added.output.accountId, address, settings };
      return undefined;
    }
    const updated = await this.#update(this.#kept, settings);
    if (updated.kind === 'failure') return updated.failure;
    this.#kept = { ...this.#kept, settings: { ...this.#kept.settings, ...settings } };
    return undefined;
  }

  /** A field is mended as soon as it is typed in. */
  touch(field: FormField): void {
    if (this.errors[field] !== undefined) this.errors = { ...this.errors, [field]: undefined };
  }

  #check(): Partial<Record<FormField, string>> {
    const address = this.values.address.trim();
    if (address === '') return { address: t('signIn.addressMissing') };
    if (!/^[^@\s]+@[^@\s]+$/u.test(address)) return { address: t('signIn.addressOdd') };
    if (this.values.password === '') return { password: t('signIn.passwordMissing') };
    return {};
  }

  #add(address: string, { transport, ...settings }: SentSettings): Promise<Reply<'addAccount'>> {
    const named = transports.find((name) => name === transport);
    const given = named === undefined ? settings : { ...settings, transport: named };
    return this.#client.call('addAccount', { address, password: this.values.password, ...given });
  }

  #update({ accountId }: Kept, settings: SentSettings): Promise<Reply<'updateAccount'>> {
    const password = this.values.password === '' ? {} : { password: this.values.password };
    return this.#client.call('updateAccount', { accountId, ...password, ...settings });
  }

  /** WHY: what is not given is kept, so what had a value and was emptied is sent as empty; the rest that is empty is left out. */
  #settings(): SentSettings {
    const before = this.#kept?.settings ?? {};
    const settings: SentSettings = {};
    for (const field of settingFields) {
      const value = this.values[field].trim();
      if (value !== '' || (before[field] ?? '') !== '') settings[field] = value;
    }
    const transport = transports.find((name) => name === this.values.transport) ?? '';
    if (transport !== '' || (before.transport ?? '') !== '') settings.transport = transport;
    return settings;
  }
}
