// What an account is called where there are several, and where one without a server listens.
import type { Account } from '../../app/domain/account.ts';
import { t } from '../text/text.svelte.ts';
import { personName, shownAddress } from './naming.ts';
import type { Network } from './nearby-form.svelte.ts';
import { shownName } from './safe-text.ts';

/** `ada@example.org`, `Nearby as Ada`. */
export function accountName(account: Account | undefined): string {
  if (account === undefined) return '';
  if (account.kind === 'sip') return shownAddress(account.address);
  return t('nearby.account', { name: personName(account.address, account.settings.displayName ?? '') });
}

/** What others type to add this account by address: `192.0.2.5:25062`, for each address that is of use to them. */
export function placesOf(account: Account, networks: readonly Network[]): string[] {
  const { listenPort, interfaces = [] } = account.settings;
  if (listenPort === undefined) return [];
  const chosen = networks.filter((network) =>
    interfaces.length === 0 ? !network.isPointToPoint : network.addresses.some((address) => interfaces.includes(address)),
  );
  const elsewhere = chosen.filter((network) => !network.isLoopback && !network.isGone);
  const all = (elsewhere.length === 0 ? chosen : elsewhere).flatMap((network) => network.addresses);
  // A zone (RFC 4007 §11) means something on this computer only.
  const plain = all.filter((address) => !address.includes('%'));
  const addresses = plain.length === 0 ? all : plain;
  return addresses.map((address) => shownName(address.includes(':') ? `[${address}]:${listenPort}` : `${address}:${listenPort}`));
}
