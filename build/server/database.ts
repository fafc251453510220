// Makes the development server's databases from the schemas that Debian's kamailio packages ship, with the accounts in them.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface ServerUser {
  readonly name: string;
  readonly password: string;
}

/** One file per concern: the server's SQLite driver does not wait for a lock, so concerns must not share one. */
const DATABASES = {
  auth: ['standard', 'auth_db'],
  usrloc: ['standard', 'usrloc'],
  offline: ['standard', 'msilo'],
  presence: ['standard', 'presence'],
  xcap: ['standard', 'presence'],
} as const;

const TEXT_TABLES = ['version', 'rls_presentity', 'rls_watchers', 'pua'];

/** The folder of the packaged file whose path ends with `suffix`. */
export function packagedFolder(suffix: string): string {
  const listing = execFileSync('dpkg', ['-L', 'kamailio', 'kamailio-sqlite-modules'], { encoding: 'utf8' });
  const path = listing.split('\n').find((line) => line.endsWith(suffix));
  if (path === undefined) throw new Error(`the installed kamailio packages have no ${suffix}`);
  return dirname(path);
}

export function makeDatabases(folder: string, domain: string, users: readonly ServerUser[], algorithm: 'MD5' | 'SHA-256'): void {
  mkdirSync(folder, { recursive: true });
  const schemas = packagedFolder('/db_sqlite/standard-create.sql');
  for (const [name, parts] of Object.entries(DATABASES)) {
    const database = new DatabaseSync(join(folder, `${name}.db`));
    database.exec('PRAGMA journal_mode=WAL');
    for (const part of parts) database.exec(readFileSync(join(schemas, `${part}-create.sql`), 'utf8'));
    if (name === 'auth') addUsers(database, domain, users, algorithm);
    database.close();
  }
  const tables = packagedFolder('/dbtext/kamailio/rls_presentity');
  mkdirSync(join(folder, 'text'));
  for (const table of TEXT_TABLES) cpSync(join(tables, table), join(folder, 'text', table));
}

function addUsers(database: DatabaseSync, domain: string, users: readonly ServerUser[], algorithm: 'MD5' | 'SHA-256'): void {
  const digest = (text: string): string =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const insert = database.prepare('INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES (?, ?, ?, ?, ?)');
  for (const { name, password } of users) {
    insert.run(name, domain, '', digest(`${name}:${domain}:${password}`), digest(`${name}@${domain}:${domain}:${password}`));
  }
}
