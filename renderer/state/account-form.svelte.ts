// What is typed to sign in or to change an account: checks it, sends it, and leads a failure to its field.
import type { Account } from '../../app/domain/account.ts';
import type { Failure } from '../../app/bridge/failure.ts';
import type { AppClient, Reply } from '../app-client.ts';
import { t } from '../text/text.svelte.ts';
import { shownAddress, typedAddress } from './naming.ts';

export const formFields = ['address', 'password', 'displayName', 'authUser', 'outboundProxy', 'transport', 'xcapRoot', 'caFile'] as const;
export type FormField = (typeof formFields)[number];
const settingFields = ['displayName', 'authUser', 'outboundProxy', 'xcapRoot', 'caFile'] as const;
type Transport = NonNullable<Account['settings']['transport']>;
export const transports: readonly Transport[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

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
  readonly #client: AppClient;

  constructor(client: AppClient, account?: Account) {
    this.#client = client;
    this.account = account;
    if (account === undefined) return;
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
    const reply = this.account === undefined ? await this.#add() : await this.#update(this.account);
    this.isWorking = false;
    if (reply.kind === 'ok') {
      this.values.password = '';
      return true;
    }
    const field = formFields.find((name) => name === reply.failure.field);
    if (field === undefined) this.failure = reply.failure;
    else this.errors = { [field]: reply.failure.reason };
    return false;
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

  #add(): Promise<Reply<'addAccount'>> {
    return this.#client.call('addAccount', {
      address: typedAddress(this.values.address),
      password: this.values.password,
      ...this.#settings(false),
    });
  }

  #update(account: Account): Promise<Reply<'updateAccount'>> {
    const password = this.values.password === '' ? {} : { password: this.values.password };
    return this.#client.call('updateAccount', { accountId: account.accountId, ...password, ...this.#settings(true) });
  }

  /** WHY: a new account leaves out what is empty; a changed one sends what was emptied as empty, because what is not given is kept. */
  #settings(keepsEmpty: boolean): Record<string, string> & { transport?: Transport } {
    const settings: Record<string, string> = {};
    for (const field of settingFields) {
      const value = this.values[field].trim();
      const hadValue = this.account?.settings[field] !== undefined;
      if (value !== '' || (keepsEmpty && hadValue)) settings[field] = value;
    }
    const transport = transports.find((name) => name === this.values.transport);
    return transport === undefined ? settings : { ...settings, transport };
  }
}
