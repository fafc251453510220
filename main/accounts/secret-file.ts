// The file that keeps secrets: sealed by the keychain, or plain where the person chose so. Only its owner can read it.
import { chmod, open, readFile, rename, rm } from 'node:fs/promises';
import * as v from 'valibot';

/** `sealed`: what the keychain made of it, base64. `plain`: the secret itself. */
const entrySchema = v.object({ kind: v.picklist(['sealed', 'plain']), text: v.string() });
export type SecretEntry = v.InferOutput<typeof entrySchema>;
const fileSchema = v.object({ version: v.literal(1), entries: v.record(v.string(), entrySchema) });

export type SecretEntries = Record<string, SecretEntry>;

/** Empty when there is no file. Rejects with a sentence when it is not readable as one. */
export async function readSecretFile(file: string): Promise<SecretEntries> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error('The file with your passwords cannot be read.', { cause: error });
  }
  try {
    return v.parse(fileSchema, JSON.parse(text)).entries;
  } catch (cause) {
    throw new Error('The file with your passwords is damaged.', { cause });
  }
}

/** Replaces the file in one step: after a crash there is the old one or the new one, never half of it. One at a time. */
export async function writeSecretFile(file: string, entries: SecretEntries): Promise<void> {
  const draft = `${file}.new`;
  try {
    // One that a crash left behind may be anybody's to read.
    await rm(draft, { force: true });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ version: 1, entries })}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
    await chmod(file, 0o600);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new Error('Your password could not be stored.', { cause });
  }
}
