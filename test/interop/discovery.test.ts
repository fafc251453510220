// Discovery between processes: in network namespaces of their own where the machine allows them, with IPv4 and IPv6 and a link that goes
// down and up; else on the loopback interface, and the test's name says why.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, describe, expect, it } from 'vitest';

const PROGRAM = join(import.meta.dirname, 'support/discovery-process.ts');
const NAMESPACES = [`ww${process.pid}a`, `ww${process.pid}b`] as const;
/** A link in the namespaces has nobody else on it: the real port, which is legal only there. */
const PORT = 5353;
const LOOPBACK_PORT = 20_000 + (process.pid % 10_000);

interface Seen {
  readonly name: string;
  readonly addresses: readonly string[];
}

const children: ChildProcessWithoutNullStreams[] = [];

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}

/** Undefined when both are there, joined by a link; else why not. */
function makeNamespaces(): string | undefined {
  const [one, two] = NAMESPACES;
  try {
    for (const name of NAMESPACES) {
      ip('netns', 'add', name);
      // WHY: an address that is still being checked for duplicates cannot be bound yet.
      execFileSync('ip', ['netns', 'exec', name, 'sh', '-c', 'echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad']);
    }
    ip('-n', one, 'link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'near', 'netns', two);
    NAMESPACES.forEach((name, index) => {
      ip('-n', name, 'addr', 'add', `10.77.0.${index + 1}/24`, 'dev', 'near');
      ip('-n', name, '-6', 'addr', 'add', `fe80::77:${index + 1}/64`, 'dev', 'near', 'nodad');
      ip('-n', name, 'link', 'set', 'near', 'up');
    });
    return undefined;
  } catch (error) {
    removeNamespaces();
    return error instanceof Error ? (error.message.split('\n')[0] ?? 'unknown') : String(error);
  }
}

function removeNamespaces(): void {
  for (const name of NAMESPACES) {
    try {
      ip('netns', 'del', name);
    } catch {
      // It was never made.
    }
  }
}

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

const whyNot = makeNamespaces();

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null) continue;
    child.stdin.end();
    await new Promise((resolve) => child.once('exit', resolve));
  }
});
afterAll(removeNamespaces);

if (whyNot === undefined) {
  describe('two computers on one link (network namespaces)', () => {
    const addressesOf = (number: number): string[] => [`10.77.0.${number}`, `fe80::77:${number}%near`];
    const computer = (index: 0 | 1, name: string) =>
      start(['ip', 'netns', 'exec', NAMESPACES[index]], [String(PORT), name, addressesOf(index + 1).join()]);

    it('find each other by IPv4 and IPv6; the link goes down and up; one leaves', async () => {
      const [one, two] = NAMESPACES;
      const ada = computer(0, 'ada');
      const bob = computer(1, 'bob');
      const adaSeen = [{ name: 'ada', addresses: addressesOf(1) }];
      const bobSeen = [{ name: 'bob', addresses: addressesOf(2) }];
      await Promise.all([ada.sees(bobSeen), bob.sees(adaSeen)]);

      ip('-n', one, 'link', 'set', 'near', 'down');
      ada.use([]);
      bob.use([]);
      await Promise.all([ada.sees([]), bob.sees([])]);

      ip('-n', one, 'link', 'set', 'near', 'up');
      // Its link-local address went with the link.
      ip('-n', one, '-6', 'addr', 'replace', 'fe80::77:1/64', 'dev', 'near', 'nodad');
      ip('-n', two, '-6', 'addr', 'replace', 'fe80::77:2/64', 'dev', 'near', 'nodad');
      ada.use(addressesOf(1));
      bob.use(addressesOf(2));
      await Promise.all([ada.sees(bobSeen), bob.sees(adaSeen)]);

      ada.leave();
      await bob.sees([]);
    });

    it('several on one of them are seen by the other', async () => {
      const ada = computer(0, 'ada');
      const bob = computer(1, 'bob');
      await bob.sees([{ name: 'ada', addresses: addressesOf(1) }]);
      const eve = computer(1, 'eve');
      await ada.sees(['bob', 'eve'].map((name) => ({ name, addresses: addressesOf(2) })));
      await eve.sees([
        { name: 'ada', addresses: addressesOf(1) },
        { name: 'bob', addresses: addressesOf(2) },
      ]);
      bob.leave();
      await ada.sees([{ name: 'eve', addresses: addressesOf(2) }]);
      expect([ada.complaints(), eve.complaints()]).toEqual(['', '']);
    });
  });
} else {
  describe(`two processes on the loopback interface, as namespaces are not to be had: ${whyNot}`, () => {
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
