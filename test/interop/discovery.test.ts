// Discovery between processes: in network namespaces of their own where the machine allows them, with IPv4 and IPv6 and a link that goes
// down and up; else on the loopback interface, and the test's name says why.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { makeNamespaces } from './support/namespaces.ts';

const PROGRAM = join(import.meta.dirname, 'support/discovery-process.ts');
/** A link in the namespaces has nobody else on it: the real port, which is legal only there. */
const PORT = 5353;
const LOOPBACK_PORT = 20_000 + (process.pid % 10_000);

interface Seen {
  readonly name: string;
  readonly addresses: readonly string[];
}

const children: ChildProcessWithoutNullStreams[] = [];

function start(command: readonly string[], args: readonly string[]) {
  const [file = '', ...before] = [...command, process.execPath, PROGRAM];
  const child = spawn(file, [...before, ...args], { stdio: 'pipe' });
  children.push(child);
  let now: readonly Seen[] = [];
  let complaints = '';
  const checks = new Set<() => void>();
  child.stderr.on('data', (text) => (complaints += String(text)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    now = JSON.parse(line) as Seen[];
    for (const check of [...checks]) check();
  });
  return {
    use: (addresses: readonly string[]) => void child.stdin.write(`${addresses.join(',')}\n`),
    leave: () => child.stdin.end(),
    complaints: () => complaints,
    /** Resolves as soon as exactly this is seen. */
    sees: (expected: readonly Seen[]) =>
      new Promise<void>((resolve) => {
        const check = (): void => {
          if (JSON.stringify(now) !== JSON.stringify(expected)) return;
          checks.delete(check);
          resolve();
        };
        checks.add(check);
        check();
      }),
  };
}

const link = makeNamespaces('d');

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue;
    child.stdin.end();
    await new Promise((resolve) => child.once('exit', resolve));
  }
});
afterAll(() => {
  if (typeof link !== 'string') link.remove();
});

if (typeof link !== 'string') {
  describe('two computers on one link (network namespaces)', () => {
    const computer = (index: 0 | 1, name: string) => start(link.command(index), [String(PORT), name, link.addresses(index).join()]);

    it('find each other by IPv4 and IPv6; the link goes down and up; one leaves', async () => {
      const ada = computer(0, 'ada');
      const bob = computer(1, 'bob');
      const adaSeen = [{ name: 'ada', addresses: link.addresses(0) }];
      const bobSeen = [{ name: 'bob', addresses: link.addresses(1) }];
      await Promise.all([ada.sees(bobSeen), bob.sees(adaSeen)]);

      link.setUp(0, false);
      ada.use([]);
      bob.use([]);
      await Promise.all([ada.sees([]), bob.sees([])]);

      link.setUp(0, true);
      ada.use(link.addresses(0));
      bob.use(link.addresses(1));
      await Promise.all([ada.sees(bobSeen), bob.sees(adaSeen)]);

      ada.leave();
      await bob.sees([]);
    });

    it('several on one of them are seen by the other', async () => {
      const ada = computer(0, 'ada');
      const bob = computer(1, 'bob');
      await bob.sees([{ name: 'ada', addresses: link.addresses(0) }]);
      const eve = computer(1, 'eve');
      await ada.sees(['bob', 'eve'].map((name) => ({ name, addresses: link.addresses(1) })));
      await eve.sees([
        { name: 'ada', addresses: link.addresses(0) },
        { name: 'bob', addresses: link.addresses(1) },
      ]);
      bob.leave();
      await ada.sees([{ name: 'eve', addresses: link.addresses(1) }]);
      expect([ada.complaints(), eve.complaints()]).toEqual(['', '']);
    });
  });
} else {
  describe(`two processes on the loopback interface, as namespaces are not to be had: ${link}`, () => {
    it('find each other; one is away for a while; one leaves', async () => {
      const person = (name: string) => start([], [String(LOOPBACK_PORT), name, '127.0.0.1']);
      const [ada, bob] = [person('ada'), person('bob')];
      const seen = (name: string) => [{ name, addresses: ['127.0.0.1'] }];
      await Promise.all([ada.sees(seen('bob')), bob.sees(seen('ada'))]);
      ada.use([]);
      await bob.sees([]);
      ada.use(['127.0.0.1']);
      await Promise.all([ada.sees(seen('bob')), bob.sees(seen('ada'))]);
      ada.leave();
      await bob.sees([]);
    });
  });
}
