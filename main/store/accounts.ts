// Accounts and their settings. Passwords are never here; what is alive about an account is not stored.
import type { AccountSettings } from '../../app/domain/account.ts';
import { columnList, rowId } from './columns.ts';
import type { ReadableDb, WritableDb } from './database.ts';

export interface StoredAccount {
  accountId: string;
  kind: 'sip' | 'nearby';
  address: string;
  settings: AccountSettings;
  createdAtMs: number;
}

interface AccountRow {
  account_id: number;
  kind: 'sip' | 'nearby';
  address: string;
  display_name: string | null;
  auth_user: string | null;
  outbound_proxy: string | null;
  xcap_root: string | null;
  ca_file: string | null;
  transport: NonNullable<AccountSettings['transport']> | null;
  listen_port: number | null;
  /** JSON. */
  interfaces: string | null;
  created_at_ms: number;
}
const SELECT = `SELECT ${columnList<AccountRow>()('a', [
  'account_id',
  'kind',
  'address',
  'display_name',
  'auth_user',
  'outbound_proxy',
  'xcap_root',
  'ca_file',
  'transport',
  'listen_port',
  'interfaces',
  'created_at_ms',
])} FROM account a`;

function toAccount(row: AccountRow): StoredAccount {
  return {
    accountId: String(row.account_id),
    kind: row.kind,
    address: row.address,
    settings: {
      ...(row.display_name !== null && { displayName: row.display_name }),
      ...(row.auth_user !== null && { authUser: row.auth_user }),
      ...(row.outbound_proxy !== null && { outboundProxy: row.outbound_proxy }),
      ...(row.xcap_root !== null && { xcapRoot: row.xcap_root }),
      ...(row.ca_file !== null && { caFile: row.ca_file }),
      ...(row.transport !== null && { transport: row.transport }),
      ...(row.listen_port !== null && { listenPort: row.listen_port }),
      ...(row.interfaces !== null && { interfaces: JSON.parse(row.interfaces) as string[] }),
    },
    createdAtMs: row.created_at_ms,
  };
}

function settingValues(settings: AccountSettings): (string | number | null)[] {
  const { displayName, authUser, outboundProxy, xcapRoot, caFile, transport, listenPort, interfaces } = settings;
  const interfacesText = interfaces === undefined ? undefined : JSON.stringify(interfaces);
  return [displayName, authUser, outboundProxy, xcapRoot, caFile, transport, listenPort, interfacesText].map((value) => value ?? null);
}

/** Oldest first; without those being removed. */
export function listAccounts(db: ReadableDb): StoredAccount[] {
  return db
    .all<AccountRow>(
      `${SELECT} WHERE a.account_id NOT IN (SELECT account_id FROM deletion WHERE account_id IS NOT NULL) ORDER BY a.account_id`,
    )
    .map(toAccount);
}

export function getAccount(db: ReadableDb, of: { accountId: string }): StoredAccount | null {
  const row = db.get<AccountRow>(`${SELECT} WHERE a.account_id = ?`, rowId(of.accountId));
  return row === undefined ? null : toAccount(row);
}

/** null: this kind and address is there already. */
export function addAccount(db: WritableDb, account: Omit<StoredAccount, 'accountId'>): StoredAccount | null {
  const { changes, id } = db.run(
    `INSERT INTO account (kind, address, display_name, auth_user, outbound_proxy, xcap_root, ca_file, transport, listen_port, interfaces,
       created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, address) DO NOTHING`,
    account.kind,
    account.address,
    ...settingValues(account.settings),
    account.createdAtMs,
  );
  return changes === 0 ? null : getAccount(db, { accountId: String(id) });
}

/** Replaces all settings. null: no such account. */
export function updateAccount(db: WritableDb, to: { accountId: string; settings: AccountSettings }): StoredAccount | null {
  db.run(
    `UPDATE account SET display_name = ?, auth_user = ?, outbound_proxy = ?, xcap_root = ?, ca_file = ?, transport = ?, listen_port = ?,
       interfaces = ? WHERE account_id = ?`,
    ...settingValues(to.settings),
    rowId(to.accountId),
  );
  return getAccount(db, to);
}

/** With everything that belongs to it, its messages too, at once: for small ones. See delete-messages.ts. false: no such account. */
export function removeAccount(db: WritableDb, of: { accountId: string }): boolean {
  return db.run('DELETE FROM account WHERE account_id = ?', rowId(of.accountId)).changes > 0;
}
