// Where the built icons lie.
import { app } from 'electron';
import { join } from 'node:path';

/** `name`: a file of dist/icon without its ending. */
export function iconFile(name: string): string {
  return join(app.getAppPath(), 'dist/icon', `${name}.png`);
}
