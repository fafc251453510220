// One process on a profile, with a window or without.
import { createHash } from 'node:crypto';
import { realpathSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Holds the profile until the returned function is called or the process dies, however it dies. Rejects with a sentence when another one
 * has it. WHY: two would sign in as one device, send what waits in the outbox twice, and not know what the other one stored.
 * WHY a socket and not a file: the system takes it back by itself, and no process number can be mistaken for another.
 */
export async function lockProfile(folder: string): Promise<() => void> {
  const name = lockName(createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32));
  const server = (await tryListen(name)) ?? ((await isStale(name)) ? await takeOver(name) : undefined);
  if (server === undefined)
    throw new Error(`The profile “${folder}” is in use by another process. Quit that one first, or choose another profile.`);
  server.unref();
  return () => server.close();
}

function lockName(key: string): string {
  if (process.platform === 'linux') return `\0watchword-${key}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\watchword-${key}`;
  return join(tmpdir(), `watchword-${key}.sock`);
}

/** undefined: somebody has it. */
function tryListen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(name, () => resolve(server));
  });
}

/** A socket file outlives its process on some systems: nobody answers there then. */
function isStale(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}

function takeOver(name: string): Promise<Server | undefined> {
  if (!name.startsWith('\0')) unlinkSync(name);
  return tryListen(name);
}
