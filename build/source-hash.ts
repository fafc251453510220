// A hash over source files: tells whether something built from them is still theirs.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Hash over the names and contents of all files at or under `paths` (relative to `root`). */
export function sourceHash(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    const isFolder = statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
    const files = isFolder ? readdirSync(join(root, path), { recursive: true, withFileTypes: true }) : undefined;
    const names = files?.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)) ?? [join(root, path)];
    for (const name of names.toSorted()) hash.update(`${name.slice(root.length)}\0`).update(readFileSync(name));
  }
  return hash.digest('hex');
}
